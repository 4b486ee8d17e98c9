"""Edit a syntax tree in one small place: the table of the ways in which a line of code goes wrong, and their edits.

The same rows serve twice. Applied to a student's answer they are repairs: an edit that makes it right shows which
line is wrong, and how. Applied to a right answer they are mistakes. Each row is undone by one row of the table.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, product
from math import prod
from threading import Lock
from types import MappingProxyType
from typing import Any, NamedTuple

# The rows


class Kind(NamedTuple):
    """A way in which a place goes wrong: its sentence for the student, and the row that makes the same mistake."""

    sentence: str
    undone_by: str


KINDS = {
    "operator":     Kind("The operator there should be another one of +, -, *, / and **.",             "operator"),
    "swapped":      Kind("Two things there are the wrong way round.",                                  "swapped"),
    "parentheses":  Kind("Parentheses are missing, or stand in the wrong place.",                      "parentheses"),
    "sign":         Kind("The sign is wrong.",                                                         "sign"),
    "assignment":   Kind("It is about how the line assigns: = replaces what was there, += adds to it.", "assignment"),
    "factor":       Kind("A factor is missing.",                                                       "less factor"),
    "less factor":  Kind("There is a factor too many.",                                                "factor"),
    "term":         Kind("Something is missing that should be added or subtracted.",                   "less term"),
    "less term":    Kind("Something is added or subtracted there that should not be.",                 "term"),
    "power":        Kind("A power is missing, such as a square or a root.",                            "less power"),
    "less power":   Kind("There is a power too many.",                                                 "power"),
    "comparison":   Kind("The comparison is not the right one.",                                       "comparison"),
    "condition":    Kind("The condition is not the right one.",                                        "condition"),
    "by one":       Kind("Something is off by one.",                                                   "by one"),
    "number":       Kind("A number there is not the right one.",                                       "number"),
    "name":         Kind("Another name or number belongs there.",                                      "name"),
    "attribute":    Kind("It is about .data and .grad: another of the two is needed.",                 "attribute"),
    "less attribute": Kind("The thing itself is needed there, not an attribute of it.",      "more attribute"),
    "more attribute": Kind("An attribute such as .grad is missing there.",                   "less attribute"),
    "data":         Kind("A .data is missing: the plain number is needed there, not the node.",        "less data"),
    "less data":    Kind("A .data is too many: it takes the plain number out of the graph, and no gradient goes"
                         " back through a plain number.",                                              "data"),
    "index":        Kind("An index is missing, or is not the right one.",                              "index"),
    "slice":        Kind("It is about which part of the list is taken.",                               "slice"),
    "reversed":     Kind("A list is the wrong way round.",                                             "reversed"),
    "call":         Kind("A call is missing: a function or method should be applied there.",           "less call"),
    "less call":    Kind("There is a call too many.",                                                  "call"),
    "function":     Kind("Another function belongs there.",                                            "function"),
    "arguments":    Kind("It is about the arguments of the call.",                                     "arguments"),
    "order":        Kind("The line is right, and stands in the wrong place.",                          "order"),
    "inside":       Kind("Something inside of a sum belongs outside of it, or the other way round.",        "inside"),
    "line":         Kind("A line is missing.",                                                         "less line"),
    "less line":    Kind("There is a line too many.",                                                  "line"),
    "return":       Kind("It is about what the function returns.",                                     "return"),
    "computed":     Kind("Something else has to be computed there.",                                   "computed"),
}  # fmt: skip
# Kinds whose sentences say little where the line is not known.
VAGUE = ("name", "number", "function", "arguments", "attribute")


# Edits


class Change(NamedTuple):
    """A new thing for one place of a tree: a field of a node, or an item of a field that is a list."""

    holder: ast.AST
    field: str
    index: int | None
    new: Any


DOUBT = 1.5  # how much more an edit costs that leads away from the right answers


class Edit(NamedTuple):
    """An edit of a tree. `cost` orders edits: the simplest are tried first.

    kind      the row of KINDS
    lines     the lines that it changes
    before    what stands there; None if something is added
    after     what should stand there; None if something is removed
    where     the function, such as "slope" or "Value.push"; "" outside of all
    changes   how it is applied
    parts     the edits that it joins, if it does
    doubted   whether it leads away from the right answers that are known
    """

    kind: str
    cost: float
    lines: tuple[int, ...]
    before: tuple[ast.AST | str | None, ...]
    after: tuple[ast.AST | str | None, ...]
    where: str
    changes: tuple[Change, ...]
    parts: tuple[Edit, ...] = ()
    doubted: bool = False

    @property
    def kinds(self) -> list[str]:
        """The rows of KINDS that it is of: two, if it joins two edits of different kinds."""
        return [*dict.fromkeys(each.kind for each in self.parts or (self,))]

    @property
    def rank(self) -> float:
        """The cost, with more for an edit that is doubted."""
        return self.cost + DOUBT * self.doubted

    def apply(self) -> list[Change]:
        """Apply the edit in place, and return what takes it back."""
        back = []
        for each in self.changes:
            back.append(each._replace(new=_at(each)))
            _put(each)
        return back[::-1]


def take_back(changes: Sequence[Change]) -> None:
    """Undo an edit, by what `apply` returned."""
    for each in changes:
        _put(each)


def _at(place: Change) -> Any:
    value = getattr(place.holder, place.field)
    return value if place.index is None else value[place.index]


def _put(change: Change) -> None:
    if change.index is None:
        setattr(change.holder, change.field, change.new)
    else:
        getattr(change.holder, change.field)[change.index] = change.new


# A program, and the functions in it

Function = ast.FunctionDef


def program(source: str, replaced: Mapping[str, str] | None = None) -> ast.Module:
    """Return the tree of a source without what runs only when the file is started.

    `replaced` holds the texts of functions to put in place of those of the same name, such as "Value.push".
    """
    tree = parsed(source)
    tree.body = [each for each in tree.body if not _started(each)]
    for key, text in (replaced or {}).items():
        (new,) = parsed(text).body
        for holder, index, name in _places(tree):
            if name == key:
                holder.body[index] = new
    return tree


def functions(tree: ast.Module) -> dict[str, Function]:
    """Return the functions and methods of a program by name.

    >>> [*functions(ast.parse("def f(): pass\\nclass A:\\n    def g(self): pass"))]
    ['f', 'A.g']
    """
    return {name: holder.body[index] for holder, index, name in _places(tree)}


def written(tree: ast.Module, template: ast.Module) -> dict[str, Function]:
    """Return the functions that differ from those of the template: the student wrote or changed them."""
    old = {name: _body(each) for name, each in functions(template).items()}
    return {name: each for name, each in functions(tree).items() if old.get(name) != _body(each)}


def to_write(template: str, solution: str, asks: Sequence[str]) -> str:
    """Return a template without the functions that it gives whole and that a right answer changes.

    What a student left as it was there is then sought for mistakes, too. `asks` has the names that are asked for.
    """
    tree, right = program(template), functions(program(solution))
    for holder, index, name in [*_places(tree)][::-1]:
        function = holder.body[index]
        stub = any(isinstance(each, ast.Raise) for each in ast.walk(function))
        asked = name.partition(".")[0] in asks
        if asked and not stub and (name not in right or _body(function) != _body(right[name])):
            holder.body[index] = ast.Pass()
    return ast.unparse(tree)


def used(solution: str) -> dict[str, list[str]]:
    """Return the arguments that each function of a program uses.

    >>> used("def f(a, b):\\n    return a")
    {'f': ['a']}
    """
    every = functions(program(solution))
    return {
        name: [each.arg for each in function.args.args if each.arg != "self" and each.arg in _names_in(function)]
        for name, function in every.items()
    }


def _places(tree: ast.Module) -> Iterator[tuple[Any, int, str]]:
    for holder, start in [
        (tree, ""),
        *((each, f"{each.name}.") for each in tree.body if isinstance(each, ast.ClassDef)),
    ]:
        for index, each in enumerate(holder.body):
            if isinstance(each, ast.FunctionDef):
                yield holder, index, start + each.name


def _body(function: Function) -> str:
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return ast.dump(function.args) + "".join(map(ast.dump, body))


def _started(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in ast.dump(statement.test)


# The edits of a program

LONGEST_LIST = 14  # the most names in reach that an edit puts in
LARGEST_COMPOUND = 10  # the most nodes of an expression that an edit puts in
SAME = 4  # the most places of a function that one edit changes alike
OF_EACH = ("less factor", "less term", "less data", "factor")  # edits of all elements of a tuple or list at once
MOST_TOGETHER = 150  # the most edits of all elements of a list


def edits(
    tree: ast.Module,
    template: ast.Module,
    only: Sequence[str] = (),
    needs: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[Edit]:
    """Return all edits of what a student wrote, the simplest first; of the functions in `only`, if there are some.

    `needs` has the arguments of a function that a right answer uses: one that is not used is tried before others.
    The list is the same in any process, so an edit is known by its place in it.
    """
    parts = {**written(tree, template)}
    own = {ast.dump(each) for each in template.body}
    outside = [
        each
        for each in tree.body
        if isinstance(each, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For)) and ast.dump(each) not in own
    ]
    result: list[Edit] = []
    for name, function in parts.items():
        if not only or name in only:
            result += _edits_in(function, Scope.of(function, tree, name, needs.get(name, ())), name)
    if outside and (not only or "" in only):
        for statement in outside:
            result += _edits_in(statement, Scope.of(statement, tree, ""), "")
    order = sorted(range(len(result)), key=lambda place: (result[place].cost, place))
    return [result[place] for place in order]


class Pairs(Sequence["Edit"]):
    """The edits that join two of n edits: the one of the places i and j has the place i * n + j."""

    def __init__(self, every: Sequence[Edit]) -> None:
        self.every = every

    def __len__(self) -> int:
        return len(self.every) ** 2

    def place(self, one: int, other: int) -> int:
        return one * len(self.every) + other

    def __getitem__(self, place: Any) -> Any:
        one, other = (self.every[each] for each in divmod(place, len(self.every)))
        lines = tuple(sorted({*one.lines, *other.lines}))
        before, after = one.before + other.before, one.after + other.after
        changes = _after_each_other(one.changes, other.changes)
        return Edit(one.kind, one.cost + other.cost, lines, before, after, one.where, changes, (one, other))

    def possible(self, one: int, other: int) -> bool:
        """Return whether two edits are of one function, and neither changes what the other changes."""
        first, second = self.every[one], self.every[other]
        places = {(id(each.holder), each.field): each.index for each in first.changes}
        return first.where == second.where and not any(
            key in places and (None in (places[key], each.index) or places[key] == each.index)
            for each in second.changes
            if (key := (id(each.holder), each.field))
        )


def _after_each_other(one: Sequence[Change], other: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes of two edits. Where one replaces a node, the other changes what stands there then."""
    replaced = {id(_at(each)): each.new for each in (*one, *other) if isinstance(_at(each), ast.AST)}

    def moved(change: Change) -> Change:
        new = replaced.get(id(change.holder))
        if new is None or not hasattr(new, change.field):
            return change
        there = change._replace(holder=new)
        old, now = getattr(change.holder, change.field), getattr(new, change.field)
        if change.index is not None and isinstance(now, list) and len(now) == len(old):
            places = [place for place, each in enumerate(now) if each is old[change.index]]
            return there._replace(index=places[0]) if len(places) == 1 else there
        alike = now is old if change.index is None else isinstance(now, list) and len(now) == len(old)
        return there if alike else change

    return tuple(map(moved, (*one, *other)))


class Scope(NamedTuple):
    """What is in reach in a function: expressions that may be a factor, names of lists, loops and the like."""

    atoms: tuple[str, ...]
    compounds: tuple[str, ...]
    lengths: tuple[str, ...]
    names: tuple[str, ...]
    statements: tuple[str, ...]
    nodes: bool = True  # whether there are Values
    unused: frozenset[str] = frozenset()  # arguments that are needed and not used
    own: tuple[str, ...] = ()  # the attributes of nodes that a class here sets

    @classmethod
    def of(cls, function: ast.AST, tree: ast.Module, where: str, needs: Sequence[str] = ()) -> Scope:
        """Return what is in reach in a function of a program."""
        names: dict[str, None] = {}
        atoms: dict[str, None] = {}
        bound: dict[str, str] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.arg):
                names[node.arg] = None
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = None
            elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.List, ast.Set, ast.Dict, ast.Call)):
                bound.update(_pairs(node))
            elif (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and _short(node)) or (
                isinstance(node, ast.Call) and _short(node) and _name(node.func) in ("len", "abs")
            ):
                atoms[ast.unparse(node)] = None
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names.update(dict.fromkeys(each.id for each in node.targets if isinstance(each, ast.Name)))
        names.pop("self", None)
        for each in _siblings(tree, where):
            atoms.setdefault(each, None)
        called = {_name(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        called |= {
            ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call) and _short(node.func)
        }
        usable = [each for each in atoms if each not in called and each.count(".") < 3]
        usable += [
            f"{name}.{part}" for name in names for part in _parts(function, name) if f"{name}.{part}" not in atoms
        ]
        known = [*names, *usable]
        compounds = [
            ast.unparse(node)
            for node in ast.walk(function)
            if isinstance(node, (ast.BinOp, ast.Call)) and len([*ast.walk(node)]) <= LARGEST_COMPOUND
        ]
        lists = dict.fromkeys(_lists(function))
        lengths = [f"len({name}[0])" for name in dict.fromkeys(_tables(function)) if name in names]
        lengths += [text.format(name) for name in lists if name in names for text in ("len({})", "len({}) ** 0.5")]
        return cls(
            tuple(known[:LONGEST_LIST]),
            tuple(dict.fromkeys(compounds))[:LONGEST_LIST],
            tuple(lengths[:LONGEST_LIST]),
            tuple(names)[:LONGEST_LIST],
            tuple(_statements(function, names, bound)),
            any(
                _name(each) == "Value" or isinstance(each, (ast.ClassDef, ast.Import, ast.ImportFrom))
                for each in ast.walk(tree)
            )
            or any(isinstance(each, ast.Attribute) and each.attr in ("data", "grad") for each in ast.walk(tree)),
            frozenset(needs) - _names_in(function),
            tuple(dict.fromkeys(_set_on_self(tree)))[:LONGEST_LIST],
        )


def _pairs(node: ast.Assign) -> Iterator[tuple[str, str]]:
    """Yield the names that are assigned a list, a set or the like, with the text of it."""
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield target.id, ast.unparse(node.value)
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for each, value in zip(target.elts, node.value.elts):
                if isinstance(each, ast.Name):
                    yield each.id, ast.unparse(value)


def _lists(function: ast.AST) -> Iterator[str]:
    """Yield the names of what is gone through or has items."""
    for node in ast.walk(function):
        if isinstance(node, (ast.For, ast.comprehension)):
            parts = node.iter.args if isinstance(node.iter, ast.Call) else [node.iter]
            yield from (_name(each) for each in parts if isinstance(each, ast.Name))
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            yield node.value.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from (_name(each) for each in node.args if isinstance(each, ast.Name))


def _tables(function: ast.AST) -> Iterator[str]:
    """Yield the names of what has rows, as in `W[i][j]`."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Subscript):
            yield _name(node.value.value)


def _parts(function: ast.AST, name: str) -> tuple[str, ...]:
    """Return "data" and "grad" for a name that is used with one of them."""
    used = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute) and _name(node.value) == name}
    return ("data", "grad") if "grad" in used else ("data",) if "data" in used else ()


def _siblings(tree: ast.Module, where: str) -> Iterator[str]:
    """Yield the attributes of self that the class of a method has."""
    owner = where.partition(".")[0] if "." in where else ""
    for each in tree.body:
        if isinstance(each, ast.ClassDef) and each.name == owner:
            for node in ast.walk(each):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.ctx, ast.Store)
                    and _name(node.value) == "self"
                ):
                    yield f"self.{node.attr}"


def _set_on_self(tree: ast.Module) -> Iterator[str]:
    """Yield the attributes that the methods of classes set on self."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _name(node.value) == "self":
            yield node.attr


def _statements(function: ast.AST, names: Mapping[str, None], bound: Mapping[str, str]) -> Iterator[str]:
    """Yield the statements that may be missing: a gradient cleared, a step, a node noted, a list shuffled."""
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For) and isinstance(node.target, ast.Name)]
    for loop in loops:
        inside = ast.unparse(loop)
        target = ast.unparse(loop.target)
        if f"{target}.data" in inside or f"{target}.grad" in inside:
            yield f"for {target} in {ast.unparse(loop.iter)}:\n    {target}.grad = 0.0"
            yield f"{target}.grad = 0.0"
    leaves = [name for name in names if name not in {ast.unparse(loop.target) for loop in loops}]
    leaves = [name for name in leaves if "grad" in _parts(function, name)]
    yield from (f"{name}.grad = 0.0" for name in leaves)
    if len(leaves) > 1:
        yield f"{' = '.join(f'{name}.grad' for name in leaves)} = 0.0"
    yield from _begun_anew(function)
    singles = [*dict.fromkeys([*names])]
    for name, value in bound.items():
        if "optim" in value or "SGD" in value or "Adam" in value:
            yield f"{name}.zero_grad()"
            yield f"{name}.step()"
        if value.startswith("set(") or (value.startswith("{") and ":" not in value):
            yield from (f"{name}.add({each})" for each in singles if each != name)
        if value.startswith(("[]", "list(")):
            yield from (f"{name}.append({each})" for each in singles if each != name)
    for name in names:
        if name in ("loss", "total", "root", "L"):
            yield f"{name}.backward()"
        if name == "rng":
            yield from (f"rng.shuffle({each})" for each in singles if each != "rng")
    if "backward" in getattr(function, "name", ""):
        yield "self.grad = 1.0"
    yield from (f"return {name}" for name in names)


def _begun_anew(function: ast.AST) -> Iterator[str]:
    """Yield lines that set a sum or a list back to its start, as `total = 0`, if a loop in a loop changes it."""
    starts: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                targets, values = [target], [node.value]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    targets, values = target.elts, node.value.elts
                for each, value in zip(targets, values):
                    if isinstance(each, ast.Name) and (_number(value) or ast.unparse(value) == "[]"):
                        starts[each.id] = ast.unparse(value)
    inner = [each for loop in ast.walk(function) if isinstance(loop, ast.For) for each in loop.body]
    changed = [node for each in inner if isinstance(each, ast.For) for node in ast.walk(each)]
    stored = {node.id for node in changed if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    yield from (f"{name} = {start}" for name, start in starts.items() if name in stored)


def _short(node: ast.AST) -> bool:
    return all(isinstance(each, (ast.Name, ast.Attribute, ast.Load, ast.Call, ast.Store)) for each in ast.walk(node))


def _makes(node: ast.AST) -> bool:
    """Return whether an expression makes an object of a class, which by convention begins with a capital."""
    return isinstance(node, ast.Call) and _name(node.func)[:1].isupper()


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _edits_in(root: ast.AST, scope: Scope, where: str) -> Iterator[Edit]:
    """Yield the edits of a function, or of a statement outside of all functions."""
    alike: dict[tuple[int, str, str], list[Edit]] = {}
    changed = {id(each) for each in _changed_by_a_call(root)}
    exponents = {
        id(each.right) for each in ast.walk(root) if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Pow)
    }
    elements: dict[tuple[Element, str], dict[int, list[Edit]]] = {}  # edits of each element of a tuple or list
    for slot, node, statement, element in _slots(root):
        for kind, cost, new, group in _expressions(node, scope):
            if kind == "less call" and isinstance(slot.holder, ast.Expr):
                continue  # a line that does nothing: see "less line"
            if id(node) in changed and kind not in ("name", "data", "less data", "attribute"):
                continue  # something else would be changed, and the line have no effect
            if isinstance(new, ast.Constant) and isinstance(slot.holder, ast.Subscript) and slot.field == "value":
                continue  # a number has no items
            if id(node) in exponents and _number(node) and kind not in ("number", "by one", "sign", "name"):
                continue
            line = _line(node, root)
            _locate(new, line)
            edit = Edit(kind, cost, (line,), (node,), (new,), where, (slot._replace(new=new),))
            yield edit
            if group:
                alike.setdefault((statement, kind, group), []).append(edit)
                if isinstance(slot.holder, (ast.Tuple, ast.List)):
                    alike.setdefault((id(slot.holder), kind, group), []).append(edit)
            if element and kind in OF_EACH:
                key = element._replace(place=0), kind
                elements.setdefault(key, {}).setdefault(element.place, []).append(edit)
    for (_, kind, _), same in alike.items():
        if 2 <= len(same) <= SAME:
            yield _together(kind, same)
    for (element, kind), by_place in elements.items():
        if len(by_place) == element.size and prod(map(len, by_place.values())) <= MOST_TOGETHER:
            for some in product(*by_place.values()):
                yield _together(kind, some)
    yield from _statement_edits(root, scope, where)


def _changed_by_a_call(root: ast.AST) -> Iterator[ast.expr]:
    """Yield what lines such as `order.append(node)` change."""
    for each in ast.walk(root):
        if (
            isinstance(each, ast.Expr)
            and isinstance(each.value, ast.Call)
            and isinstance(each.value.func, ast.Attribute)
        ):
            yield each.value.func.value


def _together(kind: str, same: Sequence[Edit]) -> Edit:
    """Return one edit that does several of a kind."""
    lines = tuple(dict.fromkeys(chain.from_iterable(each.lines for each in same)))
    before, after = (tuple(chain.from_iterable(getattr(each, name) for each in same)) for name in ("before", "after"))
    changes = tuple(chain.from_iterable(each.changes for each in same))
    return Edit(kind, same[0].cost + 0.5 * (len(same) - 1), lines, before, after, same[0].where, changes)


def _locate(node: ast.AST, line: int) -> None:
    """Set the line of the nodes that have none: compile needs one. What was in the tree before has one."""
    if isinstance(node, (ast.expr, ast.stmt)):
        if hasattr(node, "lineno"):
            return
        node.lineno = node.end_lineno = line
        node.col_offset = node.end_col_offset = 0
    for child in ast.iter_child_nodes(node):
        _locate(child, line)


def _line(node: ast.AST, root: ast.AST) -> int:
    lines = (getattr(each, "lineno", 0) for each in chain([node], ast.iter_child_nodes(node), [root]))
    return next((line for line in lines if line), 1)


class Element(NamedTuple):
    """An element of a tuple or list: which one, at which place, and how many elements there are."""

    many: int
    place: int
    size: int


def _slots(root: ast.AST) -> Iterator[tuple[Change, Any, int, Element | None]]:
    """Yield each place of an expression, what stands there, the number of its statement, and the element it is in."""
    waiting: list[tuple[ast.AST, int, Element | None]] = [(root, 0, None)]
    while waiting:
        parent, statement, element = waiting.pop(0)
        for name, value in ast.iter_fields(parent):
            if name in ("decorator_list", "annotation", "returns", "type_comment"):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(child, ast.AST) or isinstance(child, (ast.Raise, ast.JoinedStr, ast.Import)):
                    continue
                if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                    continue  # a docstring
                inner = child.lineno if isinstance(child, ast.stmt) else statement
                within = element
                if isinstance(parent, (ast.Tuple, ast.List)) and index is not None:
                    within = Element(id(parent), index, len(value))
                waiting.append((child, inner, within))
                whole = (isinstance(parent, ast.Call) and name == "func") or (
                    isinstance(parent, ast.Slice) and name == "step"  # a list is turned round by the whole slice
                )
                if isinstance(child, (ast.expr, ast.Slice)) and not whole:
                    yield Change(parent, name, index, None), child, inner, within


# The edits of an expression

Row = tuple[str, float, Any, str]  # kind, cost, what to put there, and which edits elsewhere are alike

MOST_OPERANDS = 6  # of an expression whose parentheses are tried
OPERANDS = (ast.Name, ast.Attribute, ast.BinOp, ast.Call, ast.Subscript, ast.UnaryOp)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
TERMS = (ast.Name, ast.Attribute, ast.Subscript)
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
PAIRS = (
    ("min", "max"), ("any", "all"), ("exp", "log"), ("exp", "tanh"), ("sum", "len"), ("append", "extend"),
    ("add", "remove"), ("sinh", "tanh"), ("tanh", "sigmoid"), ("tanh", "relu"), ("index", "count"),
    ("gauss", "uniform"), ("floor", "ceil"), ("sorted", "list"), ("sqrt", "exp"), ("zip", "enumerate"),
    ("set", "list"), ("pop", "popleft"), ("argmin", "argmax"), ("log", "log10"), ("log", "log2"), ("fmean", "sum"),
    ("zero_grad", "step"), ("random", "gauss"),
)  # fmt: skip
NUMBERS = (0, 1, 2, 0.5, -1, 1e-5, 0.0001)


PARSING = Lock()  # Python 3.11 may raise a SystemError where two threads make trees at a time


def parsed(text: str, mode: str = "exec") -> Any:
    """Return the tree of a text, one thread after the other."""
    with PARSING:
        return ast.parse(text, mode=mode)


def _load(text: str) -> ast.expr:
    tree: ast.expr = parsed(text, mode="eval").body
    return tree


def _expressions(node: Any, scope: Scope) -> Iterator[Row]:
    """Yield the edits of one expression."""
    loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    for kind, rows in BY_TYPE:
        if isinstance(node, kind):
            yield from rows(node, scope)
    if loads and (isinstance(node, OPERANDS) or _number(node)) and not _makes(node):
        yield from _missing(node, scope)


def _binary(node: ast.BinOp, scope: Scope) -> Iterator[Row]:
    left, right, op = node.left, node.right, node.op
    sign = type(op).__name__
    # With 0 or 1 on the right, only + and - are tried: x * 1 in place of x - 1 would leave the 1 without an effect.
    is_trivial = isinstance(right, ast.Constant) and right.value in (0, 1)
    beside = isinstance(op, (ast.Mult, ast.Div)) and (_number(left) or _number(right))
    for other in ARITHMETIC[:2] if is_trivial else ARITHMETIC:
        is_idle = isinstance(left, ast.Constant) and left.value == 1 and other is ast.Mult
        if not isinstance(op, other) and not is_idle:
            # A small number that is added has no effect: then it is a factor too many.
            cost = 1.7 if beside and other in ARITHMETIC[:2] else 1
            yield "operator", cost, ast.BinOp(left, other(), right), f"{sign} {other.__name__}"
    if isinstance(op, (ast.Mult, ast.Pow)):
        yield "operator", 1.5, ast.BinOp(left, ast.Pow() if isinstance(op, ast.Mult) else ast.Mult(), right), sign
    if isinstance(op, ast.FloorDiv):
        yield "operator", 1.5, ast.BinOp(left, ast.Div(), right), sign
    if isinstance(op, (ast.Sub, ast.Div, ast.Pow, ast.FloorDiv)):
        yield "swapped", 1, ast.BinOp(right, op, left), sign
    operands, signs = _flat(node)
    if len(operands) <= MOST_OPERANDS:
        before = ast.dump(node)
        for each in _grouped(operands, signs):
            if ast.dump(each) != before:
                yield "parentheses", 0.8 + 0.02 * len(operands), each, f"{sign} {len(operands)}"
    if isinstance(left, ast.UnaryOp):
        yield "parentheses", 1.2, ast.UnaryOp(left.op, ast.BinOp(left.operand, op, right)), ""
    for side, name in ((right, "right"), (left, "left")):
        if isinstance(op, (ast.Mult, ast.Div, ast.MatMult)):
            if not (isinstance(op, ast.Div) and name == "left"):
                kept = left if name == "right" else right
                yield "less factor", 1.5, kept, f"{sign} {ast.unparse(side)}"
                if isinstance(side, ast.UnaryOp) and isinstance(side.op, ast.USub):  # -x * y without x is -y
                    yield "less factor", 1.5, ast.UnaryOp(ast.USub(), kept), f"{sign} {ast.unparse(side.operand)}"
        elif isinstance(op, (ast.Add, ast.Sub)):
            kept = left if name == "right" else right
            if isinstance(op, ast.Sub) and name == "left":
                kept = ast.UnaryOp(ast.USub(), right)
            yield (
                "by one" if isinstance(side, ast.Constant) and side.value == 1 else "less term",
                1.5,
                kept,
                f"{sign} {ast.unparse(side)}",
            )
        elif isinstance(op, ast.Pow) and name == "right":
            yield "less power", 1.5, left, ast.unparse(side)
    if isinstance(op, ast.Div):  # 1 / x in place of x, and x in place of 1 / x
        yield "less factor", 2, right, f"{sign} turned"


def _flat(node: ast.expr) -> tuple[list[ast.expr], list[ast.operator]]:
    """Return what an arithmetic expression joins, and the operators between, as they are written, left to right."""
    if not isinstance(node, ast.BinOp):
        return [node], []
    operands, signs = _flat(node.left)
    more, others = _flat(node.right)
    return [*operands, *more], [*signs, node.op, *others]


def _grouped(operands: Sequence[ast.expr], signs: Sequence[ast.operator]) -> Iterator[ast.expr]:
    """Yield the same text with parentheses in each way, those of the last operation in front first."""
    if len(operands) == 1:
        yield operands[0]
    for place in reversed(range(len(signs))):
        for left in _grouped(operands[: place + 1], signs[:place]):
            for right in _grouped(operands[place + 1 :], signs[place + 1 :]):
                yield ast.BinOp(left, signs[place], right)


def _unary(node: ast.UnaryOp, scope: Scope) -> Iterator[Row]:
    power = node.operand
    if isinstance(node.op, ast.USub):
        yield "sign", 1, node.operand, "-"
        if isinstance(power, ast.BinOp) and isinstance(power.op, ast.Pow):
            inner = ast.BinOp(ast.UnaryOp(node.op, power.left), ast.Pow(), power.right)
            yield "parentheses", 1, inner, ""
        if isinstance(node.operand, ast.Constant):
            yield "index", 1.5, ast.Constant(0), "0"
    if isinstance(node.op, ast.Not):
        yield "condition", 1, node.operand, "not"


def _number(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
    )


def _constant(node: ast.Constant, scope: Scope) -> Iterator[Row]:
    value: Any = node.value
    if isinstance(value, str):
        yield from _formula(value, scope)
    if isinstance(value, bool):
        yield "number", 1, ast.Constant(not value), ""
    if not _number(node):
        return
    seen = [value]
    if isinstance(value, int):
        for new in (value + 1, value - 1):
            yield "by one", 1.5, _constant_of(new), f"{value} {new}"
            seen.append(new)
    halves = (value / 2, value**2) if value != 0.5 else ()  # as in a root
    for new in (*NUMBERS, value * 2, *halves, value * 10, value / 10, value * 100, value / 100):
        if new not in seen and abs(new) < 1e6:
            yield "number", 2, _constant_of(new), f"{value} {new}"
            seen.append(new)
    for name in scope.atoms:
        yield "name", 2, _load(name), f"{value} {name}"
    for name in scope.compounds:
        yield "name", 3, _load(name), f"{value} {name}"


def _formula(text: str, scope: Scope) -> Iterator[Row]:
    """Yield the edits of a text that is a formula, such as "x * sigmoid(x)"."""
    try:
        tree = parsed(f"def formula():\n    return ({text})")
    except SyntaxError:
        return
    value = tree.body[0].body[0].value
    if not isinstance(value, ast.BinOp) or any(isinstance(each, ast.JoinedStr) for each in ast.walk(value)):
        return
    parts = dict.fromkeys(ast.unparse(each) for each in ast.walk(value) if isinstance(each, (ast.Name, ast.Call)))
    called = {_name(each.func) for each in ast.walk(value) if isinstance(each, ast.Call)}
    names = sorted(set(parts) - called)[:LONGEST_LIST]
    inner = Scope(tuple(names), (), (), (), ())
    for name in [each for each in names if each.isidentifier()]:
        for other in names:  # at all of its places
            if other != name:
                yield "name", 2.2, ast.Constant(re.sub(rf"\b{name}\b", other, text)), ""
    for slot, each, _, _ in [*_slots(tree.body[0])]:
        for kind, cost, new, _ in [*_expressions(each, inner)]:
            if kind in OF_FORMULAS:
                change = slot._replace(new=new)
                old = _at(change)
                _put(change)
                yield kind, cost + 0.2, ast.Constant(ast.unparse(tree.body[0].body[0].value)), ""
                _put(change._replace(new=old))


OF_FORMULAS = ("operator", "swapped", "parentheses", "sign", "factor", "less factor", "term", "less term", "power",
               "less power", "by one", "name", "function", "number")  # fmt: skip


def _constant_of(value: float) -> ast.expr:
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _compare(node: ast.Compare, scope: Scope) -> Iterator[Row]:
    if len(node.ops) == 1:
        for other in COMPARISONS:
            if not isinstance(node.ops[0], other) and isinstance(node.ops[0], COMPARISONS):
                yield "comparison", 1, ast.Compare(node.left, [other()], node.comparators), ""
        for one, two in ((ast.In, ast.NotIn), (ast.Is, ast.IsNot), (ast.Is, ast.Eq), (ast.IsNot, ast.NotEq)):
            for this, that in ((one, two), (two, one)):
                if isinstance(node.ops[0], this):
                    yield "condition", 1, ast.Compare(node.left, [that()], node.comparators), ""
        if isinstance(node.left, (ast.Name, ast.Attribute, ast.BinOp)):
            new = ast.Call(ast.Name("abs", ast.Load()), [node.left], [])
            yield "call", 2, ast.Compare(new, node.ops, node.comparators), ""
        if isinstance(node.ops[0], ORDERED):  # a limit that is a share of what is compared
            left, right = node.left, node.comparators[0]
            for size in _sizes(left):
                yield "factor", 2, ast.Compare(left, node.ops, [ast.BinOp(right, ast.Mult(), size)]), ""
            for size in _sizes(right):
                yield "factor", 2, ast.Compare(ast.BinOp(left, ast.Mult(), size), node.ops, [right]), ""


def _sizes(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the absolute value of each thing that an expression is about, if there are several."""
    texts = dict.fromkeys(ast.unparse(each) for each in ast.walk(node) if isinstance(each, TERMS) and _plain(each))
    if len(texts) > 1:
        yield from (_load(f"abs({text})") for text in texts)


def _plain(node: ast.AST) -> bool:
    parts = (ast.Name, ast.Attribute, ast.Subscript, ast.Load)
    return all(isinstance(each, parts) for each in ast.walk(node)) and _name(node) not in ("abs", "max", "min", "len")


def _both(node: ast.BoolOp, scope: Scope) -> Iterator[Row]:
    yield "condition", 1, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values), ""
    for place in range(len(node.values)):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield "condition", 1.5, ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0], ""


def _name_edits(node: ast.Name, scope: Scope) -> Iterator[Row]:
    if isinstance(node.ctx, ast.Load):
        for name in scope.atoms:
            if name != node.id and not name.startswith(f"{node.id}."):
                yield "name", 1.5 if name in scope.unused else 2, _load(name), f"{node.id} {name}"
        for name in (*scope.compounds, *scope.lengths):
            yield "name", 3, _load(name), f"{node.id} {name}"
        if scope.nodes:
            yield "data", 1.5, ast.Attribute(node, "data", ast.Load()), node.id
            yield "more attribute", 2, ast.Attribute(node, "grad", ast.Load()), node.id
        yield "index", 3, ast.Subscript(node, ast.Constant(0), ast.Load()), node.id
        yield "index", 3, ast.Subscript(node, ast.UnaryOp(ast.USub(), ast.Constant(1)), ast.Load()), node.id
        for name in scope.names:
            if name != node.id:
                yield "index", 3, ast.Subscript(node, _load(name), ast.Load()), f"{node.id} {name}"
        yield "slice", 3, ast.Subscript(node, ast.Slice(ast.Constant(1), None, None), ast.Load()), node.id
        yield "slice", 3, _load(f"{node.id}[:-1]"), node.id
        for name in scope.names:
            if name != node.id:
                yield "slice", 3, _load(f"{node.id}[:{name} + 1]"), f"{node.id} {name} + 1"
                yield "slice", 3, _load(f"{node.id}[:{name}]"), f"{node.id} {name}"
        yield "reversed", 2, _load(f"{node.id}[::-1]"), node.id
        of_nodes = ("{}.tanh()", "{}.exp()") if scope.nodes else ()
        for call in ("list({})", "len({})", "set({})", "reversed({})", *of_nodes):
            yield "call", 3, _load(call.format(node.id)), f"{call} {node.id}"
    elif isinstance(node.ctx, ast.Store) and f"{node.id}.data" in scope.atoms:
        yield "data", 2, ast.Attribute(ast.Name(node.id, ast.Load()), "data", ast.Store()), node.id


def _attribute(node: ast.Attribute, scope: Scope) -> Iterator[Row]:
    for name in ("data", "grad"):
        if node.attr != name and node.attr in ("data", "grad"):
            yield "attribute", 1, ast.Attribute(node.value, name, node.ctx), "exchanged"
    if isinstance(node.ctx, ast.Load):
        if node.attr == "data":
            yield "less data", 1, node.value, ast.unparse(node)
        elif node.attr in ("grad", "name"):
            yield "less attribute", 1.5, node.value, ast.unparse(node)
        text = ast.unparse(node)
        for name in scope.atoms:
            if name != text:
                yield "name", 2, _load(name), f"{text} {name}"
        for name in scope.own if node.attr in scope.own and _name(node.value) != "self" else ():
            if name != node.attr and {name, node.attr} != {"data", "grad"}:
                yield "name", 2, ast.Attribute(node.value, name, ast.Load()), f"{node.attr} {name}"
        if node.attr not in ("data", "grad"):
            yield "data", 2, ast.Attribute(node, "data", ast.Load()), text


def _call(node: ast.Call, scope: Scope) -> Iterator[Row]:
    if _makes(node):  # a new node where one that is there is needed
        yield from (("name", 2, _load(each), f"{ast.unparse(node)} {each}") for each in scope.names)
    name, plain = _name(node.func), [each for each in node.args if not isinstance(each, ast.Starred)]
    if len(node.args) == 1 and plain and not node.keywords:
        yield "less call", 1.5, node.args[0], name
        if isinstance(node.args[0], ast.Attribute) and node.args[0].attr == "data":  # Value(z.data) in place of z
            yield "less data", 1.5, node.args[0].value, name
    if isinstance(node.func, ast.Attribute) and not node.args:
        yield "less call", 1.5, node.func.value, name
    if name in ("round", "min", "max") and len(plain) == len(node.args) == 2:  # rounded, or held above or below
        yield "less call", 1.5, node.args[0], f"{name} first"
        if name != "round":
            yield "less call", 1.5, node.args[1], f"{name} second"
    for one, two in PAIRS:
        for this, that in ((one, two), (two, one)):
            if name == this:
                func = ast.Name(that, ast.Load()) if isinstance(node.func, ast.Name) else None
                func = func or ast.Attribute(node.func.value, that, ast.Load())
                yield "function", 1, ast.Call(func, node.args, node.keywords), this
    for place in range(len(node.args)):
        rest = [*node.args[:place], *node.args[place + 1 :]]
        if rest:
            yield "arguments", 2, ast.Call(node.func, rest, node.keywords), ""
        for other in range(place):
            args = [*node.args]
            args[place], args[other] = args[other], args[place]
            yield "swapped", 1.2, ast.Call(node.func, args, node.keywords), ""
        each = node.args[place]
        if isinstance(each, (ast.Name, ast.List, ast.ListComp, ast.Attribute)):
            args = [*node.args[:place], ast.Starred(each, ast.Load()), *node.args[place + 1 :]]
            yield "arguments", 2, ast.Call(node.func, args, node.keywords), f"star {name}"
        if isinstance(each, ast.Starred):
            yield (
                "arguments",
                2,
                ast.Call(node.func, [*node.args[:place], each.value, *rest[place:]], node.keywords),
                "",
            )
    for place in range(len(node.keywords)):
        yield "arguments", 2, ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :]), ""
    if name == "abs":
        yield "function", 1.5, ast.Call(ast.Name("max", ast.Load()), [*node.args, ast.Constant(0.0)], []), ""
    if name == "range" and len(node.args) == 1:
        yield "by one", 2, ast.Call(node.func, [ast.Constant(1), *node.args], []), ""
        for text in scope.lengths:
            if "**" not in text and text != ast.unparse(node.args[0]):
                yield "name", 1.8, ast.Call(node.func, [_load(text)], []), ""
    if name == "sum" and len(node.args) == 1:
        for each in scope.atoms:
            yield "term", 3, ast.Call(node.func, [*node.args, _load(each)], []), ""
    for each in scope.names:
        if name not in ("range", "len", "abs", "float") and len(node.args) < 4:
            yield "arguments", 3, ast.Call(node.func, [*node.args, _load(each)], node.keywords), ""


def called_in(node: ast.AST) -> set[str]:
    """Return the names of what is called in a tree.

    >>> sorted(called_in(ast.parse("a.b(c(1))")))
    ['b', 'c']
    """
    return {_name(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)} - {""}


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _out_of_a_sum(node: ast.Call, scope: Scope) -> Iterator[Row]:
    """Yield a sum with a term of its items behind it: `sum(x + b for x in xs)` becomes `sum(x for x in xs) + b`."""
    if (
        _name(node.func) != "sum"
        or len(node.args) != 1
        or not isinstance(node.args[0], (ast.GeneratorExp, ast.ListComp))
    ):
        return
    loop = node.args[0]
    if not (isinstance(loop.elt, ast.BinOp) and isinstance(loop.elt.op, (ast.Add, ast.Sub))):
        return
    own = {name for part in loop.generators for name in _names_in(part.target)}
    sides = [(loop.elt.left, loop.elt.right)] + [(loop.elt.right, loop.elt.left)] * isinstance(loop.elt.op, ast.Add)
    for kept, term in sides:
        if own & _names_in(kept) and not own & _names_in(term):
            total = ast.Call(node.func, [type(loop)(kept, loop.generators)], [])
            yield "inside", 1.2, ast.BinOp(total, loop.elt.op, term), ""


def _into_a_sum(node: ast.BinOp, scope: Scope) -> Iterator[Row]:
    """Yield a sum with what stands behind it among its items, as in `sum(x + b for x in xs)`."""
    total = node.left
    if not (isinstance(node.op, (ast.Add, ast.Sub)) and isinstance(total, ast.Call) and _name(total.func) == "sum"):
        return
    if len(total.args) == 1 and isinstance(total.args[0], (ast.GeneratorExp, ast.ListComp)):
        loop = total.args[0]
        inner = type(loop)(ast.BinOp(loop.elt, node.op, node.right), loop.generators)
        yield "inside", 1.2, ast.Call(total.func, [inner], []), ""


def _subscript(node: ast.Subscript, scope: Scope) -> Iterator[Row]:
    if isinstance(node.ctx, ast.Load):
        kind = "slice" if isinstance(node.slice, ast.Slice) else "index"
        if isinstance(node.slice, ast.Slice) and node.slice.step is not None:
            kind = "reversed"
        yield kind, 1.5, node.value, ast.unparse(node)


def _slice(node: ast.Slice, scope: Scope) -> Iterator[Row]:
    one = ast.Constant(1)
    if node.upper is not None:
        for op in (ast.Add(), ast.Sub()):
            yield "by one", 1, ast.Slice(node.lower, ast.BinOp(node.upper, op, one), node.step), ""
        if node.lower is None:
            yield "slice", 1.5, ast.Slice(node.upper, None, node.step), ""
    if node.lower is not None:
        for op in (ast.Add(), ast.Sub()):
            yield "by one", 1, ast.Slice(ast.BinOp(node.lower, op, one), node.upper, node.step), ""
        if node.upper is None:
            yield "slice", 1.5, ast.Slice(None, node.lower, node.step), ""
            yield "slice", 2, ast.Slice(None, ast.BinOp(node.lower, ast.Add(), one), node.step), ""
    if node.upper is not None and node.lower is None:
        for name in scope.names:
            yield "slice", 2.5, ast.Slice(None, ast.BinOp(_load(name), ast.Add(), one), None), ""


def _elements(node: ast.Tuple | ast.List, scope: Scope) -> Iterator[Row]:
    if not isinstance(node.ctx, ast.Load):
        return
    many = type(node)
    for place in range(len(node.elts)):
        for other in range(place):
            elements = [*node.elts]
            elements[place], elements[other] = elements[other], elements[place]
            yield "swapped", 1, many(elements, ast.Load()), ""
        each = node.elts[place]
        if isinstance(each, (ast.Name, ast.Attribute, ast.Call, ast.ListComp)):
            starred = ast.Starred(each, ast.Load())
            yield "return", 2, many([*node.elts[:place], starred, *node.elts[place + 1 :]], ast.Load()), ""
        if isinstance(each, ast.Starred):
            yield "return", 2, many([*node.elts[:place], each.value, *node.elts[place + 1 :]], ast.Load()), ""
    for place in range(3 if len(node.elts) == 3 else 0):  # turned by one place
        elements = [*node.elts[place:], *node.elts[:place]]
        if place:
            yield "swapped", 1.5, many(elements, ast.Load()), ""
    for place in range(len(node.elts)):
        if len(node.elts) > 1:
            yield "return", 2, many([*node.elts[:place], *node.elts[place + 1 :]], ast.Load()), ""
    if len(node.elts) == 1:
        yield "return", 2, node.elts[0], ""
    if isinstance(node, ast.Tuple):
        yield "return", 2, ast.List([node], ast.Load()), ""


def _either(node: ast.IfExp, scope: Scope) -> Iterator[Row]:
    yield "condition", 1, ast.IfExp(node.test, node.orelse, node.body), ""
    yield "condition", 2, node.body, ""
    yield "condition", 2, node.orelse, ""


def _comprehension(node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> Iterator[Row]:
    if len(node.generators) == 1 and node.generators[0].ifs:
        first = node.generators[0]
        bare = ast.comprehension(first.target, first.iter, [], first.is_async)
        yield "condition", 1.5, type(node)(node.elt, [bare]), ""
    if len(node.generators) == 2:
        yield "swapped", 1, type(node)(node.elt, node.generators[::-1]), ""
    if isinstance(node, ast.ListComp) and isinstance(node.elt, ast.ListComp):
        inner = node.elt
        if len(inner.generators) == len(node.generators) == 1:
            yield "swapped", 1.5, ast.ListComp(ast.ListComp(inner.elt, node.generators), inner.generators), ""
            yield "return", 2, ast.ListComp(inner.elt, [*node.generators, *inner.generators]), ""


def _multiplied(node: ast.BinOp, scope: Scope) -> Iterator[Row]:
    """Yield a comprehension in place of `[x] * n`, in which each item is made anew."""
    if isinstance(node.op, ast.Mult) and isinstance(node.left, ast.List) and len(node.left.elts) == 1:
        loop = ast.comprehension(
            ast.Name("_", ast.Store()), ast.Call(ast.Name("range", ast.Load()), [node.right], []), [], 0
        )
        yield "function", 2, ast.ListComp(node.left.elts[0], [loop]), ""


BY_TYPE: tuple[tuple[Any, Callable[..., Iterator[Row]]], ...] = (
    (ast.BinOp, _binary),
    (ast.BinOp, _multiplied),
    (ast.BinOp, _into_a_sum),
    (ast.UnaryOp, _unary),
    (ast.Constant, _constant),
    (ast.Compare, _compare),
    (ast.BoolOp, _both),
    (ast.Name, _name_edits),
    (ast.Attribute, _attribute),
    (ast.Call, _call),
    (ast.Call, _out_of_a_sum),
    (ast.Subscript, _subscript),
    (ast.Slice, _slice),
    ((ast.Tuple, ast.List), _elements),
    (ast.IfExp, _either),
    ((ast.ListComp, ast.GeneratorExp), _comprehension),
)  # fmt: skip


def _missing(node: Any, scope: Scope) -> Iterator[Row]:
    """Yield what may be missing around any expression: a sign, a factor, a term, a power, a call."""
    if isinstance(node, ast.Constant) and node.value in (0, 1):
        yield "sign", 1.5, ast.UnaryOp(ast.USub(), node), "-"
        yield from (("factor", 2.5, _load(name), name) for name in scope.lengths if node.value == 1)
        return
    if not isinstance(node, ast.UnaryOp):
        yield "sign", 1.5, ast.UnaryOp(ast.USub(), node), "-"
    there = {ast.unparse(each) for each in _flat(node)[0]}
    for op, word in ((ast.Mult(), "*"), (ast.Div(), "/")):
        yield "factor", 2, ast.BinOp(node, op, ast.Constant(2)), f"{word} 2"
        for name in (*scope.atoms, *scope.lengths):
            if name in there and isinstance(op, ast.Div):
                continue  # it takes a factor away
            yield "factor", 1.5 if name in scope.unused else 2.5, ast.BinOp(node, op, _load(name)), f"{word} {name}"
    for op, word in ((ast.Add(), "+"), (ast.Sub(), "-")):
        yield "by one", 2, ast.BinOp(node, op, ast.Constant(1)), f"{word} 1"
        for name in scope.atoms:
            yield "term", 2 if name in scope.unused else 3, ast.BinOp(node, op, _load(name)), f"{word} {name}"
    yield "power", 2.5, ast.BinOp(node, ast.Pow(), ast.Constant(2)), "2"
    yield "power", 2.5, ast.BinOp(node, ast.Pow(), ast.Constant(0.5)), "0.5"
    if not isinstance(node, ast.Constant):
        yield "name", 2.5, ast.Constant(0.0), "0.0"
        yield "name", 2.5, ast.Constant(1.0), "1.0"
        yield "term", 2.5, ast.BinOp(ast.Constant(1), ast.Sub(), node), "1 -"
        yield "factor", 3, ast.BinOp(ast.Constant(1), ast.Div(), node), "1 /"
    if isinstance(node, ast.BinOp):
        yield "call", 2.5, ast.Call(ast.Name("abs", ast.Load()), [node], []), "abs"
        if scope.nodes:
            yield "data", 2.5, ast.Attribute(node, "data", ast.Load()), ""
        for name in ("tanh", "exp", "log") if scope.nodes else ():
            yield "call", 2.5, ast.Call(ast.Attribute(node, name, ast.Load()), [], []), name
    if isinstance(node, ast.Call):
        for name in ("tanh", "exp", "log") if scope.nodes else ():
            yield "call", 3, ast.Call(ast.Attribute(node, name, ast.Load()), [], []), name
        if scope.nodes:
            yield "data", 2.5, ast.Attribute(node, "data", ast.Load()), ""
        yield "call", 3, ast.Call(ast.Name("list", ast.Load()), [node], []), "list"
    if isinstance(node, ast.Subscript) and scope.nodes:
        yield "data", 2, ast.Attribute(node, "data", ast.Load()), ast.unparse(node)


# The edits of a statement


def _statement_edits(root: ast.AST, scope: Scope, where: str) -> Iterator[Edit]:
    """Yield the edits that change, move, add or remove a statement."""
    for holder in ast.walk(root):
        for name in ("body", "orelse"):
            block = getattr(holder, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                for kind, cost, line, before, after, changes in _in_block(holder, name, block, root, scope):
                    for change in changes:
                        for each in change.new if isinstance(change.new, list) else [change.new]:
                            _locate(each, line)
                    yield Edit(kind, cost, (line,), (before,), (after,), where, tuple(changes))


USUAL = ("zero_grad()", "step()", "backward()", ".grad = 0.0")  # ends of lines that are often missing
LIKELY = 1.2  # the cost of such a line, where the function has none that ends so
Changed = tuple[str, float, int, Any, Any, list[Change]]


def _in_block(holder: Any, name: str, block: list[Any], root: ast.AST, scope: Scope) -> Iterator[Changed]:
    def whole(*statements: Any) -> list[Change]:
        return [Change(holder, name, None, [*statements])]

    text_now = ast.unparse(root)
    absent = tuple(end for end in USUAL if end not in text_now)
    for place, each in enumerate(block):
        line, ahead, behind = each.lineno, block[:place], block[place + 1 :]
        if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
            continue
        for kind, cost, new in _changed(each):
            yield kind, cost, line, each, new, [Change(holder, name, place, new)]
        if len(block) > 1 or name == "orelse":
            yield "less line", _removal_cost(each, root), line, each, None, whole(*ahead, *behind)
        for other in range(place + 1, len(block)):  # this line further down
            if not isinstance(block[other], (ast.Return, ast.FunctionDef)) or isinstance(each, ast.FunctionDef):
                moved = [*ahead, *block[place + 1 : other + 1], each, *block[other + 1 :]]
                yield "order", 1.5 + 0.1 * (other - place), line, each, _after(block[other]), whole(*moved)
            if other > place + 1 and not isinstance(block[other], (ast.Return, ast.FunctionDef)):
                moved = [*ahead, block[other], *block[place:other], *block[other + 1 :]]
                text = f"before line {line}"
                yield "order", 1.5 + 0.1 * (other - place), block[other].lineno, block[other], text, whole(*moved)
        inner = getattr(each, "body", None)
        if isinstance(each, (ast.For, ast.While, ast.If)) and inner:
            if len(inner) > 1:
                last, first = inner[-1], inner[0]
                out = [Change(each, "body", None, inner[:-1]), *whole(*ahead, each, last, *behind)]
                yield "order", 1.5, last.lineno, last, _after(each, "behind the loop"), out
                out = [Change(each, "body", None, inner[1:]), *whole(*ahead, first, each, *behind)]
                yield "order", 1.5, first.lineno, first, f"before line {line}", out
            if ahead:
                before = ahead[-1]
                into = [Change(each, "body", None, [before, *inner]), *whole(*ahead[:-1], each, *behind)]
                yield "order", 1.5, before.lineno, before, f"into the loop of line {line}", into
            if behind and not isinstance(behind[0], ast.FunctionDef):
                into = [Change(each, "body", None, [*inner, behind[0]]), *whole(*ahead, each, *behind[1:])]
                yield "order", 1.5, behind[0].lineno, behind[0], f"into the loop of line {line}", into
            if isinstance(each, ast.If) and not each.orelse:
                yield "condition", 2, line, each, None, whole(*ahead, *inner, *behind)
        if isinstance(each, ast.If) and each.orelse:
            swapped = ast.If(each.test, each.orelse, each.body)
            yield "swapped", 1, line, each, swapped, [Change(holder, name, place, swapped)]
    for place in range(len(block) + 1):
        if place and isinstance(block[place - 1], (ast.Return, ast.Break, ast.Continue)):
            break
        near = block[min(place, len(block) - 1)]
        for text in scope.statements:
            if text.startswith("return") and (place < len(block) or holder is not root):
                continue
            (new,) = parsed(text).body
            for node in ast.walk(new):
                if isinstance(node, (ast.stmt, ast.expr)):
                    node.lineno, node.end_lineno = near.lineno, near.lineno
            side = "before" if place < len(block) else "after"
            yield (
                "line",
                LIKELY if absent and text.endswith(absent) else 2.5,
                near.lineno,
                f"{side} line {near.lineno}",
                new,
                whole(*block[:place], new, *block[place:]),
            )


def _removal_cost(statement: Any, root: Any) -> float:
    """Return the cost of a line too many: less for one that ends a loop early, or that changes an argument.

    Another condition that never holds, or a place where the line has no effect, would say less.
    """
    if isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1:
        return 0.9 if isinstance(statement.body[0], (ast.Break, ast.Continue, ast.Return)) else 2
    constant = isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
    if constant and isinstance(statement.targets[0], ast.Attribute):
        return 1.2
    if isinstance(statement, ast.Assign) and isinstance(root, ast.FunctionDef):
        arguments = {each.arg for each in root.args.args}
        if arguments & {_name(each) for each in statement.targets}:
            return 0.9 if isinstance(statement.value, ast.Constant) else 1.4
    return 2


def _after(statement: Any, text: str = "after") -> str:
    last = getattr(statement, "end_lineno", statement.lineno)
    return f"{text}, after line {last}" if text != "after" else f"after line {last}"


def _changed(statement: Any) -> Iterator[tuple[str, float, Any]]:
    """Yield the edits of one statement."""
    if isinstance(statement, ast.AugAssign):
        for other in ARITHMETIC:
            if not isinstance(statement.op, other):
                kind = "sign" if {type(statement.op), other} == {ast.Add, ast.Sub} else "operator"
                yield kind, 1, ast.AugAssign(statement.target, other(), statement.value)
        yield "assignment", 1, ast.Assign([statement.target], statement.value)
        load = parsed(ast.unparse(statement.target), mode="eval").body
        if isinstance(statement.op, ast.Sub):
            yield "swapped", 2, ast.Assign([statement.target], ast.BinOp(statement.value, ast.Sub(), load))
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
        if isinstance(target, (ast.Name, ast.Attribute, ast.Subscript)) and not _is_zero(value):
            for op in (ast.Add(), ast.Sub(), ast.Mult()):
                yield "assignment", 1, ast.AugAssign(target, op, value)
            if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
                yield "assignment", 1, ast.AugAssign(target, ast.Sub(), value.operand)
        if isinstance(target, ast.Tuple):
            yield "swapped", 1.2, ast.Assign([ast.Tuple(target.elts[::-1], ast.Store())], value)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if _name(call.func) == "print" and call.args:
            shown = call.args[0] if len(call.args) == 1 else ast.Tuple(call.args, ast.Load())
            yield "return", 1, ast.Return(shown)
        if _name(call.func) == "append" and len(call.args) == 1:
            target = parsed(f"{ast.unparse(call.func.value)} += 0").body[0].target
            yield "function", 2, ast.AugAssign(target, ast.Add(), call.args[0])
    if isinstance(statement, ast.Expr) and not isinstance(statement.value, ast.Constant):
        yield "return", 1.5, ast.Return(statement.value)
        if isinstance(statement.value, (ast.Attribute, ast.BinOp, ast.Compare)):
            return
    if isinstance(statement, ast.Return) and statement.value is not None:
        if isinstance(statement.value, (ast.Name, ast.Constant, ast.Compare)):
            yield "return", 2.5, ast.Expr(statement.value)
        if isinstance(statement.value, ast.Call) and _name(statement.value.func).endswith("Error"):
            yield "return", 1, ast.Raise(statement.value, None)
        if not isinstance(statement.value, ast.Tuple):
            yield "return", 3, ast.Return(ast.Tuple([statement.value, statement.value], ast.Load()))
    if isinstance(statement, (ast.If, ast.While)):
        test = ast.UnaryOp(ast.Not(), statement.test)
        yield "condition", 1.5, type(statement)(test, statement.body, statement.orelse)
    if isinstance(statement, ast.If):
        yield "condition", 2, ast.While(statement.test, statement.body, [])
    if isinstance(statement, ast.Break):
        yield "condition", 1.5, ast.Continue()
        yield "condition", 1.5, ast.Pass()
    if isinstance(statement, ast.Continue):
        yield "condition", 1.5, ast.Break()
        yield "condition", 1.5, ast.Pass()


def _is_zero(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0


# What an edit says


def text_of(thing: ast.AST | str | None) -> str:
    """Return a part of a tree as source, on one line."""
    if isinstance(thing, ast.Slice):
        parts = [ast.unparse(each) if each else "" for each in (thing.lower, thing.upper)]
        return ":".join(parts) + (f":{ast.unparse(thing.step)}" if thing.step else "")
    if isinstance(thing, ast.AST):
        return "  ".join(line.strip() for line in ast.unparse(thing).split("\n")[:2])
    return thing or ""


def sentence(edit: Edit) -> str:
    """Return what to do, as a sentence with the code before and after."""
    if edit.parts:
        texts = [sentence(each) for each in edit.parts]
        return f"{texts[0][:-1]}; and {texts[1][0].lower()}{texts[1][1:]}"
    parts = []
    for before, after in zip(edit.before, edit.after):
        old, new = text_of(before), text_of(after)
        if edit.kind == "order":
            parts.append(f"move `{old}` {new}")
        elif isinstance(before, str):
            parts.append(f"add `{new}` {old}")
        elif after is None:
            parts.append(f"take away {'the condition' if edit.kind == 'condition' else ''}`{old}`")
        else:
            parts.append(f"write `{new}` in place of `{old}`")
    text = "; ".join(dict.fromkeys(parts))
    return f"{text[:1].upper()}{text[1:]}."
