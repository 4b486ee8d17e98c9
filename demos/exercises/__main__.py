"""`python -m demos.exercises COMMAND`."""

import sys

try:
    from .console import main

    sys.exit(main())
except KeyboardInterrupt:  # before the first sentence
    sys.exit(130)
