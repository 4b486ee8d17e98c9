"""`gradwalk demo` and `gradwalk labs`: list the scripts, or run one."""

from __future__ import annotations

import runpy
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import NamedTuple

from .. import DEMOS
from .._ours import spelled
from ..labs import LABS


class Scripts(NamedTuple):
    """Scripts of one kind: the noun for one, their package, what each shows, and a text above their list."""

    noun: str
    package: str
    names: dict[str, str]
    before: str = ""


SCRIPTS = {
    "demo": Scripts("demo", "demos", DEMOS),
    "labs": Scripts("lab", "demos.labs", LABS, "Predict, run, explain. "),
}


def add_arguments(parser: ArgumentParser, command: str) -> None:
    """Add the arguments of `gradwalk demo` or `gradwalk labs` to its parser."""
    scripts = SCRIPTS[command]
    about = f"the {scripts.noun} to run; without it, they are listed"
    parser.add_argument("name", nargs="?", metavar="NAME", choices=list(scripts.names), help=about)
    parser.set_defaults(command=command)


def run(words: Sequence[str], parser: ArgumentParser) -> int:
    """List the scripts, or run one as `python -m` does."""
    command = str(parser.get_default("command"))
    scripts, start = SCRIPTS[command], spelled(command)
    if words and words[0][:1] != "-" and words[0] not in scripts.names:
        from engine import nearest

        near = nearest(words[0].removesuffix(".py"), scripts.names)
        remedy = f"Did you mean {near[0]}?" if near else f"{start} lists them."
        parser.exit(2, f"gradwalk: there is no {scripts.noun} {words[0]!r}. {remedy}\n")
    name = parser.parse_args(words).name
    if name:
        runpy.run_module(f"{scripts.package}.{name}", run_name="__main__", alter_sys=True)
        return 0
    print(f"{scripts.before}Run one with  {start} NAME\n")
    column = max(map(len, scripts.names)) + 1
    for each, shows in scripts.names.items():
        print(f"  {each:<{column}} {shows}")
    return 0
