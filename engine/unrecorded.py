"""`no_grad`: a block in which operations compute numbers and record no graph.

While such a block is open in any thread, the code of every operation is replaced by code that asks whether to
record. So operations cost nothing extra while no block is open.
"""

from __future__ import annotations

from _thread import RLock  # faster to import than threading, which has the same class
from contextlib import nullcontext
from contextvars import ContextVar
from functools import update_wrapper, wraps
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

from .arguments import public
from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import CodeType, FunctionType

    from .value import Value

F = TypeVar("F", bound="Callable[..., Any]")

UNRECORDED = "unrecorded"  # stands in the slot `_y` of a leaf that was computed inside `no_grad`


class _Block:
    """A block of code in which operations record a graph, or do not. Any thread may close it."""

    __slots__ = ("is_open", "records")

    def __init__(self, records: bool) -> None:
        self.records, self.is_open = records, True


# The blocks that this thread, or this task of asyncio, is in. A new thread is in none.
_blocks: ContextVar[tuple[_Block, ...]] = ContextVar("_blocks", default=())
# Functions whose code is replaced while a block is open: their own code, and a function that makes the other code.
# The dict is weak, so it keeps no function alive.
_exchanged: WeakKeyDictionary[Any, tuple[CodeType, Callable[[], CodeType]]] = WeakKeyDictionary()
_lock = RLock()
_all_open: set[_Block] = set()  # in all threads


def records() -> bool:
    """Tell whether an operation records its arguments at this moment, in this thread."""
    return next((block.records for block in reversed(_blocks.get()) if block.is_open), True)


def exchange(function: FunctionType, code: Callable[[], CodeType]) -> None:
    """Register a function to run other code while a `no_grad` block is open; `code` makes it when first needed."""
    own = function.__code__
    with _lock:
        _exchanged[function] = own, _once(code)
        if _all_open:
            function.__code__ = _exchanged[function][1]()


def _once(make: Callable[[], CodeType]) -> Callable[[], CodeType]:
    made: list[CodeType] = []

    def code() -> CodeType:
        if not made:
            made.append(make())
        return made[0]

    return code


def _open(records: bool) -> _Block:
    """Open a block. If it is the only one, replace the code of all operations."""
    block = _Block(records)
    with _lock:
        if not _all_open:
            for function, (_, code) in [*_exchanged.items()]:
                function.__code__ = code()
        _all_open.add(block)
    _blocks.set((*(each for each in _blocks.get() if each.is_open), block))
    return block


def _close(block: _Block) -> None:
    """Close a block. If no other one is open, restore the code of all operations."""
    block.is_open = False
    with _lock:
        _all_open.discard(block)
        if not _all_open:
            for function, (own, _) in [*_exchanged.items()]:
                function.__code__ = own
    _blocks.set(tuple(each for each in _blocks.get() if each.is_open))


class _Blocks:
    """A context manager that can be nested in itself, and a decorator of functions."""

    def __init__(self, records: bool) -> None:
        self._records = records
        self._open: list[_Block] = []

    def __repr__(self) -> str:
        return "recording()" if self._records else "no_grad()"

    def __enter__(self) -> None:
        self._open.append(_open(self._records))

    def __exit__(self, *error: object) -> None:
        _close(self._open.pop())

    def __call__(self, function: F) -> F:
        if not callable(function):
            raise ArgumentError("no_grad() stands before a function or in a with statement: with no_grad(): ...")
        from inspect import iscoroutinefunction, isgeneratorfunction

        records = self._records

        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            with _Blocks(records):
                return function(*args, **options)

        @wraps(function)
        def generate(*args: Any, **options: Any) -> Any:
            return _each_step(function(*args, **options), records)

        @wraps(function)
        async def awaited(*args: Any, **options: Any) -> Any:
            with _Blocks(records):
                return await function(*args, **options)

        if isgeneratorfunction(function):
            return generate  # type: ignore[return-value]
        return awaited if iscoroutinefunction(function) else call  # type: ignore[return-value]


def _each_step(generator: Any, records: bool) -> Generator[Any, Any, Any]:
    """Run each step of a generator in a block of its own, so that the caller is not in it between the steps."""
    resume, given = generator.send, None
    try:
        while True:
            with _Blocks(records):
                result = resume(given)
            try:
                given = yield result
                resume = generator.send
            except GeneratorExit:
                raise
            except BaseException as error:
                resume, given = generator.throw, error
    except StopIteration as end:
        return end.value
    finally:
        with _Blocks(records):
            generator.close()


class _Called:
    """A function that must be called before it stands in a `with` statement: without its brackets, that says so."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._function(*args, **options)

    def __repr__(self) -> str:
        return f"<function {self._function.__name__}>"

    def __reduce__(self) -> str:
        return self._function.__name__  # a copy is the function itself

    def __enter__(self) -> NoReturn:
        name = self._function.__name__
        raise ArgumentError(f"{name} is called in a with statement: write with {name}(): ...")

    def __exit__(self, *error: object) -> None:
        """Do nothing: the block was not entered."""


@_Called
@public
def no_grad(function: Any = None) -> Any:
    """Compute without recording: a context manager, or a decorator of a function, as in PyTorch.

    Inside, operations return Values that require no gradient and have no arguments, so evaluating a model takes
    little memory. Values that you make from numbers, and graphs that were recorded before, are not changed. Other
    threads record as usual.

    - `function`: a function to decorate; none, to open a block.

    Raises ArgumentError (a TypeError) if `function` is not a function, and for `with no_grad:` without its brackets.

    >>> from engine import Value
    >>> w = Value(3.0, "w")
    >>> with no_grad():
    ...     y = w * 2
    >>> y.data, y.requires_grad, y.args
    (6.0, False, ())
    """
    return _Blocks(records=False) if function is None else _Blocks(records=False)(function)


class _AlreadyRecording(nullcontext[None]):
    """What `recording` gives where nothing has to be changed."""

    def __repr__(self) -> str:
        return "recording()"


@_Called
@public
def recording() -> Any:
    """Record a graph, also inside `no_grad`: a context manager for code that needs gradients.

    >>> from engine import Value
    >>> with no_grad(), recording():
    ...     y = Value(3.0, "w") * 2
    >>> y.requires_grad
    True
    """
    return _AlreadyRecording() if records() else _Blocks(records=True)


def is_unrecorded(node: Value) -> bool:
    """Tell whether a node was computed inside `no_grad`."""
    return node._op_row is None and node._grad is None and node._y is UNRECORDED


def check_recorded(node: Value, place: str) -> None:
    """Raise ArgumentError if a node whose graph is needed was computed inside `no_grad`."""
    if is_unrecorded(node):
        name = node.label or "this Value"
        raise ArgumentError(
            f"{place}: {name} was computed inside no_grad(), which records no graph: compute it outside of the block."
        )
