"""Read a formula: check its text, and return its syntax tree. A formula is never run as Python.

Formulas of `define` and expressions of the command line are both read here.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import math
import operator
import sys
from typing import TYPE_CHECKING, Any

from .arguments import described, nearest
from .errors import FormulaError
from .notation import NEVER_VARIABLES, OTHER_NAMES, WRITTEN_OUT, plain, readings_of_commas, single_name
from .ops import ALIASES, OPS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

LONGEST_FORMULA = 1_000  # characters
MOST_LETTERS = 2  # of a factor that stands before a function without a sign: xsin(x), 2absin(x)
DEEPEST_FORMULA = 200  # the deepest nesting of operations
BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip
COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
NAMED_NUMBERS = {"pi": math.pi, "e": math.e}
NUMBERS_OF_MODULES = {**NAMED_NUMBERS, "PI": math.pi, "E": math.e, "tau": math.tau}  # Math.PI, math.tau
NO_NUMBERS = {"inf", "nan", "Infinity", "NaN", "INFINITY", "NAN"}
# Functions that make a number what another library takes.
MAKE_NUMBERS = {
    "Value",
    "float",
    "tensor",
    "Tensor",
    "array",
    "asarray",
    "float64",
    "float32",
    "Variable",
    "constant",
}
# What may stand before the point in math.exp(x), torch.nn.functional.relu(x), np.pi.
MODULE_NAMES = {"math", "Math", "np", "numpy", "jnp", "jax", "torch", "F", "tf", "nn", "scipy", "engine"}
ALLOWED = (ast.BinOp, ast.UnaryOp, ast.UAdd, ast.USub, ast.Load, *BINARY, *COMPARISONS)


def parse(
    text: str,
    functions: Collection[str],
    variables: Collection[str] | None = None,
    known: Collection[str] = (),
) -> ast.expr:
    """Return the checked syntax tree of a formula, with every number a float.

    - `text`: the formula.
    - `functions`: the names of the operations that it may call.
    - `variables`: the names that it may read; None is every name that is not an operation.
    - `known`: names that are certainly variables, such as e where it is not Euler's number.

    It reads the notation of school books, too: x², 2x, |x|, and pi and e. `x.tanh()` and `math.tanh(x)` are tanh(x).

    Raises FormulaError, with what to write instead, if the formula says anything else.

    >>> ast.unparse(parse("2x+max(x, 0)", ["max"]))
    '2.0 * x + max(x, 0.0)'
    """
    tree = _syntax(text, functions, {*known, *(variables or ())})
    operations = {*functions, *NEVER_VARIABLES.difference(known, variables or ())}
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    # A comparison gives a bool, which becomes a number when a number multiplies it.
    multiplied: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            if isinstance(node.right, ast.Constant):
                multiplied.add(node.left)
            elif node in multiplied and isinstance(node.left, ast.Compare):  # (low <= x) * (x <= high) * 1.0
                multiplied |= {node.left, node.right}
    for node in ast.walk(tree):
        problem = _problem(node, functions, variables, node is tree)
        if isinstance(node, ast.Compare) and node not in multiplied:
            problem = problem or f"multiply each comparison by a number at once: (({ast.unparse(node)}) * 1.0)"
        if isinstance(node, ast.Name) and node.id in operations and node not in called:
            problem = f"{node.id} is an operation: write {node.id}(...)"
            problem += ", or rename yours" if variables is None else ""
        if problem:
            if lines := [line for line in readings_of_commas(text) if _is_right(line, functions, variables, known)]:
                reason = "a number has a decimal point. Write"
                if " arguments" in problem:  # max(x,2,5) has one too many, or a decimal comma
                    reason = f"{problem}. With a decimal point, write"
                raise FormulaError(f"in {described(text)}: {reason} {' or '.join(lines)}")
            raise FormulaError(f"in {described(text)}: {problem}.")
        if isinstance(node, ast.Constant):
            node.value = float(node.value)  # type: ignore[arg-type]
    return tree


def _is_right(
    text: str, functions: Collection[str], variables: Collection[str] | None, known: Collection[str]
) -> bool:
    """Tell whether a text without commas between digits is a formula."""
    try:
        parse(text, functions, variables, known)
    except FormulaError:
        return False
    return True


def variables_of(tree: ast.expr) -> list[str]:
    """Return the names that a checked formula reads, in reading order.

    >>> variables_of(parse("tanh(b) + a * b", ["tanh"]))
    ['b', 'a']
    """
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called]
    return list(dict.fromkeys(node.id for node in sorted(read, key=lambda node: (node.lineno, node.col_offset))))


def parse_name(text: str, functions: Collection[str]) -> str:
    """Return the name of a variable as formulas spell it, which makes one µ of the two.

    Raises FormulaError if the text is not a name, or the name of an operation.
    """
    name = single_name(text)
    if keyword.iskeyword(name):
        raise FormulaError(f"{described(name)} is a word of Python and cannot name a value: write {name}_ for it.")
    if not name:
        raise FormulaError(
            f"{described(text.strip())} cannot name a value: use letters, digits and _, a letter first."
        )
    if name in functions:
        raise FormulaError(f"{described(text.strip())} cannot name a value: it is an operation.")
    return name


def _syntax(text: str, functions: Collection[str], known: Collection[str]) -> ast.expr:
    """Return the syntax tree of one expression, not checked yet, with names as a formula reads them."""
    if not isinstance(text, str):
        raise FormulaError(f"a formula is text, such as 'x * y', not {text!r}.")
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(
            f"a formula has at most {LONGEST_FORMULA:,} characters; this one has {len(text):,}: split it into parts."
        )
    written = plain(text.strip(), functions, known)
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"{described(text)} is not a formula: {_why_unreadable(error, written)}") from None
    if sum(1 for _ in _levels(tree)) > DEEPEST_FORMULA:
        raise FormulaError(f"{text[:20]!r}... is nested more than {DEEPEST_FORMULA} deep: split it into parts.")
    return _resolved(tree, functions, known)


def _why_unreadable(error: Exception, written: str) -> str:
    """Return why Python cannot read a formula."""
    if not written:
        return "it is empty. Write one, as in 2*a + b/c."
    if isinstance(error, SyntaxError) and written[-1] in "+-*/,<>=.(":
        return f"something is missing after its last {written[-1]}"
    reason = error.msg if isinstance(error, SyntaxError) else "it is nested too deeply"
    return f"{reason}. Write it as in 2*a + b/c."


def _resolved(tree: ast.expr, functions: Collection[str], known: Collection[str]) -> ast.expr:
    """Return a tree in which pi and e are numbers, and x.tanh(), math.tanh(x) and ln(x) are calls of operations."""
    whole = ast.Expression(tree)
    waiting: list[ast.AST] = [whole]
    while waiting:
        node = waiting.pop()
        for field, content in ast.iter_fields(node):
            if isinstance(content, ast.expr) and not (isinstance(node, ast.Call) and field == "func"):
                setattr(node, field, _resolved_node(content, functions, known))
                waiting.append(getattr(node, field))
            elif isinstance(content, list):
                content[:] = [_resolved_node(each, functions, known) for each in content]
                waiting += content
    return whole.body


def _resolved_node(node: Any, functions: Collection[str], known: Collection[str]) -> Any:
    """Return a node as a formula reads it. The nodes below it are not changed."""
    match node:
        case ast.Name(id=name) if name in NAMED_NUMBERS and name not in known:
            return ast.copy_location(ast.Constant(NAMED_NUMBERS[name]), node)
        case ast.Attribute(value=module, attr=name) if name in NUMBERS_OF_MODULES and _is_module(module, known):
            return ast.copy_location(ast.Constant(NUMBERS_OF_MODULES[name]), node)
        case ast.Call(func=ast.Name(id=name)):
            node.func = ast.copy_location(ast.Name(_operation_name(name, functions)), node.func)
        case ast.Call(func=ast.Attribute(value=module, attr=name)) if _is_module(module, known):
            node.func = ast.Name(_operation_name(name, functions))
        case ast.Call(func=ast.Attribute(value=first, attr=name)):
            node.func, node.args = ast.Name(_operation_name(name, functions)), [first, *node.args]
    return node


def _operation_name(name: str, functions: Collection[str]) -> str:
    """Return the name of the operation that a formula calls; "" if there is none."""
    return name if name in functions or OTHER_NAMES.get(name) not in functions else OTHER_NAMES[name]


def _is_module(node: ast.expr, known: Collection[str]) -> bool:
    """Tell whether a node names a module of mathematics, such as math or torch.nn."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in MODULE_NAMES and node.id not in known


def _levels(tree: ast.expr) -> Iterator[list[ast.AST]]:
    """Yield the nodes of a tree level by level."""
    level: list[ast.AST] = [tree]
    while level:
        yield level
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _problem(node: ast.AST, functions: Collection[str], variables: Collection[str] | None, is_whole: bool) -> str:
    """Return what is not allowed about this node of a formula, and what to write instead; "" if it is allowed.

    `is_whole` tells whether the node is the whole formula; in a part, what to write is put in parentheses.
    """
    match node:
        case ast.Constant(value=number):
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                return f"{number!r} is not a number"
            return "a number is too large for a float" if number > sys.float_info.max else ""
        case ast.Name(id=name):
            if variables is None or name in variables or name in functions:
                return ""
            return f"{name} is not known; there are {', '.join(sorted(variables))} and the functions of the table"
        case ast.Attribute(attr=name) if name in functions:
            return f"write {name}(...), not {ast.unparse(node)}"
        case ast.Attribute(attr=name) if name in NO_NUMBERS:
            return f"{ast.unparse(node)} is not a number to calculate with"
        case ast.Attribute(value=ast.Name(id=first), attr=second) if first not in MODULE_NAMES:
            return f"a name has no point in it, unlike {first}.{second}; to multiply, write {first}*{second}"
        case ast.Attribute():
            return f"a name has no point in it, unlike {ast.unparse(node)}"
        case ast.Tuple():
            return "it is one number; a comma separates the arguments of an operation"
        case ast.Call():
            return _problem_of_call(node, functions, is_whole)
        case ast.Compare(ops=[comparison]):
            return "" if type(comparison) in COMPARISONS else "compare two things, with < <= > or >="
        case ast.Compare():
            return "compare two things, with < <= > or >="
    if isinstance(node, ALLOWED):
        return ""
    return f"a formula has numbers, names, + - * / ** and calls, not {type(node).__name__.lower()}"


def _problem_of_call(call: ast.Call, functions: Collection[str], is_whole: bool) -> str:
    match call.func:
        case ast.Name(id=name) if name in functions:
            row = OPS.get(ALIASES.get(name, name))
            arity = row.arity if row else len(call.args)  # a Python function may have any number of arguments
            if name == "log" and len(call.args) == 2 and not call.keywords:
                number, base = map(ast.unparse, call.args)
                written = f"log({number})/log({base})"
                return f"log takes 1 argument, without a base: write {written if is_whole else grouped(written)}"
            if call.keywords or len(call.args) != arity:
                count = len(call.args) + len(call.keywords)
                return f"{name} takes {arity} argument{'s' * (arity > 1)}, not {count}"
            return ""
        case ast.Name(id=name):
            return f"there is no operation {name}{_remedy(name, call, functions, is_whole)}"
    return f"to multiply, write {ast.unparse(call.func)} * (...)"


def grouped(written: str) -> str:
    """Return Python's text of a formula as one factor: in parentheses, unless it is a name, a number or a call.

    >>> grouped("a*b"), grouped("sin(x)"), grouped("sin(x)/sin(y)")
    ('(a*b)', 'sin(x)', '(sin(x)/sin(y))')
    """
    tree = ast.parse(written, mode="eval").body
    return written if isinstance(tree, (ast.Name, ast.Call, ast.Constant)) else f"({written})"


def _remedy(name: str, call: ast.Call, functions: Collection[str], is_whole: bool) -> str:
    """Return what to write instead of a call of an unknown function."""
    if name.lower() in WRITTEN_OUT and len(call.args) == 1:
        argument = ast.unparse(call.args[0])
        written = WRITTEN_OUT[name.lower()].format(argument, grouped(argument))
        return f": write {written if is_whole else grouped(written)}"
    spellings = {
        each.lower(): each for each in [*functions, *OTHER_NAMES] if OTHER_NAMES.get(each, each) in functions
    }
    if name.lower() in spellings:
        return f": write {spellings[name.lower()]}(...)"
    if name in MAKE_NUMBERS and len(call.args) == 1:
        return f": write {ast.unparse(call.args[0])} alone"
    for function in sorted(functions, key=len, reverse=True):
        factor = name.removesuffix(function)
        if factor and factor != name and len(factor) <= MOST_LETTERS:  # xsin(x)
            return f": write {factor}*{function}(...)"
    close = [spellings[each] for each in nearest(name, spellings, 2)]
    if close and not hasattr(builtins, name):
        return f"; did you mean {' or '.join(close)}? `gradwalk operations` lists them"
    is_method = not hasattr(call.func, "lineno")  # x.backward(), np.mean(x)
    if len(call.args) == 1 and not call.keywords and not is_method and not hasattr(builtins, name):
        return f"; to multiply, write {name}*({ast.unparse(call.args[0])})"
    return "; `gradwalk operations` lists them"
