"""`python -m demos.labs` lists the labs, `python -m demos.labs NAME` runs one."""

import sys
from importlib import import_module

from demos.labs import LABS
from engine import nearest


def main(names: list[str]) -> str | None:
    """Run a lab, or list them all; what is wrong with the name, if something is."""
    if not names:
        print("Predict, run, explain. Run one with  python -m demos.labs NAME\n")
        for name, shows in LABS.items():
            print(f"  {name:<15} {shows}")
    elif names[0] in LABS and len(names) == 1:
        import_module(f"demos.labs.{names[0]}")  # a lab is a script: importing it runs it
    else:
        near = nearest(" ".join(names), LABS)
        return f"There is no lab {' '.join(names)!r}." + (
            f" Did you mean {near[0]}?" if near else " python -m demos.labs lists them."
        )
    return None


sys.exit(main(sys.argv[1:]))
