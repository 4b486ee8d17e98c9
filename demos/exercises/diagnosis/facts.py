"""Say what the readings of a wrong answer show by themselves: a gradient cut off, a constant factor, a sign, a form.

Each fact holds at every failing probe that it is about, and says nothing about how the answer was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isclose
from typing import Any, NamedTuple

from engine import Value

from ..inside.graphs import KEPT, num
from ..inside.reading import NOTE, Reading, form, plain
from ..probe import Probe, same, telling

LEAST = 3  # the fewest numbers that show a constant factor, or that the answer is always the same
CLOSE = 1e-5  # relative
MOST_NAMES = 8  # the most results that are compared with each other
TINY = 1e-4
NEARLY = 0.2  # relative: how far off numbers are that are nearly right
# The kinds of facts that are left out where the mistake has a name.
ONLY_WHERE, FORMULA = "only where", "formula"


class Pair(NamedTuple):
    """A number that an answer gave and the expected one, with the probe and the name."""

    probe: int
    name: str
    got: Any
    expected: Any
    right: bool


class Fact(NamedTuple):
    """What the readings show: its kind, which answers of other students share, and a sentence with its numbers."""

    kind: str
    sentence: str


def facts(probes: Sequence[Probe], readings: Sequence[Reading], source: str = "") -> list[Fact]:
    """Return what the readings show, the most telling first; none for a right answer."""
    pairs = [pair for place, each in enumerate(probes) for pair in _pairs(place, each, readings[place])]
    every = {pair.probe for pair in pairs if not pair.right}
    failing = {place for place in every if not probes[place].beyond} or every
    if not failing:
        return []
    asked = {probes[place].observe.func for place in failing}
    about = [pair for pair in pairs if pair.probe in failing]
    if sentence := _always(pairs, {pair.name for pair in about if not pair.right}):
        return [Fact("always the same", sentence)]
    passing = [pair for pair in pairs if pair.probe not in every and probes[pair.probe].observe.func in asked]
    first = probes[min(failing)], readings[min(failing)]
    for place in [*sorted(failing), *(place for place in range(len(readings)) if place not in every)]:
        if isinstance(note := readings[place].get(NOTE), str):
            return [Fact(note, note)]
    questions = {probes[place].observe.func for place in failing}
    asked_first = probes[min(failing)].observe.func
    of_first = [pair for pair in about if probes[pair.probe].observe.func is asked_first]
    right = [pair for pair in passing if probes[pair.probe].observe.func is asked_first]
    if any(pair.name == KEPT and pair.got is False and not pair.right for pair in about) and (
        next(pair.name for pair in about if not pair.right) != KEPT
    ):
        return [Fact("changed", "Your function changes the lists that it is handed.")]
    first_asked = [place for place, each in enumerate(probes) if each.observe.func is asked_first]
    for kinds in (FACTS, WEAKER):
        if kinds is WEAKER and (sentence := _only_where(first_asked, every, probes)):
            return [Fact(ONLY_WHERE, sentence)]
        for some, others in [(about, passing), (of_first, right)][: len(questions)]:
            for kind, shown in kinds.items():
                if sentence := shown(some, others, probes, source):
                    return [Fact(kind, sentence)]
    if sentence := _wrong_ones([probes[place] for place in sorted(failing)]):
        return [Fact("wrong ones", sentence)]
    if sentence := _form(*first):
        return [Fact("form", sentence)]
    if sentence := _in_the_graph([(probes[place], readings[place]) for place in sorted(failing)]):
        return [Fact(FORMULA, sentence)]
    return []


def _pairs(place: int, probe: Probe, reading: Reading) -> Iterator[Pair]:
    """Yield each number of a reading with the expected one; a thing that is not a number, as a whole."""
    if "error" in reading:
        yield Pair(place, "error", reading["error"], None, False)
        return
    for name, expected in plain(probe.expect()).items():
        got = reading.get(name)
        for path, one, other in _leaves(name, got, expected):
            yield Pair(place, path, one, other, same(one, other, probe.tolerance))


def _leaves(name: str, got: Any, expected: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(got, dict) and isinstance(expected, dict) and got.keys() == expected.keys() and got:
        for key in expected:
            yield from _leaves(name if key == "Value" else f"{name}[{key!r}]", got[key], expected[key])
    elif isinstance(got, list) and isinstance(expected, list) and len(got) == len(expected) and got:
        for place, (one, other) in enumerate(zip(got, expected)):
            yield from _leaves(f"{name}[{place}]", one, other)
    else:
        yield name, got, expected


def _numbers(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs of numbers; none if one of the wrong ones is not a number."""
    numbers = [each for each in pairs if isinstance(each.got, float) and isinstance(each.expected, float)]
    wrong = [each for each in pairs if not each.right]
    return numbers if all(each in numbers for each in wrong) else []


def _cut_off(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that gradients are 0 where the numbers are right: something has cut them from the graph."""
    wrong = [each for each in about if not each.right]
    gradients = all(".grad" in each.name or "gradients" in each.name for each in wrong)
    values = [each for each in about if ".grad" not in each.name and "gradients" not in each.name]
    zero = all(each.got == 0.0 and each.expected != 0.0 for each in wrong)
    if not (gradients and zero and values and all(each.right for each in values)):
        return ""
    first = wrong[0]
    if first.name == about[0].name and same(first.expected, 1.0, 1e-6):
        return ""  # not even the root, whose gradient is 1, has one
    names = [*dict.fromkeys(each.name.removesuffix(".grad") for each in wrong)]
    if names[0].startswith("gradients in "):
        names = [
            *dict.fromkeys(
                f"the weights and biases in {each[len('gradients in ') :].partition('[')[0]}" for each in names
            )
        ]
    which = f"{names[0]} and {len(names) - 1} others" if len(names) > 2 else " and ".join(names)
    how = "Such a number is what .data gives." if ".data" in source else "float() does that, and so does .data."
    start = f"The numbers are right, but no gradient comes back to {which}"
    return f"{start}: a plain number has taken the place of a node. {how}"


def _ratio(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that all numbers are off by the same factor, or by one of the inputs."""
    numbers = [each for each in _numbers(about) if each.expected != 0.0]
    rows = {each.probe for each in numbers}
    if len(numbers) < LEAST or len(rows) < 2 or any(each.right for each in numbers):
        return ""
    if passing and not all(each.expected == each.got == 0.0 for each in passing if isinstance(each.expected, float)):
        return ""
    ratios = [each.got / each.expected for each in numbers]
    first = ratios[0]
    if all(isclose(each, first, rel_tol=CLOSE) for each in ratios):
        if isclose(first, -1.0, rel_tol=CLOSE):
            if len({each.expected < 0 for each in numbers}) == 1:
                return ""  # perhaps it has no sign at all: see below
            return "Each number has the right size, and the wrong sign."
        if first == 0.0:
            return ""
        sign = " and has the wrong sign" if first < 0 else ""
        many = _times(abs(first))
        return f"Each number is {many} what is expected{sign}, at every input: the factor is always the same."
    for name in _inputs(probes, rows):
        values = [float(probes[each.probe].observe.keywords[name]) for each in numbers]
        for sign in (1.0, -1.0):
            if all(isclose(ratio, sign * value, rel_tol=CLOSE) for ratio, value in zip(ratios, values)):
                return f"Each number is {name} times what is expected" + (
                    ", with the wrong sign." if sign < 0 else "."
                )
            if all(isclose(ratio * value, sign, rel_tol=CLOSE) for ratio, value in zip(ratios, values)):
                minus = ", and the sign is wrong" if sign < 0 else ""
                return f"Each number is what is expected divided by {name}: this factor is missing{minus}."
    return ""


def _times(ratio: float) -> str:
    half = {0.5: "half of", 2.0: "twice"}
    close = next((word for value, word in half.items() if isclose(ratio, value, rel_tol=CLOSE)), "")
    return close or f"{num(ratio)} times"


def _inputs(probes: Sequence[Probe], rows: set[int]) -> list[str]:
    """Return the names of the inputs that are one number, in all of some probes, and not the same one."""
    known = [probes[row].observe.keywords for row in rows]
    names = [name for name, value in known[0].items() if type(value) is float]
    return [
        name
        for name in names
        if all(type(each.get(name)) is float and abs(each[name]) not in (0.0, 1.0) for each in known)
        and len({each[name] for each in known}) > 1
    ]


def _difference(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that all numbers are too large by the same number."""
    numbers = _numbers(about)
    if len(numbers) < LEAST or len({each.probe for each in numbers}) < 2 or any(each.right for each in numbers):
        return ""
    gaps = [each.got - each.expected for each in numbers]
    if passing or not all(isclose(each, gaps[0], rel_tol=CLOSE) for each in gaps):
        return ""
    if len({round(each.expected, 9) for each in numbers}) < LEAST:
        return ""
    return f"Each number is too {'large' if gaps[0] > 0 else 'small'} by {num(abs(gaps[0]))}, at every input."


def _sign(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that the sizes are right, and some signs are wrong."""
    wrong = [each for each in _numbers(about) if not each.right]
    if (
        not wrong
        or len(wrong) + len(passing) < LEAST
        or not all(same(each.got, -each.expected, 1e-6) for each in wrong)
    ):
        return ""
    kinds = {each.expected < 0 for each in wrong}
    when = "" if len(kinds) == 2 else f" where it should be {'negative' if True in kinds else 'positive'}"
    return f"The size is right everywhere, and the sign is wrong{when}."


def _turned(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that the numbers of each probe are right, and stand in another order."""
    by_probe: dict[int, list[Pair]] = {}
    for each in _numbers(about):
        by_probe.setdefault(each.probe, []).append(each)
    if not by_probe or any(len(each) < 2 for each in by_probe.values()):
        return ""
    for each in by_probe.values():
        got, expected = sorted(pair.got for pair in each), sorted(pair.expected for pair in each)
        if not all(same(a, b, 1e-6) for a, b in zip(got, expected)) or len({round(x, 9) for x in expected}) < 2:
            return ""
    return "The numbers are the right ones, and stand in another order."


def _only_where(rows: Sequence[int], failing: set[int], probes: Sequence[Probe]) -> str:
    """Say at which kind of input alone the results are wrong: where a number is below 0, or 0, or far from it.

    `rows` are the probes of one question, the edge cases included; `failing` has those that are wrong.
    """
    wrong, right = ([row for row in rows if (row in failing) is is_wrong] for is_wrong in (True, False))
    if len(right) < LEAST:
        return ""
    known = [probes[row].observe.keywords for row in rows]
    for name in (each for each in known[0] if all(type(keywords.get(each)) is float for keywords in known)):
        bad, good = ([probes[row].observe.keywords[name] for row in some] for some in (wrong, right))
        good = [x for x in good if x == 0 or abs(x) > TINY]  # nearly 0, a wrong result may be near enough
        kinds = {
            f"{name} is 0": lambda x: x == 0,
            f"{name} is below 0": lambda x: x < 0,
            f"{name} is above 0": lambda x: x > 0,
            f"{name} is not a whole number": lambda x: x != round(x),
        }
        for text, holds in kinds.items():
            if all(map(holds, bad)) and not any(map(holds, good)):
                return f"It is wrong where {text}, and right elsewhere."
        if len(bad) > 1 and min(map(abs, bad)) > 2 * max(map(abs, good)):
            return f"It is wrong where {name} is far from 0, and right elsewhere."
    return ""


def _exchanged(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that what is given under one name is what is expected under another one, at every input."""
    names = [*dict.fromkeys(each.name for each in about)]
    rows: dict[int, dict[str, Pair]] = {}
    for each in about:
        rows.setdefault(each.probe, {})[each.name] = each
    if len(names) > MOST_NAMES or any(len(row) != len(names) for row in rows.values()):
        return ""

    def stands_for(one: str, other: str) -> bool:
        pairs = [(row[one], row[other]) for row in rows.values()]
        if len({round(b.expected, 9) for _, b in pairs if isinstance(b.expected, float)}) < min(LEAST, len(rows)):
            return False
        return all(
            isinstance(a.got, float) and telling(a.got) and not a.right and same(a.got, b.expected, 1e-6)
            for a, b in pairs
        )

    if len(rows) < 2:
        return ""
    for one in names:
        for other in names:
            if one != other and stands_for(one, other):
                if stands_for(other, one):
                    return f"{one} and {other} are exchanged: each is what the other should be."
                return f"What you give for {one} is what {other} should be."
    return ""


def _nearly(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that all wrong numbers are nearly right."""
    wrong = [each for each in _numbers(about) if not each.right]
    if len(wrong) < LEAST or any(not each.expected for each in wrong):
        return ""
    most = max(abs(each.got / each.expected - 1) for each in wrong)
    if not most < NEARLY:
        return ""
    return f"Each number is nearly right, and off by up to {num(100 * most, 2)} %: is something rounded, or measured?"


def _zero(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that a result is 0 at every input."""
    wrong = [each for each in _numbers(about) if not each.right]
    name = wrong[0].name if wrong else ""
    alike = [each for each in (*about, *passing) if each.name == name]
    if name.endswith(".grad") or len(alike) < LEAST or any(each.got != 0.0 for each in alike):
        return ""
    return f"For {name} it gives 0, whatever the input is."


def _always(pairs: Sequence[Pair], wrong: set[str]) -> str:
    """Say that wrong results are the same at every input, those beyond included."""
    always = []
    for name in dict.fromkeys(pair.name for pair in pairs if pair.name in wrong):
        got, expected = zip(*((pair.got, pair.expected) for pair in pairs if pair.name == name))
        if not all(isinstance(each, float) for each in [*got, *expected]):
            continue
        alike = all(isclose(each, got[0], rel_tol=CLOSE) for each in got)
        if len({round(each, 9) for each in expected}) < LEAST or not alike or not got[0]:
            return ""
        always.append(f"for {name} it gives {num(got[0])}")
    if not always:
        return ""
    text = ", ".join(always)
    return f"F{text[1:]}, whatever the input is. Is a number written in where a formula should be?"


def _future(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that an output depends on what it must not look at."""
    if any(each.name.startswith("slope of output") and not each.right for each in about):
        return "An output changes when something after its place is nudged: it looks at the future."
    return ""


def _unmoved(about: Sequence[Pair], passing: Sequence[Pair], probes: Sequence[Probe], source: str) -> str:
    """Say that parameters stayed where they started."""
    rows = {each.probe for each in about}
    starts = [(row, probes[row].observe.keywords.get("start")) for row in rows]
    if not rows or not all(isinstance(start, (list, tuple)) for _, start in starts):
        return ""
    for row, start in starts:
        got = [each.got for each in about if each.probe == row and isinstance(each.expected, float)]
        if len(got) != len(start) or not all(one == other for one, other in zip(got, start)):
            return ""
    return "No parameter has moved: each is where it started."


FACTS: dict[str, Callable[..., str]] = {
    "future": _future,
    "unmoved": _unmoved,
    "cut off": _cut_off,
    "ratio": _ratio,
    "difference": _difference,
    "another order": _turned,
    "sign": _sign,
}
WEAKER: dict[str, Callable[..., str]] = {  # for readings that none of those fits
    "exchanged": _exchanged,
    "nearly": _nearly,
    "zero": _zero,
}


def _wrong_ones(failing: Sequence[Probe]) -> str:
    """Say which of several words that are chosen one by one are wrong, if there are more than two."""
    if len(failing) < LEAST or not all(each.apart and each.tells for each in failing):
        return ""
    names = [name for each in failing for name in plain(each.expect())]
    return f"Not right are {', '.join(names[:-1])} and {names[-1]}."


def _in_the_graph(failing: Sequence[tuple[Probe, Reading]]) -> str:
    """Say what the first wrong gradient of each graph is, made of the gradients and local derivatives around it."""
    shared: dict[str, str] | None = None
    apart = [(probe, reading) for probe, reading in failing if probe.apart and probe.graph]
    together: Reading = {name: each for _, reading in apart for name, each in reading.items()}
    expected = {name: each for probe, _ in apart for name, each in dict(plain(probe.expect())).items()}
    for probe, reading in failing:
        names = dict(plain(probe.expect())) if probe.graph else {}
        wrong = next((name for name in names if not same(reading.get(name), names[name], probe.tolerance)), "")
        if not wrong.endswith(".grad") or not isinstance(reading.get(wrong), float) or probe.graph is None:
            return ""
        possible = _kinds(probe.graph(), wrong, reading)
        for other in _beside(probe.graph(), wrong) if probe.apart else ():
            if other in expected and not same(together.get(other), expected[other], probe.tolerance):
                # One graph has no other inputs: what is wrong beside it, is so in the same way, or it is chance.
                beside = _kinds(probe.graph(), other, together)
                possible = {kind: text for kind, text in possible.items() if kind in beside}
        shared = possible if shared is None else {kind: text for kind, text in shared.items() if kind in possible}
        if not shared or probe.apart:
            break
    return next(iter(shared.values())) if shared and len(shared) == 1 else ""


def _kinds(root: Value, name: str, reading: Reading) -> dict[str, str]:
    """Return of what kinds a gradient may be by mistake, with a sentence for each."""
    got = reading.get(name)
    if not isinstance(got, float):
        return {}
    there = _formulas(root, name.removesuffix(".grad"), num(got))
    return {kind: text for kind, (number, text) in there.items() if same(number, got, 1e-6)}


def _beside(root: Value, name: str) -> set[str]:
    """Return the names of the gradients of other nodes that go into the same nodes."""
    nodes = [*_nodes(root)]
    users = [each for each in nodes if any(f"{arg.label}.grad" == name for arg in each.args)]
    return {f"{arg.label}.grad" for each in users for arg in each.args} - {name}


def _formulas(root: Value, name: str, got: str) -> dict[str, tuple[float, str]]:
    """Return what a gradient may be by mistake: of each kind, the number, and a sentence."""
    nodes = [*_nodes(root)]
    node = next((each for each in nodes if each.label == name), None)
    uses = [(each, place) for each in nodes for place, arg in enumerate(each.args) if arg is node]
    if node is None or not uses or any(not each.label for each, _ in uses):
        return {}
    root.backward()
    local = [float(each.op.slopes[place](*[arg.data for arg in each.args], z=each.data)) for each, place in uses]
    upstream = [each.grad for each, _ in uses]
    parts = [one * other for one, other in zip(local, upstream)]
    first, start = uses[0][0].label, f"For {name}.grad you give {got}"
    users = " and ".join(dict.fromkeys(f"{each.label}.grad" for each, _ in uses))
    where = " and ".join(dict.fromkeys(each.label for each, _ in uses))
    result = {
        "local": (sum(local), f"{start}, the local derivative of {where} alone: {users} is missing in it."),
        "upstream": (sum(upstream), f"{start}, which is {users} alone: the local derivative is missing in it."),
        "added": (sum(local) + sum(upstream), f"{start}, which is {users} plus the local derivative, not times it."),
        "own number": (
            sum(upstream) * node.data,
            f"{start}, which is {users} times the number of {name}, not times the local derivative.",
        ),
    }
    if len(uses) == 1:
        number = upstream[0] * uses[0][0].data
        text = f"{start}, which is {users} times the number of {first}, not times the local derivative."
        return {**result, "number of the result": (number, text)}
    if len(uses) == 2:
        minus = f"{start}: what comes back along its two ways is subtracted, and it adds up."
        times = f"{start}: what comes back along its two ways is multiplied, and it adds up."
        result |= {
            "difference": (parts[0] - parts[1], minus),
            "other difference": (parts[1] - parts[0], minus),
            "product": (parts[0] * parts[1], times),
        }
    for (each, _), part in zip(uses, parts):
        result[f"only {each.label}"] = part, f"{start}, which is what comes back from {each.label} alone."
    return result


def _nodes(root: Value) -> Iterator[Value]:
    waiting, seen = [root], {root}
    while waiting:
        node = waiting.pop()
        yield node
        new = [each for each in dict.fromkeys(node.args) if each not in seen]
        seen.update(new)
        waiting += new


LEFT_OUT = (*WEAKER, ONLY_WHERE, FORMULA)


def _form(probe: Probe, reading: Reading) -> str:
    """Say what was returned, if it is not of the form that is asked for."""
    if "error" in reading:
        error = reading["error"]
        returned = error.get("returned") if isinstance(error, Mapping) else None
        if isinstance(returned, str) and "line" not in error:
            return f"Your function returns {returned}, which is not what is asked for."
        return ""
    if probe.read is not dict:  # what is compared is not what the answer returned
        return ""
    for name, expected in plain(probe.expect()).items():
        got = reading.get(name)
        if not same(got, expected, probe.tolerance):
            return _other_form(got, expected)
    return ""


def _other_form(got: Any, expected: Any) -> str:
    if got is None or (isinstance(got, bool) and isinstance(expected, bool)):
        return ""
    asked_for, returned = form(expected), form(got)
    if returned == "text" and not _numeral(got):
        return ""  # the question has put in words what is wrong
    if asked_for == returned or isinstance(expected, (str, bool)):
        return ""
    return f"What is asked for is {asked_for}, and you give {returned}."


def _numeral(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
