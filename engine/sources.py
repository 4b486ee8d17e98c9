"""Run generated source so that tracebacks, `inspect` and debuggers show its lines."""

from __future__ import annotations

from _thread import allocate_lock  # threading has the same, and takes longer to import
from collections import Counter
from typing import Any

GENERATED = "<gradwalk "  # how the file names of generated source begin
_uses_lock = allocate_lock()
_uses: Counter[str] = Counter()  # how often each name was registered, so that each source gets a name of its own


def run_source(source: str, name: str, names: dict[str, Any], owner: object) -> dict[str, Any]:
    """Run source over the given names and return what it defines, by name.

    - `source`: the text, whole lines of Python.
    - `name`: what the source is of, such as "tanh". Tracebacks show it as the file "<gradwalk tanh>"; the second
      source of one name is the file "<gradwalk tanh 2>", so that each shows its own lines.
    - `names`: what the source may use, by name. A function of the source sees these, not what the source defines:
      a method called tanh may so call the tanh of floats.
    - `owner`: an object that lives at least as long as what the source defines. The lines are dropped with it.

    >>> class Owner: ...
    >>> owner = Owner()
    >>> twofold = run_source("def twofold(x):\\n    return 2 * x\\n", "twofold", {}, owner)["twofold"]
    >>> twofold(4), twofold.__code__.co_filename
    (8, '<gradwalk twofold>')
    """
    import linecache  # imported here, as they take 2 ms and `import engine` does not need them
    from weakref import finalize

    with _uses_lock:
        _uses[name] += 1
        number = _uses[name]
    filename = f"{GENERATED}{name}>" if number == 1 else f"{GENERATED}{name} {number}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    # At the end of the process nothing needs to be dropped.
    finalize(owner, linecache.cache.pop, filename, None).atexit = False
    defined: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), dict(names), defined)
    return defined
