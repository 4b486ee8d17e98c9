"""`python -m demos` lists the demos, as `gradwalk demo` does."""

import sys

from .cli import main

sys.exit(main(["demo", *sys.argv[1:]]))
