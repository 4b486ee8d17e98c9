"""`no_grad`: inside it operations compute numbers and record no graph.

While a block is open somewhere, the code of every operation is exchanged for code that asks whether to record.
So operations cost nothing more while no block is open, whatever name they are called by.
"""

from __future__ import annotations

from _thread import RLock  # threading has the same, and takes longer to import
from contextlib import nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from .arguments import public
from .errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import CodeType, FunctionType

    from .value import Value

F = TypeVar("F", bound="Callable[..., Any]")

UNRECORDED = "unrecorded"  # what a leaf that `no_grad` made holds in the slot of its second argument


class _Block:
    """A block of code that records, or does not, until it is closed, by whichever thread."""

    __slots__ = ("is_open", "records")

    def __init__(self, records: bool) -> None:
        self.records, self.is_open = records, True


# The blocks that this thread, or task of asyncio, is in. Another thread starts in none.
_blocks: ContextVar[tuple[_Block, ...]] = ContextVar("_blocks", default=())
# The functions whose code is exchanged: their own code, and what makes the other. A function that is gone is dropped.
_exchanged: WeakKeyDictionary[Any, tuple[CodeType, Callable[[], CodeType]]] = WeakKeyDictionary()
_lock = RLock()
_all_open: set[_Block] = set()  # of all threads


def records() -> bool:
    """Return whether an operation that is made here and now records its arguments."""
    return next((block.records for block in reversed(_blocks.get()) if block.is_open), True)


def exchange(function: FunctionType, code: Callable[[], CodeType]) -> None:
    """Give a function other code while a `no_grad` block is open somewhere; `code` makes it, once it is needed."""
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
    """Open a block, and exchange the code of all operations if it is the only one."""
    block = _Block(records)
    with _lock:
        if not _all_open:
            for function, (_, code) in [*_exchanged.items()]:
                function.__code__ = code()
        _all_open.add(block)
    _blocks.set((*(each for each in _blocks.get() if each.is_open), block))
    return block


def _close(block: _Block) -> None:
    """Close a block, and give all operations their own code back if no other one is open."""
    block.is_open = False
    with _lock:
        _all_open.discard(block)
        if not _all_open:
            for function, (own, _) in [*_exchanged.items()]:
                function.__code__ = own
    _blocks.set(tuple(each for each in _blocks.get() if each.is_open))


class _Blocks:
    """What can be entered, also several times one inside the other, and put before a function."""

    def __init__(self, records: bool) -> None:
        self._records = records
        self._open: list[_Block] = []

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
    """Run a generator in blocks of its own: while it waits, its caller records as it did."""
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


@public
def no_grad(function: Any = None) -> Any:
    """Compute without recording: a context manager, or a decorator of a function, as in PyTorch.

    Inside, operations return Values that require no gradient and remember nothing of what they were made of, so
    evaluating a model takes little memory. Values that are made from numbers, and what was recorded before, are as
    elsewhere. Other threads record as before.

    >>> from engine import Value
    >>> w = Value(3.0, "w")
    >>> with no_grad():
    ...     y = w * 2
    >>> y.data, y.requires_grad, y.args
    (6.0, False, ())
    """
    return _Blocks(records=False) if function is None else _Blocks(records=False)(function)


@public
def recording() -> Any:
    """Record, also inside `no_grad`: a context manager for what needs a graph of its own.

    >>> from engine import Value
    >>> with no_grad(), recording():
    ...     y = Value(3.0, "w") * 2
    >>> y.requires_grad
    True
    """
    return nullcontext() if records() else _Blocks(records=True)


def is_unrecorded(node: Value) -> bool:
    """Return whether a node is the result of an operation that `no_grad` kept from recording."""
    return node._op_row is None and node._grad is None and node._y is UNRECORDED


def check_recorded(node: Value, place: str) -> None:
    """Raise ArgumentError for a node whose graph is asked for, and that was computed inside `no_grad`."""
    if is_unrecorded(node):
        name = node.label or "this Value"
        raise ArgumentError(
            f"{place}: {name} was computed inside no_grad(), which records no graph: compute it outside of the block."
        )
