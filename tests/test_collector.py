"""The garbage collector is off while nn records and a graph is folded or compiled, and as it was, afterwards.

That holds for any number of threads.
"""

from __future__ import annotations

import gc
from importlib import import_module
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest

from engine import Paused, Value, draw
from nn import MLP, fit
from nn.objective import Objective

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    yield
    gc.enable()


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_as_it_was_after_nested_blocks_and_errors(on: bool) -> None:
    (gc.enable if on else gc.disable)()

    def fails() -> None:
        with Paused():
            with Paused():
                assert not gc.isenabled()
            assert not gc.isenabled()
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert gc.isenabled() is on


def test_eight_threads_see_it_off_until_the_last_of_them_is_done() -> None:
    barrier, seen = Barrier(8), list[bool]()

    def work(number: int) -> None:
        for _ in range(50):
            with Paused():
                seen.append(gc.isenabled())
        with Paused():
            barrier.wait()
            seen.append(gc.isenabled())

    threads = [Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [False] * 8 * 51
    assert gc.isenabled()


@pytest.mark.parametrize("backend", ["numpy", "python"])
def test_it_is_off_where_a_loss_is_recorded_and_on_elsewhere(backend: str) -> None:
    seen: list[bool] = []

    def loss(prediction: Any, target: Any) -> Value:
        seen.append(gc.isenabled())
        return (prediction - target) ** 2

    def progress(*_: Any) -> None:
        seen.append(not gc.isenabled())

    fit(MLP(1, [2, 1], rng=0), [[0.1], [0.2]], [0.3, 0.4], loss=loss, epochs=3, backend=backend, callbacks=progress)
    assert len(seen) > 3
    assert not any(seen)
    assert gc.isenabled()


def test_a_loss_that_fails_leaves_it_on() -> None:
    def loss(prediction: Any, target: Any) -> Value:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        Objective(MLP(1, [1], rng=0), [[0.1]], [0.2], loss)
    assert gc.isenabled()


def test_it_is_off_while_a_graph_is_folded_and_on_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    place: Any = import_module("engine.draw.picture")
    folded = place.picture

    def picture(*given: Any) -> Any:
        seen.append(gc.isenabled())
        return folded(*given)

    monkeypatch.setattr(place, "picture", picture)
    assert "nodes" in str(draw(Value(2.0) * 3.0))
    assert seen == [False]
    assert gc.isenabled()


@pytest.mark.parametrize("form", ["matrices", "columns", "scalars"])
def test_it_is_off_while_a_program_is_made_and_on_while_it_runs(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    from engine import compile

    program: Any = import_module("engine.program.program")
    forms: Any = import_module("engine.program.forms")
    seen: list[tuple[str, bool]] = []

    def noted(place: Any, name: str) -> None:
        real = getattr(place, name)

        def made(*given: Any) -> Any:
            seen.append((name, gc.isenabled()))
            return real(*given)

        monkeypatch.setattr(place, name, made)

    noted(program, "Tape")
    for name in ("Grouped", "Columns", "ScalarRows"):
        noted(forms, name)
    program._codes.clear()
    w, x = Value(2.0), Value(3.0)
    compile((w * x).tanh(), [x], [w], form=form).value_and_grad([[0.5]])  # type: ignore[arg-type]
    maker = {"matrices": "Grouped", "columns": "Columns", "scalars": "ScalarRows"}[form]
    assert seen == [("Tape", False), (maker, False)]
    assert gc.isenabled()
    assert compile((w * x).sin(), [x], [w]).form
    assert gc.isenabled()
    assert len(seen) > 3
    assert not any(is_on for _, is_on in seen)
