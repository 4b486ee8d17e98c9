"""Compare a student's function with right ones, line by line, and list the changes that lead from it toward them.

The tables of `inside/edits.py` know how a line goes wrong; this knows what stands in its place where it is right.
Names are the student's own: those of a right answer are translated, by what is done with them.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from itertools import combinations, takewhile
from typing import Any, NamedTuple

from ..course import Exercise
from ..inside.edits import Edit, Function, functions, program

WHOLE = 0.5  # how much alike a line is at least that stands for a whole one
NEAREST = 0.35  # how much alike two lines are at least that are compared
MOST_LIKE = 3  # with how many lines of a right answer each line is compared
MOST_CHANGES = 3  # the most changes that are joined
MOST_OWN = 0.55  # the largest share of the right function that a change may bring in
ALIKE, LARGE = 0.6, 6  # how much alike expressions are that are compared, and of how many tokens they are at least
MOST_COST = 4.5  # the cost of the largest change
MOST = 120  # the most candidates
SHOWN = 14  # the most tokens of an expression that is shown for a small change in it
MOST_SCRIPT = 8  # of how many changes some are joined
BASE, AGAIN, EACH = 1.4, 0.4, 0.1  # the cost of a change, of another one in the same line, of each token that differs

Place = tuple[tuple[str, "int | None"], ...]  # the fields and indices that lead to a place in a function
BODIES = ("body", "orelse", "finalbody", "handlers")
COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.SetComp)
COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.FunctionDef)


class Line(NamedTuple):
    """A statement of a function: where it is, and the tokens of what stands before its body."""

    node: ast.stmt
    path: Place
    tokens: tuple[str, ...]


class Step(NamedTuple):
    """One change: at a place of the function, from what stands there to something new.

    With `insert`, the new statement is put in at the place; without `new`, the statement there is removed.
    """

    path: Place
    old: Any
    new: Any
    insert: bool = False


class Candidate(NamedTuple):
    """A changed function, and the edit that it is."""

    edit: Edit
    text: str


def candidates(function: Function, right: Sequence[Function], where: str) -> list[Candidate]:
    """Return changes of a function that lead toward right ones, the smallest first."""
    cheapest: dict[tuple[Any, ...], tuple[float, tuple[Step, ...]]] = {}
    for right_one in right:
        some = _without_names(right_one, _translated(function, right_one))
        for each in {ast.dump(each): each for each in (right_one, some, _without_names(right_one))}.values():
            for steps in _toward(function, each):
                cost = _cost(steps)
                key = tuple((step.path, step.insert, step.new and ast.dump(step.new)) for step in steps)
                if cost <= MOST_COST:
                    cheapest[key] = cost, steps
    result: dict[str, Candidate] = {ast.unparse(function): None}  # type: ignore[dict-item]
    for _, steps in sorted(cheapest.values(), key=lambda each: each[0])[:MOST]:
        changed = _applied(function, steps)
        text = ast.unparse(changed) if changed else ""
        if changed and text not in result:
            edits = [_edit(each, function, where) for each in steps]
            edit = edits[0] if len(edits) == 1 else _joined(edits, _cost(steps))
            result[text] = Candidate(_shown(edit, function, changed, steps), text)
    return [each for each in result.values() if each]


@cache
def right_functions(exercise: Exercise, name: str) -> tuple[Function, ...]:
    """Return a function of an exercise's right answers, also with other functions and names written out in it."""
    functions_by_text: dict[str, Function] = {}
    for path in exercise.right:
        every = functions(program(path.read_text(encoding="utf-8")))
        if name in every:
            for each in (every[name], _written_out(every[name], every, exercise)):
                functions_by_text.setdefault(ast.dump(each), each)
    return tuple(functions_by_text.values())


@cache
def every_function(exercise: Exercise) -> tuple[Function, ...]:
    """Return all functions of an exercise's right answers."""
    texts = [path.read_text(encoding="utf-8") for path in exercise.right]
    return tuple(each for text in texts for each in functions(program(text)).values())


def _written_out(function: Function, every: Mapping[str, Function], exercise: Exercise) -> Function:
    """Return a function with what others of its file return in place of their calls, where they are one line."""
    in_template = functions(program(exercise.template))
    short = {}
    for name, each in every.items():
        last = each.body[-1]
        single = isinstance(last, ast.Return) and last.value is not None
        if name not in in_template and single and len(each.body) - (ast.get_docstring(each) is not None) == 1:
            short[name] = each

    class Calls(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> Any:
            self.generic_visit(node)
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            if name not in short or node.keywords or any(isinstance(each, ast.Starred) for each in node.args):
                return node
            body: Any = short[name].body[-1]
            arguments = [each.arg for each in short[name].args.args]
            return _put_in(body.value, dict(zip(arguments, node.args)))

    return ast.fix_missing_locations(Calls().visit(deepcopy(function)))


def _without_names(function: Function, kept: Collection[str] = ()) -> Function:
    """Return a function with the values of names that are set once in place of the names, but for those kept."""
    new = deepcopy(function)
    stores = Counter(
        each.id for each in ast.walk(new) if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    )
    lines = [each for each in _lines(new) if isinstance(each.node, ast.Assign)]
    for line in reversed(lines):
        node: Any = line.node
        target = node.targets[0]
        if (
            len(node.targets) == 1
            and isinstance(target, ast.Name)
            and stores[target.id] == 1
            and target.id not in kept
        ):
            if isinstance(node.value, (ast.List, ast.Dict, ast.Set, ast.ListComp)):
                continue  # it may be changed
            holder, (name, index) = _holder(new, line.path), line.path[-1]
            block = getattr(holder, name)
            if len(block) > 1:
                del block[index]
                new = _put_in(new, {target.id: node.value})
    return ast.fix_missing_locations(new)


def _put_in(node: Any, values: Mapping[str, ast.expr]) -> Any:
    class Names(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> Any:
            known = isinstance(node.ctx, ast.Load) and node.id in values
            return deepcopy(values[node.id]) if known else node

    return Names().visit(deepcopy(node))


def _holder(function: Function, path: Place) -> Any:
    """Return the node in which the last step of a path leads on."""
    holder: Any = function
    for name, index in path[:-1]:
        holder = getattr(holder, name)
        holder = holder if index is None else holder[index]
    return holder


def _toward(function: Function, right_one: Function) -> Iterator[tuple[Step, ...]]:
    """Yield changes of a function, or several at a time, that lead toward a right one."""
    own, other = _lines(function), _lines(right_one)
    pairs = _aligned(own, other)
    names = _translation(function, right_one, [(own[i], other[j]) for i, j in pairs])
    known, bound = _bound(function) | _arguments(function), _bound(right_one)
    most = MOST_OWN * max(sum(len(each.tokens) for each in other), 8)
    renamed = [_renamed(each.node, names, outside=True) for each in other]
    inside = [_renamed(each.node, names) for each in other]
    used = {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}

    def chosen(*steps: Step) -> Iterator[tuple[Step, ...]]:
        new = [each.new for each in steps if each.new is not None]
        needed = used.union(*map(_free, new))
        idle = any(each.insert and not needed & _bound(each.new) and _sets_names(each.new) for each in steps)
        there = known.union(*map(_bound, new))
        ends = any(
            isinstance(each.new, ast.Return) != isinstance(each.old, ast.Return) and each.old for each in steps
        )
        unknown = ends or any(_free(each) & bound - there for each in new)
        if steps and not idle and not unknown and sum(map(_distance, steps)) <= most:
            yield steps

    def places(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
        """Yield these changes, each of them, and one at all places that look the same."""
        yield from chosen(*steps)
        for step in steps if len(steps) <= 4 else ():
            yield from () if len(steps) == 1 or _atom(step) else chosen(step)
            same = ast.dump(step.old) if isinstance(step.old, (ast.expr, ast.Slice)) else ""
            alike = [(path, each) for path, each in every if ast.dump(each) == same] if same else []
            if 1 < len(alike) <= 4:
                yield from chosen(*(Step(path, each, step.new) for path, each in alike))

    every = [*_expressions(function)]
    script: list[Step] = []
    for i, line in enumerate(own):
        likeness = sorted(((_like(line, each), -abs(i - j), j) for j, each in enumerate(other)), reverse=True)
        for like, _, j in likeness[:MOST_LIKE]:
            if like < NEAREST:
                continue
            steps = _differences(line.node, renamed[j], line.path)
            script += steps if (i, j) in pairs else []
            yield from places(steps)
            if not isinstance(line.node, COMPOUND) and steps and like >= WHOLE:
                yield from chosen(Step(line.path, line.node, renamed[j]))
    theirs = [(each, Counter(_tokens(each))) for line in inside for each in ast.walk(line) if _large(each)]
    for path, mine in every:
        if not _large(mine):
            continue
        tokens = Counter(_tokens(mine))
        for each, there in theirs:
            kinds = {type(mine), type(each)}
            if len(kinds) == 1 or ast.BinOp in kinds:
                both = (tokens & there).total()
                if both >= min(0.9 * tokens.total(), 0.5 * ALIKE * (tokens.total() + there.total())):
                    yield from places(_differences(mine, each, path))
    back = {j: i for i, j in pairs}
    for j in range(len(other)):
        if j not in back:
            missing = [Step(path, None, renamed[j], insert=True) for path in _places_for(j, other, own, back)]
            if isinstance(renamed[j], ast.Return):  # beside another return it would stand in its place
                missing = [each for each in missing if not _returns(_block(function, each.path))]
            for step in missing:
                yield from chosen(step)
            script += missing[:1]
    aligned = dict(pairs)
    for i, line in enumerate(own):
        if i not in aligned and not isinstance(line.node, COMPOUND):
            step = Step(line.path, line.node, None)
            yield from chosen(step)
            script.append(step)
    for size in range(2, MOST_CHANGES + 1):
        for some in combinations(script[:MOST_SCRIPT], size):
            yield from chosen(*some)


def _block(function: Function, path: Place) -> list[ast.stmt]:
    return list(getattr(_holder(function, path), path[-1][0]))


def _returns(block: Sequence[ast.stmt]) -> bool:
    return any(isinstance(each, ast.Return) for each in block)


def _atom(step: Step) -> bool:
    return all(isinstance(each, (ast.Name, ast.Constant)) for each in (step.old, step.new))


def _sets_names(statement: Any) -> bool:
    targets = getattr(statement, "targets", [])
    return isinstance(statement, ast.Assign) and all(isinstance(each, (ast.Name, ast.Tuple)) for each in targets)


# Lines


def _lines(function: Function) -> list[Line]:
    result: list[Line] = []
    local = _bound(function)

    def visit(block: Sequence[Any], path: Place, field: str) -> None:
        for index, each in enumerate(block):
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
                continue
            here = (*path, (field, index))
            tokens = ("a name" if token in local else token for token in _tokens(each))
            result.append(Line(each, here, (*tokens,)))
            for name in BODIES:
                visit(getattr(each, name, []), here, name)

    visit(function.body, (), "body")
    return result


def _tokens(node: ast.AST) -> Iterator[str]:
    """Yield what stands in an expression, or in a statement before its body; names as they are."""
    if isinstance(node, ast.Name):
        yield node.id
        return
    if isinstance(node, ast.Constant):
        text = isinstance(node.value, str) and not node.value.isidentifier()
        yield from re.findall(r"\w+|\S", node.value) if text else [repr(node.value)]  # it may be a formula
        return
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        if name in BODIES or name in ("ctx", "decorator_list", "returns", "annotation", "type_comment"):
            continue
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield from _tokens(each)
            elif isinstance(each, str):
                yield each


def _like(one: Line, other: Line) -> float:
    """Return how much alike two lines are, from 0 to 1."""
    if isinstance(one.node, COMPOUND) != isinstance(other.node, COMPOUND):
        return 0.0
    both = Counter(one.tokens) & Counter(other.tokens)
    ratio = 2 * both.total() / (len(one.tokens) + len(other.tokens))
    return ratio if type(one.node) is type(other.node) else 0.7 * ratio


def _aligned(own: Sequence[Line], other: Sequence[Line]) -> list[tuple[int, int]]:
    """Return which lines belong together, in the order of both."""
    best: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {}
    for i in range(len(own) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                best[i, j] = 0.0, ()
                continue
            score, pairs = max(best[i - 1, j], best[i, j - 1], key=lambda each: each[0])
            like = _like(own[i - 1], other[j - 1])
            before, taken = best[i - 1, j - 1]
            if like >= NEAREST and before + like > score:
                score, pairs = before + like, (*taken, (i - 1, j - 1))
            best[i, j] = score, pairs
    return [*best[len(own), len(other)][1]]


def _places_for(j: int, other: Sequence[Line], own: Sequence[Line], back: Mapping[int, int]) -> Iterator[Place]:
    """Yield the places of a function where a line of a right one is missing: after or before its neighbours there."""
    *parent, (field, index) = other[j].path
    seen = set()
    for k, each in enumerate(other):
        if k in back and each.path[:-1] == tuple(parent) and each.path[-1][0] == field:
            *above, (name, place) = own[back[k]].path
            after = (each.path[-1][1] or 0) < (index or 0)
            path = (*above, (name, (place or 0) + after))
            if path not in seen:
                seen.add(path)
                yield path
        elif k in back and each.path == tuple(parent):
            path = (*own[back[k]].path, (field, 0))
            if path not in seen:
                seen.add(path)
                yield path


def _expressions(function: Function) -> Iterator[tuple[Place, Any]]:
    """Yield the expressions of a function, each with its path."""
    for line in _lines(function):
        yield from _expressions_of(line)


def _expressions_of(line: Line) -> Iterator[tuple[Place, Any]]:
    waiting: list[tuple[Any, Place]] = [(line.node, line.path)]
    while waiting:
        node, path = waiting.pop()
        for name, value in ast.iter_fields(node):
            if name in BODIES:
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(child, (ast.expr, ast.Slice, ast.comprehension, ast.keyword)):
                    here = (*path, (name, index))
                    waiting.append((child, here))
                    if isinstance(child, (ast.expr, ast.Slice)):
                        yield here, child


def _large(node: ast.AST) -> bool:
    return isinstance(node, (ast.BinOp, ast.Call, ast.ListComp, ast.Compare)) and len([*_tokens(node)]) >= LARGE


# Names


def _arguments(function: Function) -> set[str]:
    return {each.arg for each in ast.walk(function) if isinstance(each, ast.arg)}


def _bound(function: ast.AST) -> set[str]:
    """Return the names that are given a value in a function."""
    return {each.id for each in ast.walk(function) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _free(node: ast.AST) -> set[str]:
    """Return the names that an expression or statement uses and does not bind itself."""
    used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    return used - _bound(node)


def _translated(function: Function, right_one: Function) -> set[str]:
    """Return the local names of a right answer for which the student has a name."""
    own, other = _lines(function), _lines(right_one)
    return {*_translation(function, right_one, [(own[i], other[j]) for i, j in _aligned(own, other)])}


def _translation(function: Function, right_one: Function, pairs: Sequence[tuple[Line, Line]]) -> dict[str, str]:
    """Return the student's name for each local name of a right answer, as far as lines show it."""
    names = dict(zip([each.arg for each in right_one.args.args], [each.arg for each in function.args.args]))
    own, other = _bound(function), _bound(right_one)
    votes: Counter[tuple[str, str]] = Counter()

    def walk(one: Any, two: Any, weight: float) -> None:
        if isinstance(one, ast.Name) and isinstance(two, ast.Name):
            if two.id in other and one.id in own:
                votes[two.id, one.id] += weight * (2 if isinstance(one.ctx, ast.Store) else 1)  # type: ignore[assignment]
            return
        if type(one) is not type(two):
            if isinstance(one, ast.BinOp) and isinstance(two, ast.expr):
                walk(one.left, two, weight / 2)
                walk(one.right, two, weight / 2)
            elif isinstance(two, ast.BinOp) and isinstance(one, ast.expr):
                walk(one, two.left, weight / 2)
                walk(one, two.right, weight / 2)
            return
        for name, value in ast.iter_fields(one):
            if name in BODIES:
                continue
            there = getattr(two, name, None)
            if isinstance(value, list) and isinstance(there, list):
                for each in zip(value, there):
                    walk(*each, weight)
            elif isinstance(value, ast.AST) and isinstance(there, ast.AST):
                walk(value, there, weight)

    for line, there in pairs:
        walk(line.node, there.node, _like(line, there))
    taken = set(names.values())
    for (theirs, mine), _ in sorted(votes.items(), key=lambda each: (-each[1], each[0])):
        if theirs not in names and mine not in taken:
            names[theirs] = mine
            taken.add(mine)
    return names


def _renamed(node: Any, names: Mapping[str, str], outside: bool = False) -> Any:
    """Return a tree with other names; with `outside`, those that a comprehension in it binds stay as they are."""
    new = deepcopy(node)
    if outside:
        kept = {
            name for each in ast.walk(node) if isinstance(each, ast.comprehension) for name in _bound(each.target)
        }
        names = {name: other for name, other in names.items() if name not in kept}
    for each in ast.walk(new):
        if isinstance(each, ast.Name):
            each.id = names.get(each.id, each.id)
    return new


# Differences


def _differences(one: Any, two: Any, path: Place) -> list[Step]:
    """Return the smallest places in which two statements or expressions differ."""
    if ast.dump(one) == ast.dump(two):
        return []
    if isinstance(one, COMPREHENSIONS) and type(one) is type(two):
        two = _same_targets(one, two)
    whole = [Step(path, one, two)]
    if type(one) is not type(two) or isinstance(one, (ast.Name, ast.Constant)):
        return whole
    if isinstance(one, ast.BinOp) and type(one.op) is type(two.op) and isinstance(one.op, (ast.Add, ast.Mult)):
        turned = ast.BinOp(two.right, two.op, two.left)
        steps = min((_in_fields(one, each, path) for each in (two, turned)), key=_weight)
    else:
        steps = _in_fields(one, two, path)
    if steps is None or (len(steps) > 1 and _weight(steps) > 0.6 * len([*_tokens(two)])):
        return whole if not isinstance(one, COMPOUND) else steps or []
    return steps


def _same_targets(one: Any, two: Any) -> Any:
    """Return a comprehension with the names of another one for the things that it goes through."""
    names: dict[str, str] = {}
    for mine, theirs in zip(one.generators, two.generators):
        pair = [
            [*each.target.elts] if isinstance(each.target, ast.Tuple) else [each.target] for each in (mine, theirs)
        ]
        if len(pair[0]) == len(pair[1]):
            names.update((b.id, a.id) for a, b in zip(*pair) if isinstance(a, ast.Name) and isinstance(b, ast.Name))
    used = {each.id for each in ast.walk(two) if isinstance(each, ast.Name)} - names.keys()
    return two if used & {*names.values()} or len({*names.values()}) < len(names) else _renamed(two, names)


def _weight(steps: Sequence[Step] | None) -> float:
    return float("inf") if steps is None else sum(map(_distance, steps))


def _in_fields(one: Any, two: Any, path: Place) -> list[Step] | None:
    """Return the differences in the fields of two nodes of one class; None where a field differs that is no node."""
    steps: list[Step] = []
    for name, value in ast.iter_fields(one):
        if name in (*BODIES, "ctx", "type_comment", "annotation", "lineno", "end_lineno"):
            continue
        mine, theirs = (each if isinstance(each, list) else [each] for each in (value, getattr(two, name, None)))
        if len(mine) != len(theirs):
            return None
        for index, (own, other) in enumerate(zip(mine, theirs)):
            if isinstance(own, ast.AST) and isinstance(other, ast.AST):
                inner = _inner(own, other, (*path, (name, index if isinstance(value, list) else None)))
                if inner is None:
                    return None
                steps += inner
            elif own != other:
                return None
    return steps


def _inner(one: ast.AST, two: ast.AST, path: Place) -> list[Step] | None:
    if isinstance(one, (ast.comprehension, ast.keyword)) and type(one) is type(two):
        return _in_fields(one, two, path)
    if isinstance(one, (ast.expr, ast.Slice)) and isinstance(two, (ast.expr, ast.Slice)):
        return _differences(one, two, path)
    return [] if ast.dump(one) == ast.dump(two) else None


def _cost(steps: Sequence[Step]) -> float:
    """Return the cost of changes: less for several in one statement, more for a whole one."""
    statements = {tuple(each.path[: 1 + _last_body(each.path)]) for each in steps}
    wholes = sum(isinstance(each.old, ast.stmt) and each.new is not None for each in steps)
    return (
        BASE * len(statements) + AGAIN * (len(steps) - len(statements) + wholes) + EACH * sum(map(_distance, steps))
    )


def _last_body(path: Place) -> int:
    return max(place for place, (name, _) in enumerate(path) if name in BODIES)


def _distance(step: Step) -> int:
    """Return how many tokens a change takes away or brings in."""
    one, two = (Counter(_tokens(each) if each is not None else ()) for each in (step.old, step.new))
    moved = one == two and step.old is not None and ast.dump(step.old) != ast.dump(step.new)
    return max(one.total(), two.total()) - (one & two).total() + moved


# Edits


def _applied(function: Function, steps: Sequence[Step]) -> Function | None:
    """Return a function with changes; the last ones first, so that the places of the others stay."""
    new = deepcopy(function)
    paths = [each.path for each in steps]
    for one, two in combinations(paths, 2):
        short, long = sorted((one, two), key=len)
        if long[: len(short)] == short and not any(each.insert for each in steps):
            return None  # one is inside of the other
    order = sorted(steps, key=lambda each: [(name, index or 0) for name, index in each.path], reverse=True)
    for step in order:
        holder, (name, index) = _holder(new, step.path), step.path[-1]
        if index is None:
            setattr(holder, name, step.new)
            continue
        block = getattr(holder, name)
        if step.insert:
            block.insert(index, step.new)
        elif step.new is None:
            del block[index]
            if not block and name == "body":
                block.append(ast.Pass())
        else:
            block[index] = step.new
    return ast.fix_missing_locations(new)


def _edit(step: Step, function: Function, where: str) -> Edit:
    cost = _cost([step])
    if step.insert:
        line, text = _beside(step.path, function)
        return Edit("line", cost, (line,), (text,), (step.new,), where, ())
    line = next((each.lineno for each in ast.walk(step.old) if hasattr(each, "lineno")), function.lineno)
    if step.new is None:
        return Edit("less line", cost, (line,), (step.old,), (None,), where, ())
    return Edit(_kind(step.old, step.new), cost, (line,), (step.old,), (step.new,), where, ())


def _beside(path: Place, function: Function) -> tuple[int, str]:
    holder, (name, index) = _holder(function, path), path[-1]
    block = getattr(holder, name)
    if index is not None and index < len(block):
        return block[index].lineno, f"before line {block[index].lineno}"
    last = block[-1] if block else holder
    line = getattr(last, "end_lineno", last.lineno)
    return line, f"after line {line}"


def _shown(edit: Edit, function: Function, changed: Function, steps: Sequence[Step]) -> Edit:
    """Return an edit with the small expression that its changes are in, which says more than a name alone."""
    if any(each.insert or each.new is None for each in steps):
        return edit
    path = steps[0].path[:-1] if len(steps) == 1 else _common([each.path for each in steps])
    if not path or (len(steps) == 1 and not isinstance(steps[0].old, (ast.Name, ast.Constant, ast.Slice))):
        return edit
    old, new = _at(function, path), _at(changed, path)
    if isinstance(old, ast.expr) and len([*_tokens(old)]) <= SHOWN:
        if isinstance(old, ast.Subscript) and steps[0].path[-1][0] == "slice" and edit.kind in ("number", "name"):
            edit = edit._replace(kind="index")
        return edit._replace(before=(old,), after=(new,), lines=(old.lineno,), parts=())
    return edit


def _common(paths: Sequence[Place]) -> Place:
    return tuple(places[0] for places in takewhile(lambda places: len({*places}) == 1, zip(*paths)))


def _at(function: Function, path: Place) -> Any:
    holder, (name, index) = _holder(function, path), path[-1]
    there = getattr(holder, name)
    return there if index is None else there[index]


def _joined(edits: Sequence[Edit], cost: float) -> Edit:
    lines = tuple(sorted({line for each in edits for line in each.lines}))
    before = tuple(part for each in edits for part in each.before)
    after = tuple(part for each in edits for part in each.after)
    old, new = ([ast.dump(part) if isinstance(part, ast.AST) else "" for part in side] for side in (before, after))
    if len(edits) == 2 and old == new[::-1]:
        return Edit("swapped", cost, lines, before, after, edits[0].where, ())
    return Edit(edits[0].kind, cost, lines, before, after, edits[0].where, (), tuple(edits))


def _kind(old: ast.AST, new: ast.AST) -> str:
    """Return the row of KINDS of a change from one expression or statement to another."""
    for one, two, less in ((old, new, ""), (new, old, "less ")):
        inner = ast.dump(one)
        if isinstance(two, ast.UnaryOp) and isinstance(two.op, ast.USub) and ast.dump(two.operand) == inner:
            return "sign"
        if isinstance(two, ast.BinOp) and inner in (ast.dump(two.left), ast.dump(two.right)):
            kinds = {ast.Mult: "factor", ast.Div: "factor", ast.Add: "term", ast.Sub: "term", ast.Pow: "power"}
            if type(two.op) in kinds and not (isinstance(two.op, ast.Pow) and ast.dump(two.right) == inner):
                return less + kinds[type(two.op)]
        if isinstance(two, ast.Attribute) and ast.dump(two.value) == inner:
            return (
                less + ("data" if two.attr == "data" else "attribute")
                if two.attr == "data" or less
                else "more attribute"
            )
        if isinstance(two, ast.Call) and inner in (ast.dump(two.func), *map(ast.dump, two.args[:1])):
            return f"{less}call"
        if isinstance(two, ast.Call) and isinstance(two.func, ast.Attribute) and ast.dump(two.func.value) == inner:
            return f"{less}call"
        if isinstance(two, ast.Subscript) and ast.dump(two.value) == inner:
            return "slice" if isinstance(two.slice, ast.Slice) else "index"
    bare = {re.sub("[()]", "", ast.unparse(each)) for each in (old, new)}
    if len(bare) == 1:
        return "parentheses"
    if sorted(_tokens(old)) == sorted(_tokens(new)):
        return "swapped"
    if type(old) is type(new):
        return _of_a_kind(old, new)
    if all(isinstance(each, (ast.Name, ast.Constant, ast.Attribute)) for each in (old, new)):
        return "name"
    if isinstance(old, ast.stmt) and {type(old), type(new)} == {ast.Assign, ast.AugAssign}:
        return "assignment"
    return "return" if isinstance(old, ast.Return) else "computed"


def _of_a_kind(old: Any, new: Any) -> str:
    if isinstance(old, ast.Constant):
        numbers = all(isinstance(each.value, (int, float)) for each in (old, new))
        return "number" if numbers else "computed" if len([*_tokens(new)]) > 1 else "name"
    if isinstance(old, (ast.Name, ast.Attribute)):
        return "name"
    if isinstance(old, ast.BinOp):
        same = [ast.dump(old.left) == ast.dump(new.left), ast.dump(old.right) == ast.dump(new.right)]
        if all(same):
            return "operator"
        crossed = ast.dump(old.left) == ast.dump(new.right) and ast.dump(old.right) == ast.dump(new.left)
        return "swapped" if crossed else "computed"
    if isinstance(old, ast.Compare):
        return "comparison" if ast.dump(old.left) == ast.dump(new.left) else "condition"
    if isinstance(old, ast.BoolOp):
        return "condition"
    if isinstance(old, ast.Call):
        if [*map(ast.dump, old.args)] == [*map(ast.dump, new.args)]:
            return "function"
        return "arguments" if ast.dump(old.func) == ast.dump(new.func) else "computed"
    if isinstance(old, ast.Subscript) and ast.dump(old.value) != ast.dump(new.value):
        return "name" if ast.dump(old.slice) == ast.dump(new.slice) else "computed"
    if isinstance(old, ast.Subscript):
        return "slice" if isinstance(new.slice, ast.Slice) else "index"
    if isinstance(old, ast.Slice):
        return "slice"
    if isinstance(old, (ast.Tuple, ast.List)):
        one, two = (sorted(map(ast.dump, each.elts)) for each in (old, new))
        return "swapped" if one == two else "computed"
    if isinstance(old, ast.AugAssign) and ast.dump(old.value) == ast.dump(new.value):
        return "operator" if {type(old.op), type(new.op)} != {ast.Add, ast.Sub} else "sign"
    return "computed"


# Which way a change leads

ADDING = ("factor", "term", "power", "call", "arguments", "index", "slice")
NODES = ("BinOp", "Call", "Attribute", "Subscript", "UnaryOp", "Slice", "Compare", "ListComp", "GeneratorExp")
PAIR = 2  # how much a pair of things that belong together counts
MOST_NEAR = 3  # how many right answers are asked: the nearest
# The kinds of changes that may make an answer right by chance. Others are seldom made for nothing.
BY_CHANCE = ("number", "name", "factor", "term", "power", "index", "slice", "reversed", "call", "function",
             "attribute", "arguments", "operator", "less line", "less factor", "less term", "less power", "less call",
             "condition")  # fmt: skip


def leads_toward(old: Function, new: Function, right: Sequence[Function], adds: bool) -> bool:
    """Return whether a changed function is nearer to a right one than it was, as far as what they consist of tells.

    A change that only moves things is neither nearer nor farther, and is not doubted. A change that only `adds`
    something leads toward a right one that has the same.
    """
    before, after = _parts(old), _parts(new)
    if before == after or not right:
        return True
    others = sorted((_parts(each) for each in right), key=lambda each: _apart(before, each))[:MOST_NEAR]
    added = {part for part in after - before if not part.endswith(NODES)}
    if adds:
        return any(added <= each.keys() for each in others)
    return any(_apart(after, each) < _apart(before, each) for each in others)


def _parts(function: Function) -> Counter[str]:
    local, lines = _bound(function), _lines(function)
    parts = Counter(token for line in lines for token in line.tokens)
    for line in lines:
        for each in [line.node, *(node for path, node in _expressions_of(line))]:
            if isinstance(each, (ast.Call, ast.BinOp)):
                parts.update(dict.fromkeys(_pairs(each, local), PAIR))
    return parts


def _pairs(node: ast.Call | ast.BinOp, local: set[str]) -> Iterator[str]:
    """Yield what an operation or call is of, together with each thing that it takes."""
    if isinstance(node, ast.BinOp):
        taken = [node.left, node.right]
    else:
        taken = [*node.args, *(each.value for each in node.keywords)]
    head = type(node.op).__name__ if isinstance(node, ast.BinOp) else next(_tokens(node.func), "")
    for each in taken:
        name = next(_tokens(each), "")
        yield f"{'a name' if head in local else head} {'a name' if name in local else name}"


def _apart(one: Counter[str], other: Counter[str]) -> int:
    return (one - other).total() + (other - one).total()
