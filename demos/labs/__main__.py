"""`python -m demos.labs` lists the labs, and `python -m demos.labs NAME` runs one, as `gradwalk labs` does."""

import sys

from ..cli import main

sys.exit(main(["labs", *sys.argv[1:]]))
