"""`python -m demos.cli`: the command `gradwalk`, where the folder of installed commands is not on the PATH."""

import sys

from . import main

sys.exit(main())
