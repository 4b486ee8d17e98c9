"""Rows outside of what operations are defined for, in compiled programs: eager's error, of the row and the node."""

from __future__ import annotations

import math
import re
import threading
import warnings
from functools import partial
from importlib.util import find_spec
from math import nan
from random import Random
from typing import Any

import pytest
from oracles import require

import engine
import nn
from engine import GradwalkError, Value, compile, constant, diagnose, gradcheck, no_grad, recording, walk, where
from engine.errors import DivisionError, DomainError, NumberError, RangeError
from engine.ops import TABLE, Op
from engine.program import backends
from engine.program.infinities import hides_infinity
from engine.program.plain import PlainProgram
from engine.program.shapes import FORMS

np = pytest.importorskip("numpy")

# A graph, the row at which it has no value or no gradient, the kind of error, a word of the node, and whether the
# value alone fails.
CASES: list[tuple[str, Any, float, type[GradwalkError], str, bool]] = [
    ("log in elu", lambda x, w: w * x.log().elu(), 0.0, DomainError, "log(0.0)", True),
    ("log in tanh", lambda x, w: (w * x.log()).tanh(), -1.0, DomainError, "log(-1.0)", True),
    ("log under a maximum", lambda x, w: (w * x.log()).maximum(-5.0), 0.0, DomainError, "log(0.0)", True),
    ("log in a step", lambda x, w: w + x.log().threshold(), -1.0, DomainError, "log(-1.0)", True),
    ("log in a sigmoid", lambda x, w: w * x.log().sigmoid(), 0.0, DomainError, "log(0.0)", True),
    ("log that is not chosen", lambda x, w: where(x - 0.5, x.log(), w), 0.0, DomainError, "log(0.0)", True),
    ("log in relu", lambda x, w: w * x.log10().relu(), 0.0, DomainError, "log10(0.0)", True),
    ("root", lambda x, w: w * x.sqrt(), -2.0, DomainError, "sqrt(-2.0)", True),
    ("log1p", lambda x, w: (w * x.log1p()).atan(), -1.0, DomainError, "log1p(-1.0)", True),
    ("quotient", lambda x, w: (w / x).tanh(), 0.0, DivisionError, "2.0 / 0.0", True),
    ("quotient of a quotient", lambda x, w: 1 / (w / x), 0.0, DivisionError, "2.0 / 0.0", True),
    ("power", lambda x, w: w * x**-1, 0.0, DivisionError, "0.0 ** (-1.0)", True),
    ("root of -4 as a power", lambda x, w: (w * x**0.5).tanh(), -4.0, DomainError, "(-4.0) ** 0.5", True),
    ("exp", lambda x, w: (w * x).exp().tanh(), 1000.0, RangeError, "exp(2000.0)", True),
    ("exp in a quotient", lambda x, w: 1 / (w * x).exp(), 1000.0, RangeError, "exp(2000.0)", True),
    ("product in tanh", lambda x, w: (w * x * 1e300).tanh(), 1e300, RangeError, "2e+300 * 1e+300", True),
    ("product", lambda x, w: w * x * 1e300, 1e300, RangeError, "2e+300 * 1e+300", False),
    ("slope of a root", lambda x, w: (w * x).sqrt(), 0.0, DivisionError, "sqrt(w * x)", False),
    ("slope of a power", lambda x, w: x**w, -1.0, DomainError, "x ** w", False),
    ("cosine", lambda x, w: w * x.cos().relu(), math.inf, DomainError, "cos(inf)", True),
]  # fmt: skip


@pytest.mark.parametrize("backend", backends.BACKENDS)
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_row_outside_is_eagers_error_with_its_number(case: Any, backend: str) -> None:
    require(backend)
    _, build, outside, kind, word, in_value = case
    x, w = Value(1.5, "x"), Value(2.0, "w")
    program = compile(build(x, w), [x], [w])
    rows = [[1.5], [0.75], [outside], [1.25]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calls = [lambda: program.on(backend)(None, rows)]
        if backend == "jax":
            calls.append(lambda: program.to_jax()(program.numbers(), np.array(rows)))
        if backend == "numpy":
            calls += [partial(program.value_and_grad, rows), partial(program.value_and_grad, rows * 4000)]
            calls += [partial(program, rows)] * in_value
        for call in calls:
            with pytest.raises(kind) as caught:
                call()
            assert caught.value.row == 2
            assert str(caught.value).startswith("row 2: ")
            assert word in str(caught.value)
        inside = [[1.5], [0.75]]
        value, gradients = program.on(backend)(None, inside)  # and other rows are as they were
        expected = [build(Value(number), w) for (number,) in inside]
        assert value == pytest.approx(sum(each.data for each in expected) / 2, rel=1e-12)
        assert np.isfinite(gradients).all()


def test_what_eager_gives_is_no_error() -> None:
    """An infinite product, an infinity that was given, and a root at 0 below what is not chosen."""
    x, w = Value(1.5, "x"), Value(2.0, "w")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compile(w * x * 1e300, [x], [w])([[1e300], [1.0]]).tolist() == [math.inf, 2e300]
        assert compile((w * x).tanh(), [x], [w])([[math.inf], [0.0]]).tolist() == [1.0, 0.0]
        value, slopes = compile(where(x, x * w, w.sqrt()), [x], [w]).value_and_grad([[1.0], [3.0]], [0.0])
        assert (value, slopes.tolist()) == (0.0, [2.0])


@pytest.mark.slow
def test_a_large_batch_finds_an_overflow_in_a_product_that_threads_share() -> None:
    model = nn.MLP(16, [64, 64, 1], activation="tanh", rng=0)
    inputs = [Value(0.1) for _ in range(16)]
    program = compile(model(inputs), inputs, model.parameters())
    rows = np.ones((5000, 16))
    rows[4321] = 1.7e308
    for call in (program, program.value_and_grad):
        with pytest.raises(RangeError, match=r"^row 4321: "):
            call(rows)


def test_a_row_whose_slope_is_infinite_above_or_below_a_choice_has_eagers_gradients() -> None:
    """Arrays multiply that slope by 0, which is NaN: alone and in a batch, and on each backend."""
    x, w = Value(1.0, "x"), Value(2.0, "w")
    rows = [[4.0], [0.0], [-0.0], [9.0]]
    graphs = [
        lambda x, w: (x * w).sqrt().clip(1.0, 5.0) + w,
        lambda x, w: where(x, (x * w).sqrt(), w * 3),
        lambda x, w: where(x, (x * w) ** 0.5, w * 3),
        lambda x, w: w.clip(-5.0, x).sqrt() + w,  # at 0 the root is steep, and w is not what clip gives
    ]
    for build in graphs:
        w_now = Value(2.0, "w")
        each = [build(constant(number), w_now) for (number,) in rows]
        slopes = [engine.grad(root, [w_now])[0].data for root in each]
        value, slope = sum(root.data for root in each) / 4, sum(slopes) / 4
        for form in FORMS:
            program = compile(build(x, w), [x], [w], form=form)
            ways = [partial(program.value_and_grad, rows)]
            installed = [backend for backend in backends.BACKENDS if find_spec(backend)]
            ways += [partial(program.on(backend), None, rows) for backend in installed]
            if find_spec("jax"):
                ways.append(partial(program.to_jax(), program.numbers(), np.array(rows)))
            for way in ways:
                found = way()
                assert float(found[0]) == pytest.approx(value, rel=1e-12)
                assert np.asarray(found[1]).tolist() == pytest.approx([slope], rel=1e-12)


def test_an_infinity_divided_by_zero_is_pythons_error() -> None:
    x, y, w = Value(1.0, "x"), Value(2.0, "y"), Value(2.0, "w")
    for form in FORMS:
        program = compile((w * x / y).tanh(), [x, y], [w], form=form)
        for call in (program, program.value_and_grad):
            with pytest.raises(DivisionError, match="^row 1: "):
                call([[1.0, 1.0], [math.inf, 0.0]])


def test_a_sum_over_rows_that_overflows_is_said() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    with pytest.raises(RangeError, match="sum over the rows"):
        compile(w * x, [x], [w]).value_and_grad([[1.5e308]] * 4)


def test_rows_without_a_value_are_nan_where_that_is_asked_for() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    found = compile([(w * x.log()).tanh(), x], [x], [w]).or_nan(np.array([[1.0], [0.0], [math.nan], [2.0]]))
    assert np.isnan(found).all(axis=1).tolist() == [False, True, True, False]
    engine.define("outside_gamma", math.lgamma, ("log(x)",))
    for root in (x.log(), 1 / x, (700 * x).exp(), x.outside_gamma(), x.sqrt().log() + w):
        program, rows = compile(root, [x], [w]), [0.0, -1.0, 0.5, 1.0, -2.0, math.inf, 2.0]
        for row, number in zip(rows, program.or_nan([[row] for row in rows])):
            try:
                expected = program([[row]])[0]
            except GradwalkError:
                expected = math.nan
            assert number == expected or (math.isnan(number) and math.isnan(expected)), (str(program), row)


def test_a_function_of_python_that_has_no_value_is_our_error() -> None:
    engine.define("outside_gamma", math.lgamma, ("log(x)",))
    engine.define("outside_logistic", "1 / (1 + exp(-x))", ("z * (1 - z)",))
    x, w = Value(1.5, "x"), Value(2.0, "w")
    for build, row, kind in (((w * x).outside_gamma, -1.0, DomainError),
                             ((w * x).outside_logistic, -1000.0, RangeError)):  # fmt: skip
        program = compile(build(), [x], [w])
        for call in (program, program.value_and_grad):
            with pytest.raises(kind, match=r"^row 1: .*w \* x"):
                call([[1.0], [row]])


class LogModel(nn.Module):
    """log(w * x), through elu, which makes a number of minus infinity."""

    def __init__(self) -> None:
        self.w = Value(1.0, "w")

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, row: Any) -> Value:
        return (self.w * row[0]).log().elu()


@pytest.mark.parametrize("backend", ["python", *backends.BACKENDS])
def test_fit_predict_and_evaluate_name_the_row_of_the_data(backend: str) -> None:
    require("numpy" if backend == "python" else backend)
    X, y = [[1.0 + place] for place in range(300)], [0.0] * 300
    X[257] = [0.0]
    with pytest.raises(GradwalkError, match=r"row 257: log\(0.0\)"):
        nn.evaluate(LogModel(), X, y, backend=backend)
    for options in ({}, {"batch_size": 7, "seed": 3}):
        with pytest.raises(GradwalkError, match=r"row 257: log\(0.0\)"):
            nn.fit(LogModel(), X, y, epochs=2, backend=backend, progress=False, **options)
    if backend in ("python", "numpy"):
        with pytest.raises(DomainError, match=r"row 257: log\(0.0\)"):
            nn.predict(LogModel(), X, backend=backend)


@pytest.mark.parametrize("backend", ["python", *backends.BACKENDS])
def test_a_weight_that_leaves_the_domain_while_fit_runs_is_told_with_its_row(backend: str) -> None:
    require("numpy" if backend == "python" else backend)
    optimizer = nn.optim.SGD
    model = LogModel()
    with pytest.raises(nn.Diverged, match=r"row \d+: log\(-"):
        nn.fit(model, [[1.0], [2.0]], [-9.0, -9.0], optimizer=optimizer(model.parameters(), 5.0), epochs=9,
               backend=backend, progress=False)  # fmt: skip


def test_random_programs_say_what_eager_says() -> None:
    from fuzz.programs import main

    counts = main(60)
    assert not [what for what in counts if "WRONG" in what]
    assert counts["matrices: numbers agree"] > 150
    assert sum(count for what, count in counts.items() if what.endswith("Error, the same")) > 60


@pytest.mark.longest
@pytest.mark.slow
def test_many_random_programs_say_what_eager_says() -> None:
    from fuzz.programs import main

    assert not [what for what in main(2000) if "WRONG" in what]


def test_only_arrays_that_may_hide_a_number_that_is_not_finite_are_checked() -> None:
    x, w, b = Value(0.5), Value(2.0), Value(0.25)
    z = w * x + b
    infinite = constant(-math.inf)
    for output, expected in {
        (z * z + 1.0).sqrt(): "all_finite(y)",  # each is infinite, or NaN, where what it is made of is
        z.tanh() * w: "all_finite(z1, y)",  # the tanh of an infinity is 1
        (z.exp() + 1.0).log(): "all_finite(z1, y)",  # e to the power of minus infinity is 0
        w / (z * z): "all_finite(v1, y)",
        z.relu() - b: "all_finite(z1, y)",
        z**-2.0: "all_finite(z1, y)",
        z**3.0: "all_finite(y)",
        (z * z + infinite).exp() + z: "all_finite(z1, y) & no_nan(v1, v2, v3)",  # beside what may be infinite, all
        (z * z * z + infinite).exp() + b: "all_finite(z1, v1, y) & no_nan(v2, v3, v4)",
    }.items():
        assert compile(output, [x], [w, b])._code.text("checked", "lines").endswith(f", {expected}\n"), expected


def test_a_loop_has_as_many_turns_where_it_is_checked() -> None:
    """Its last turn gives what is only multiplied, and the others what a tanh may hide."""
    x, w = Value(0.5), Value(2.0)
    state = z = w * x
    for _ in range(12):
        z = w * state
        state = z.tanh()
    code = compile(z * x + state, [x], [w], form="matrices")._code
    turns = {name: re.findall(r"in range\(.*\):", code.text(name, "loops")) for name in ("gradient", "checked")}
    assert turns["checked"] == turns["gradient"] != []
    assert "all_finite(" in code.text("checked", "loops").partition(" in range(")[2].partition("dy = ")[0]


@pytest.mark.parametrize("number", [1e200, -1e200, 1e308, -1e308, 800.0, -800.0, 0.0, 1e-320])
def test_torch_finds_each_number_that_is_not_finite(number: float) -> None:
    """Every operation of one argument, after one that may be infinite, and before one that may hide it."""
    require("torch")
    from engine import OPS

    ends = [lambda h, w: h * w, lambda h, w: (h * w).tanh(), lambda h, w: (-h).exp() * w, lambda h, w: w / h,
            lambda h, w: h.relu() + w, lambda h, w: (h * h + w).sqrt().sigmoid()]  # fmt: skip
    for op in OPS.values():
        for end in ends if op.arity == 1 else ():
            x, w = Value(0.75, "x"), Value(0.5, "w")
            program = compile(end(getattr(x * x * x * w, op.name)(), w), [x], [w], form="matrices")
            results = list[Any]()
            for backend in ("numpy", "torch"):
                try:
                    value, gradients = program.on(backend)(None, [[number]])
                    results.append([value, *gradients.tolist()])
                except GradwalkError as error:
                    results.append(str(error))
            ours, theirs = results
            assert ours == theirs if isinstance(ours, str) else theirs == pytest.approx(ours, rel=1e-9), op.name


@pytest.mark.slow
def test_float32_is_float32_after_float64_and_the_other_way_round() -> None:
    require("jax")
    model = nn.MLP(2, [3, 1], rng=0)
    inputs = [Value(0.5), Value(0.25)]
    programs = [
        compile(model(inputs), inputs, model.parameters()),
        compile((inputs[0] * 0.1 + 0.3).leaky_relu() * model.parameters()[0], inputs, model.parameters()),
    ]
    for program in programs:
        rows, numbers = np.array([[0.5, 0.25], [0.1, -0.7]]), program.numbers()
        expected = program.value_and_grad(rows)
        for dtype in ("float32", "float64", "float32", "float64"):
            value, gradients = program.to_jax(dtype)(numbers, rows)
            assert (str(value.dtype), value.shape) == (dtype, ())
            assert (str(gradients.dtype), gradients.shape) == (dtype, numbers.shape)
            off = abs(float(value) - expected[0])
            assert off < (1e-5 if dtype == "float32" else 1e-13)
            nn.fit(model, rows, [0.0, 1.0], epochs=1, backend="jax", dtype=dtype, progress=False)
            nn.fit(nn.Recurrent(1, 2, 1, rng=0, last=True), [[1.0, 2.0]] * 2, [0.0, 1.0], epochs=1, batch_size=1,
                   backend="jax", dtype=dtype, progress=False)  # fmt: skip
            numbers, expected = program.numbers(), program.value_and_grad(rows)


def test_torch_keeps_its_default_type_also_after_an_error() -> None:
    require("torch")
    import torch

    x, w = Value(1.5, "x"), Value(2.0, "w")
    program = compile((w * x.log()).leaky_relu(), [x], [w])
    for dtype in (torch.float32, torch.float64, torch.float32):
        torch.set_default_dtype(dtype)
        assert program.on("torch")(None, [[0.3]])[0] == pytest.approx(program.value_and_grad([[0.3]])[0], rel=1e-14)
        with pytest.raises(DomainError):
            program.on("torch")(None, [[-1.0]])
        assert torch.get_default_dtype() == dtype


def test_eight_threads_compile_and_run_at_once() -> None:
    model = nn.MLP(2, [4, 1], activation="tanh", rng=0)
    inputs = [Value(0.5), Value(0.25)]
    shared = compile(model(inputs), inputs, model.parameters())
    rows = np.array([[0.1 * place, -0.2] for place in range(6)])
    expected, wrong = shared.value_and_grad(rows), list[Any]()

    def work(seed: int) -> None:
        rng = Random(seed)
        try:
            for _ in range(20):
                value, gradients = shared.value_and_grad(rows)
                assert value == expected[0]
                assert gradients.tobytes() == expected[1].tobytes()
                a, b = Value(rng.random(), f"a{seed}"), Value(rng.random())
                own = compile((a * b + seed).log(), [a], [b])
                assert own([[2.0]])[0] == pytest.approx(math.log(2.0 * b.data + seed), rel=1e-14)
                with pytest.raises(DomainError, match="^row 0: "):
                    own([[-1e6]])
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


WRONG_ROWS = [
    1.0, np.float64(1.0), np.array(1.0), [], [[]], np.zeros((0, 1)), [[1.0, 2.0]], [1.0], [[True]],
    np.array([[True]]), np.array([["1"]]),
    [["1"]], [[None]], [[math.nan]], np.array([[math.nan]]), [[1j]], np.array([[1j]]), [[10**400]],
    "abc", {1: 2}, None, [[1.0], [2.0, 3.0]], [[Value(1.0)]], object(), range(3), (row for row in [[1.0]]),
    np.ma.masked_array([[1.0]], [[True]]), [[np.datetime64("2020-01-01")]],
]  # fmt: skip


@pytest.mark.parametrize("rows", WRONG_ROWS, ids=[str(place) for place in range(len(WRONG_ROWS))])
def test_rows_that_are_none_are_our_errors(rows: Any) -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    for graph in (w * x, (w * x).threshold(), w * 2):
        program = compile(graph, [x], [w])
        for call in (program, program.value_and_grad, program.or_nan, lambda X: program.on("numpy")(None, X)):  # noqa: B023
            if call == program.or_nan and isinstance(rows, np.ndarray) and rows.dtype.kind == "f" and rows.size:
                continue  # NaN in an array is a gap there
            with pytest.raises((NumberError, DomainError, RangeError)):
                call(rows)


def test_rows_may_be_lists_and_numbers_of_any_real_type() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile(w * x, [x], [w])
    types = [[[3.0]], [[3]], ((3.0,),), [[np.float32(3)]], [[np.int8(3)]], np.array([[3]]), np.array([[3]], object)]
    types += [np.array([[3.0]], kind) for kind in (np.float16, np.float32, ">f8", np.longdouble)]
    for rows in types:
        assert program(rows).tolist() == [6.0]
        assert program.value_and_grad(rows)[0] == 6.0


def public_results() -> dict[str, Any]:
    """What public functions return, and objects of public classes."""
    x, w = Value(1.0, "x"), Value(2.0, "w")
    model, X, y = nn.MLP(2, [3, 1], rng=0), [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0]
    recorder, program = nn.Recorder(), compile([w * x], [x], [w])
    history = nn.fit(model, X, y, epochs=2, progress=False, recorder=recorder)
    diagnosis = diagnose((w * x).relu(), [Value(1.0, "b")])
    check = gradcheck("mul", 2.0, 3.0)
    results = {
        "program": program,
        "no_grad": no_grad(),
        "gradients_kept": engine.gradients_kept([w]),
        "recording": recording(),
        "gradcheck": check,
        "check": check[0],
    }
    results |= {f"on {name}": program.on(name) for name in ("numpy",)}
    results |= {"diagnose": diagnosis, "finding": diagnosis[0], "walk": walk(w * x), "step": walk(w * x).goto(1)}
    results |= {"draw": engine.draw(w * x), "grad": engine.grad(w * x, w), "op": (w * x).op, "history": history}
    results |= {"recorder": recorder, "nn.diagnose": nn.diagnose(model, X, y), "structure": model.structure()}
    results |= {
        "layers": model.layers,
        "model": model,
        "neuron": nn.Neuron(2),
        "conv": nn.Conv1d(1, 2, kernel_size=2),
    }
    results |= {
        "embedding": nn.Embedding(3, 2),
        "recurrent": nn.Recurrent(1, 2),
        "hopfield": nn.Hopfield([[1, -1, 1]]),
    }
    results |= {"sequential": nn.Sequential(nn.Layer(2, 3), "relu"), "empty history": nn.History()}
    results |= {"data": nn.data.xor(), "table": engine.BACKENDS, "predict": nn.predict(model, X)}
    results |= {name: kind(model.parameters()) for name, kind in nn.optim.OPTIMIZERS.items()}
    results |= {"evaluate": nn.evaluate(model, X, y), "summary": model.summary()}
    with recording() as inside:
        results["inside"] = inside
    return results


def test_results_are_readable_at_a_prompt_and_in_a_notebook() -> None:
    for name, result in public_results().items():
        shown = [repr(result), str(result)]
        shown += [result._repr_html_()] if hasattr(result, "_repr_html_") and name != "recorder" else []
        for text in shown:
            assert " at 0x" not in text, name
            assert "nn." not in text[:10], name
            assert text, name
    results = public_results()
    for name, word in (("gradcheck", "dz/dx = y"), ("history", "gradient norm"), ("empty history", "no epoch")):
        assert f"{word}" in results[name]._repr_html_()
    assert "1 array operation" in repr(results["program"])
    marked = Value(1.0, "<b>")
    texts = [
        compile((marked * 2 + 1).tanh(), [], [marked])._repr_html_(),
        diagnose(marked.relu(), [Value(1.0, "<b>")])._repr_html_(),
    ]
    for text in texts:
        assert "<b>" not in text
    assert texts[0].startswith("<pre>")
    assert "does not depend on &lt;b&gt;" in texts[1]
    assert repr(results["diagnose"]).startswith("The root does not depend on b")


@pytest.mark.parametrize("name", ["jaxx", "JAX", "", None, 3, ["jax"], b"jax"])
def test_a_backend_or_type_that_is_none_is_refused_with_the_nearest(name: Any) -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program, model = compile(w * x, [x], [w]), nn.MLP(1, [1], rng=0)
    calls: list[Any] = [lambda: program.on(name), lambda: backends.namespace(name), lambda: program.to_jax(name)]
    if name is not None:
        calls += [lambda: nn.fit(model, [[1.0]], [1.0], epochs=1, backend=name)]
        calls += [lambda: nn.predict(model, [[1.0]], backend=name)]
    calls += [lambda: nn.fit(model, [[1.0]], [1.0], epochs=1, dtype=name)]
    for call in calls:
        with pytest.raises(GradwalkError, match="there is no (backend|dtype)") as caught:
            call()
        assert "give a function" not in str(caught.value)


class OneWeight(nn.Module):
    """A function of one weight and one number as a model."""

    def __init__(self, function: Any) -> None:
        self.w, self.function = Value(0.5, "w"), function

    def __call__(self, row: Any) -> Value:
        return self.function(self.w, row[0])  # type: ignore[no-any-return]


# Models that have no value, or no derivative, at one number, and what eager code says of it.
HIDDEN: list[tuple[Any, float, type[GradwalkError]]] = [
    (lambda w, x: (w * x).hidden_logistic(), -3000.0, RangeError),
    (lambda w, x: where(w * x, (w * x).hidden_logistic(), 0.0), -3000.0, RangeError),
    (lambda w, x: (w * x).hidden_reciprocal(), 0.0, DivisionError),
    (lambda w, x: (w * x).hidden_gamma(), -2.0, DomainError),
    (lambda w, x: where(w * x + 1.0, (w * x).sqrt() * x, 0.0), 0.0, DivisionError),
    (lambda w, x: (w * x).maximum(-math.inf).exp().tanh(), 3000.0, RangeError),
    (lambda w, x: (w * x).log().elu(), 0.0, DomainError),
]


def define_hidden() -> None:
    """Define operations whose formula may overflow, or has no value, on the way to a finite number."""
    engine.define("hidden_logistic", "1 / (1 + exp(-x))", ("z * (1 - z)",))
    engine.define("hidden_reciprocal", "1 / (1 + 1 / x ** 2)", ("2 * x / (x ** 2 + 1) ** 2",))
    engine.define("hidden_gamma", math.lgamma, ("log(x)",))


@pytest.mark.parametrize("backend", ["python", *backends.BACKENDS])
def test_a_training_meets_the_errors_that_arrays_pass_over(backend: str) -> None:
    require("numpy" if backend == "python" else backend)
    define_hidden()
    for function, outside, kind in HIDDEN:
        X = [[1.0 + place / 100] for place in range(200)]
        X[150] = [outside]
        model = OneWeight(function)
        with pytest.raises(kind, match=r"^row 150: ") as caught:
            nn.fit(model, X, [0.0] * 200, epochs=2, backend=backend, progress=False)
        assert "rate" not in str(caught.value)  # at the start, the learning rate has nothing to do with it
        assert model.w.data == 0.5


@pytest.mark.parametrize("backend", ["python", *backends.BACKENDS])
def test_an_infinity_that_is_none_of_the_results_ends_no_training(backend: str) -> None:
    """A mask of -inf, and a square that overflows where the result is 0."""
    require("numpy" if backend == "python" else backend)
    engine.define("hidden_bell", "1 / (1 + x * x)", ("0 * x",))
    for function in (
        lambda w, x: (w * x + -math.inf).exp() + w * x,
        lambda w, x: (w * x * 1e200).hidden_bell() + w * x,
    ):
        model = OneWeight(function)
        optimizer = nn.optim.SGD(model.parameters(), lr=0.01)
        rows, targets = [[1.0], [2.0], [3.0]], [1.0, 2.0, 3.0]
        history = nn.fit(model, rows, targets, optimizer=optimizer, epochs=4, backend=backend, progress=False)
        expected, losses = 0.5, []
        for _ in range(4):
            losses.append((1 - expected) ** 2 * 14 / 3)
            expected += 0.01 * 2 * (1 - expected) * 14 / 3
        assert history.losses == pytest.approx(losses, rel=1e-12)
        assert model.w.data == pytest.approx(expected, rel=1e-12)
        if backend == "jax":
            import jax

            inputs = [Value(1.0)]
            step = jax.jit(compile(function(model.w, inputs[0]), inputs, [model.w]).to_jax())
            assert float(step(np.array([0.5]), np.array([[2.0]]))[0]) == 1.0


@pytest.mark.parametrize("op", [op for op in TABLE if hides_infinity(op)], ids=lambda op: op.name)
def test_jax_notices_an_infinity_that_an_operation_hides(op: Op) -> None:
    jax = require("jax")
    jax.config.update("jax_enable_x64", True)
    for place in range(op.arity):
        w, others = Value(0.9, "w"), iter([constant(0.4), constant(0.7)])
        args = [w * w if each == place else next(others) for each in range(op.arity)]
        program = compile(op.method(*args) * 2.0, [], [w])
        checked = program._code.function("watched", "jax")
        for number, is_finite in ((0.9, True), (1e200, False), (nan, False)):
            arrays = jax.numpy.array([number]), jax.numpy.zeros((0, 1))
            assert bool(checked(*arrays, 1.0)[2]) is is_finite, (place, number)


def test_what_jax_passes_over_is_looked_for_after_the_training() -> None:
    require("jax")
    model = OneWeight(lambda w, x: (w * x).maximum(-math.inf).exp().detach().tanh() + w)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.4)
    with pytest.raises(RangeError, match=r"row 0: exp\(9") as caught:
        nn.fit(model, [[1.0]], [999.0], optimizer=optimizer, epochs=3, backend="jax", progress=False)
    assert "epoch" not in str(caught.value)


def test_float32_says_what_is_too_large_for_it() -> None:
    require("jax")
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile((w * x).exp(), [x], [w])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RangeError, match=r"float32.*float64"):
            program.to_jax("float32")([50.0], [[2.0]])
        assert float(program.to_jax()([50.0], [[2.0]])[0]) == pytest.approx(math.exp(100.0), rel=1e-14)


def test_jax_takes_the_numbers_that_numpy_takes() -> None:
    require("jax")
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile(w * x, [x], [w])
    assert float(program.to_jax()(None, [[2.0]])[0]) == 6.0
    for parameters in ([True], np.array([True]), np.array([1j]), ["a"], [None], [[1.0]], 1.0, [w], [math.nan]):
        for call in (program.to_jax(), program.on("numpy"), program.to_jax("float32")):
            with pytest.raises(GradwalkError, match="parameters"):
                call(parameters, [[1.0]])
            with pytest.raises(GradwalkError, match="X"):
                call([1.0], [parameters])


def test_a_mean_that_is_no_number_is_an_error() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    for form in FORMS:
        program = compile(w * x, [x], [w], form)
        assert program.value_and_grad([[math.inf], [1.0]])[0] == math.inf
        with pytest.raises(DomainError, match="inf"):
            program.value_and_grad([[math.inf], [-math.inf]])


def test_the_error_of_a_row_stays_where_parameters_are_as_many_as_rows() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    root = (w * x).log()
    for program in (PlainProgram(root, [x], [w]), compile(root, [x], [w])):
        for call in (program, program.value_and_grad):
            with pytest.raises(DomainError, match="row 0"):
                call([[-1.0]], [1.0])
    with pytest.raises(GradwalkError, match="number"):
        compile(root, [x], [w]).or_nan([["a"]], [1.0])
