"""Programs written for micrograd give the same on it and on `nn.micrograd`, and walk, draw, gradcheck and compile
read the graphs that they make.
"""

from __future__ import annotations

import contextlib
import copy
import io
import pickle
import random
import re
import subprocess
import sys
import textwrap
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from oracles import require

import engine
import nn.micrograd
from engine import GradwalkError, compile, draw, gradcheck, walk
from engine.ops import TABLE
from nn.micrograd import MLP, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Short programs of each form that is published; what they leave in `results` is compared.
README = """
    from micrograd.engine import Value

    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    print(f'{g.data:.4f}')
    g.backward()
    print(f'{a.grad:.4f}')
    print(f'{b.grad:.4f}')
    results = [g.data, a.grad, b.grad, str(g), str(a), str(Value(3)), str(Value(3) * 2)]
"""
TEST_FORM = """
    from micrograd.engine import Value

    x = Value(-4)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    y.backward()                # gradients add up, also those of nodes inside the graph
    u = 1 - x / 3 + (2 / x) ** 2 - 5
    u.backward()
    total = sum([x, z, u])      # begins with 0 + x
    results = [x.grad, y.data, z.grad, q.grad, u.data, total.data, len(total._prev), 1 if x else 0, x == -4, x == x]
    results += [str(each) for each in (x, z, q, h, y, u, x - 1, 1 - x, x - z, x / 2)]
    results += sorted(child._op for node in (x - z, 1 - x, x / z, 2 / x) for child in node._prev)
    results += [each._op for each in (x, z, q, h, y, u, x * x, x**3, x**0.5 if x.data > 0 else x**-1, -x, x - 1)]
"""
DEMO_FORM = """
    import random
    import numpy as np
    from micrograd.engine import Value
    from micrograd.nn import Neuron, Layer, MLP

    np.random.seed(1337)
    random.seed(1337)
    X = np.random.randn(8, 2)
    y = np.where(X[:, 0] * X[:, 1] > 0, 1, -1)
    model = MLP(2, [4, 4, 1])
    results = [str(model), len(model.parameters()), [p.data for p in model.parameters()]]

    def loss(batch_size=None):
        inputs = [list(map(Value, xrow)) for xrow in X]
        scores = list(map(model, inputs))
        losses = [(1 + -yi*scorei).relu() for yi, scorei in zip(y, scores)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum((p*p for p in model.parameters()))
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(y, scores)]
        return total_loss, sum(accuracy) / len(accuracy)

    for k in range(4):
        total_loss, acc = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9*k/100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        results += [total_loss.data, acc, [p.data for p in model.parameters()]]
    results.append([[model.layers[0](row)[0].data, model(row).data] for row in X])
"""
DRAW_FORM = """
    import random
    from micrograd.engine import Value
    from micrograd.nn import Neuron

    def trace(root):
        nodes, edges = set(), set()
        def build(v):
            if v not in nodes:
                nodes.add(v)
                for child in v._prev:
                    edges.add((child, v))
                    build(child)
        build(root)
        return nodes, edges

    random.seed(1337)
    n = Neuron(2)
    x = [Value(1.0), Value(-2.0)]
    y = n(x)
    y.backward()
    nodes, edges = trace(y)
    results = sorted("{ data %.4f | grad %.4f }" % (n.data, n.grad) for n in nodes)
    results += sorted(n._op for n in nodes) + [len(edges)]
    results += sorted("%s%.4f->%s%.4f" % (a._op, a.data, b._op, b.data) for a, b in edges)
"""
LECTURE_FORM = """
    import math
    from micrograd.engine import Value

    def tanh(self):
        x = self.data
        t = (math.exp(2*x) - 1)/(math.exp(2*x) + 1)
        out = Value(t, (self, ), 'tanh')
        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self, ), 'exp')
        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out

    Value.tanh, Value.exp = tanh, exp
    x1, x2, w1, w2 = Value(2.0), Value(0.0), Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    x1.label, w1.label = 'x1', 'w1'
    x1w1 = x1*w1; x1w1.label = 'x1*w1'
    n = x1w1 + x2*w2 + b
    o = n.tanh()
    o.grad = 1.0
    for node in (o, n, n._prev and x1w1):
        node._backward()
    results = [o.data, o.grad, n.grad, b.grad, x1w1.label, o._op, callable(o._backward), callable(x1._backward)]
    for each in (x1, x2, w1, w2, b, n, o, x1w1):
        each.grad = 0
    e = (2*n).exp()
    o2 = (e - 1)/(e + 1)
    o2.backward()
    results += [o2.data, [each.grad for each in (x1, x2, w1, w2, b)], e._op, [c._op for c in e._prev]]
"""
GPT_FORM = """
    import math, random
    from micrograd.engine import Value

    random.seed(42)
    matrix = lambda rows, columns: [[Value(random.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]
    state = {'wte': matrix(5, 4), 'wq': matrix(4, 4), 'wk': matrix(4, 4), 'wv': matrix(4, 4), 'head': matrix(5, 4)}
    params = [p for m in state.values() for row in m for p in row]
    for p in params:
        p.m, p.v = 0.0, 0.0     # Adam's buffers live on the nodes

    def log(v):
        out = Value(math.log(v.data), (v,), 'log')
        def _backward():
            v.grad += out.grad / v.data
        out._backward = _backward
        return out

    def exp(v):
        out = Value(math.exp(v.data), (v,), 'exp')
        def _backward():
            v.grad += out.data * out.grad
        out._backward = _backward
        return out

    linear = lambda x, w: [sum(wi * xi for wi, xi in zip(row, x)) for row in w]
    def softmax(logits):
        top = max(v.data for v in logits)
        exps = [exp(v - top) for v in logits]
        total = sum(exps)
        return [e / total for e in exps]
    def rmsnorm(x):
        ms = sum(xi * xi for xi in x) / len(x)
        scale = (ms + 1e-5) ** -0.5
        return [xi * scale for xi in x]

    tokens, results = [0, 3, 1, 4, 2, 0], []
    for step in range(2):
        keys, values, losses = [], [], []
        for token, target in zip(tokens, tokens[1:]):
            x = rmsnorm(state['wte'][token])
            q, k, v = (linear(x, state[name]) for name in ('wq', 'wk', 'wv'))
            keys.append(k), values.append(v)
            attention = softmax([sum(a * b for a, b in zip(q, key)) / 4**0.5 for key in keys])
            mixed = [sum(a * v[j] for a, v in zip(attention, values)) for j in range(4)]
            x = [a + b for a, b in zip(mixed, x)]
            losses.append(-log(softmax(linear(x, state['head']))[target]))
        loss = (1 / len(losses)) * sum(losses)
        loss.backward()
        for i, p in enumerate(params):
            p.m = 0.9 * p.m + 0.1 * p.grad
            p.v = 0.99 * p.v + 0.01 * p.grad ** 2
            p.data -= 0.01 * (p.m / (1 - 0.9 ** (step + 1))) / ((p.v / (1 - 0.99 ** (step + 1))) ** 0.5 + 1e-8)
            p.grad = 0
        results += [loss.data, [p.data for p in params]]
"""
RNN_FORM = """
    import math, random
    from micrograd.engine import Value

    random.seed(7)
    hidden, vocab = 3, 4
    make = lambda n, m: [[Value(random.uniform(-0.5, 0.5)) for _ in range(m)] for _ in range(n)]
    Wxh, Whh, Why = make(hidden, vocab), make(hidden, hidden), make(vocab, hidden)
    params = [p for M in (Wxh, Whh, Why) for row in M for p in row]

    def dot(ws, xs):            # one node for a whole weighted sum
        out = Value(sum(w.data * x.data for w, x in zip(ws, xs)), (*ws, *xs), 'dot')
        def _backward():
            for w, x in zip(ws, xs):
                w.grad += x.data * out.grad
                x.grad += w.data * out.grad
        out._backward = _backward
        return out

    def tanh(v):
        out = Value(math.tanh(v.data), (v,), 'tanh')
        def _backward(): v.grad += (1 - out.data * out.data) * out.grad
        out._backward = _backward
        return out

    def nll(logits, target):
        top = max(v.data for v in logits)
        exps = [math.exp(v.data - top) for v in logits]
        p = [e / sum(exps) for e in exps]
        out = Value(-math.log(p[target]), logits, 'nll')
        def _backward():
            for i, v in enumerate(logits):
                v.grad += (p[i] - (i == target)) * out.grad
        out._backward = _backward
        return out

    results = []
    for step in range(3):
        h, loss = [Value(0.0) for _ in range(hidden)], 0
        for this, following in [(0, 1), (1, 2), (2, 2), (2, 3)]:
            x = [Value(float(i == this)) for i in range(vocab)]
            h = [tanh(dot(Wxh[i], x) + dot(Whh[i], h)) for i in range(hidden)]
            loss = loss + nll([dot(row, h) for row in Why], following)
        for p in params: p.grad = 0
        loss.backward()
        for p in params: p.data += -0.1 * p.grad
        results += [loss.data, [p.grad for p in params], [v.grad for v in h]]
"""
PROGRAMS = {
    "README": README, "tests": TEST_FORM, "demo": DEMO_FORM, "draw_dot": DRAW_FORM, "lecture": LECTURE_FORM,
    "microgpt": GPT_FORM, "char-RNN": RNN_FORM,
}  # fmt: skip
NAMES = ("micrograd", "micrograd.engine", "micrograd.nn")


@contextlib.contextmanager
def imports(install: bool) -> Iterator[None]:
    """Let `micrograd` be the package itself, or the drop-in; classes that a program changed are restored."""
    held = {name: sys.modules.pop(name) for name in NAMES if name in sys.modules}
    methods, kind = dict(vars(Value)), engine.check.Inputs.kind if hasattr(engine, "check") else None
    try:
        if install:
            nn.micrograd.install()
        yield
    finally:
        for name in NAMES:
            sys.modules.pop(name, None)
        sys.modules.update(held)
        for name in {*vars(Value)} - {"__dict__", "__weakref__"}:
            if name not in methods:
                delattr(Value, name)
            elif vars(Value)[name] is not methods[name]:
                setattr(Value, name, methods[name])
        engine.check_with(kind or engine.Value)


def run(program: str, install: bool) -> tuple[list[Any], str]:
    """What a program leaves in `results`, and what it prints."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with imports(install), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile_text(program), names)
    return names["results"], printed.getvalue()


def compile_text(program: str) -> str:
    return textwrap.dedent(program)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_on_micrograd_and_on_the_drop_in(name: str) -> None:
    require("micrograd")
    (theirs, printed), (ours, printed_here) = (run(PROGRAMS[name], install) for install in (False, True))
    assert printed_here == printed
    assert len(ours) == len(theirs) > 3
    assert len(flat(ours)) == len(flat(theirs))
    for here, there in zip(flat(ours), flat(theirs)):
        assert type(here) is type(there)
        if isinstance(there, str):
            assert_same_text(here, there)
        else:
            assert here == pytest.approx(there, rel=1e-12, abs=1e-12)


NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def assert_same_text(here: str, there: str) -> None:
    """The same, up to the last digits of a float: micrograd adds up in the order of a set, another one each time."""
    assert NUMBER.sub("#", here) == NUMBER.sub("#", there)
    for a, b in zip(NUMBER.findall(here), NUMBER.findall(there)):
        assert a == b if "." not in b else float(a) == pytest.approx(float(b), rel=1e-12)
        assert ("." in a) == ("." in b)  # an integer stays one


def flat(thing: Any) -> list[Any]:
    return [each for item in thing for each in flat(item)] if isinstance(thing, list) else [thing]


def test_the_readme_example_prints_its_numbers() -> None:
    assert run(README, True)[1].split() == ["24.7041", "138.8338", "645.5773"]


def test_a_constructor_with_local_derivatives_passes_them_on() -> None:
    for make in (
        lambda a, b: Value(a.data * b.data, (a, b), (b.data, a.data)),
        lambda a, b: Value(a.data * b.data, children=(a, b), local_grads=(b.data, a.data)),
        lambda a, b: Value(a.data * b.data, [a, b], local_grads=[b.data, a.data], label="ab"),
    ):
        a, b = Value(2.0), Value(-3)
        c = make(a, b)
        root = c * c + a
        root.backward()
        assert (root.data, a.grad, b.grad, c.grad) == (38.0, 37.0, -24.0, -12.0)
        assert (c._children, c._local_grads, root._children[0]._local_grads) == ((a, b), (-3, 2.0), (-6.0, -6.0))
        root.grad = a.grad = b.grad = c.grad = root._children[0].grad = 0
        for node, upstream in (
            (root, 1),
            (root._children[0], 0),
            (c, 0),
        ):  # a pass of one's own, over both attributes
            node.grad += upstream
            for child, local in zip(node._children, node._local_grads):
                child.grad += local * node.grad
        assert (a.grad, b.grad) == (37.0, -24.0)
        walk(root).run()
        assert (a.grad, b.grad) == (37.0, -24.0)


def own_tanh(wrong: str = "") -> Callable[[Any], Any]:
    """An operation as the lecture writes it, right or with one of the usual mistakes."""
    from math import tanh

    def operation(x: Any) -> Any:
        t = tanh(x.data)
        out = Value(t, (x,), "tanh")

        def _backward() -> None:
            if wrong == "=":
                x.grad = (1 - t**2) * out.grad
            elif wrong == "out.grad":
                x.grad += 1 - t**2
            elif wrong == "sign":
                x.grad += (1 + t**2) * out.grad
            elif wrong != "nothing":
                x.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    return operation


def test_walk_draw_gradcheck_and_compile_read_its_graphs() -> None:
    x, w = Value(0.5, label="x"), Value(2, label="w")
    h = own_tanh()(x * w)
    o = (h - 1) ** 2 + h.relu() / 3
    o.backward()
    expected = x.grad, w.grad
    steps = walk(o)
    steps.run()
    assert (x.grad, w.grad) == pytest.approx(expected, rel=1e-14)
    assert "now;" not in str(steps)  # the integer 2 is the number 2.0
    svg = draw(o).svg
    assert "tanh" in svg
    assert "x" in svg
    fresh = Value(2.0) ** 2
    walk(fresh).run()
    fresh.backward()  # takes the walk's gradients back first
    assert fresh._children[0].grad == 4.0
    program = compile(o, [x], [w])
    assert program.value_and_grad([[0.5]])[1].tolist() == pytest.approx([expected[1]], rel=1e-12)
    x.grad = w.grad = 0
    x.data = 0.7
    fresh = own_tanh()(x * w)
    fresh = (fresh - 1) ** 2 + fresh.relu() / 3
    assert program([[0.7]])[0] == pytest.approx(fresh.data, rel=1e-12)
    w.data = -1.0  # a program reads its parameters again
    assert program([[0.7]])[0] != pytest.approx(fresh.data)

    with imports(True):
        assert gradcheck(lambda x, w: (own_tanh()(x * w) - 1) ** 2, 0.5, 2).passed
        for wrong, words in {
            "=": "+=", "out.grad": "out.grad", "sign": "wrong local derivative", "nothing": "wrong local derivative",
        }.items():  # fmt: skip
            with pytest.raises(GradwalkError, match=words.replace("+", r"\+")):
                gradcheck(lambda x: own_tanh(wrong)(x * 2) + x, 0.5)  # noqa: B023
        Value.tanh = own_tanh("sign")  # as a lecture adds a method
        with pytest.raises(GradwalkError, match="tanh"):
            gradcheck(lambda x: x.tanh(), 0.5)
    assert gradcheck(lambda x: x.tanh(), 0.5).passed


@pytest.mark.parametrize("exponent", [2, 3, -1, 0.5, 12.25])
def test_a_power_of_ones_own_is_computed_again_by_its_exponent(exponent: float) -> None:
    """micrograd names a power by its exponent: **2."""
    x = Value(1.5, label="x")
    out = Value(x.data**exponent, (x,), f"**{exponent}")
    out._backward = lambda: setattr(x, "grad", x.grad + exponent * x.data ** (exponent - 1) * out.grad)
    assert compile(out, [x])([[4.0], [0.25]]).tolist() == pytest.approx([4.0**exponent, 0.25**exponent], rel=1e-14)


def test_what_only_the_program_can_compute_is_said_to_be_so() -> None:
    x = Value(0.5, label="x")
    out = Value(x.data**2 + 1, (x,), "mystery")
    out._backward = lambda: setattr(x, "grad", x.grad + 2 * x.data * out.grad)
    with pytest.raises(GradwalkError, match="mystery"):
        compile(out, [x])
    assert (compile(own_tanh()(x), [x])([[0.75]]) == np.tanh(0.75)).all()
    with pytest.raises(GradwalkError, match="_backward of tanh"):
        compile(own_tanh("sign")(x), [x])
    plain = engine.Value(2.0, "x")
    with pytest.raises(GradwalkError, match="define"):
        compile(engine.python_operation("twice", [plain], lambda x: 2 * x, [lambda x: 2.0]) + 1, [plain])
    with pytest.raises(GradwalkError, match="second derivative"):
        engine.hessian(out * out, [x])
    (slope,) = engine.grad(out * 3, [x])
    assert slope.data == 3.0
    with imports(True):
        report = gradcheck(lambda x: _squared(x) * 2, 0.5)
    assert [check.mark for check in report if check.what.endswith("in all")] == ["ok"]
    assert "ok" not in {check.mark for check in report if "mystery" in check.what}


def _squared(x: Any) -> Any:
    out = Value(x.data**2 + 1, (x,), "mystery")
    out._backward = lambda: setattr(x, "grad", x.grad + 2 * x.data * out.grad)
    return out


def test_attributes_are_free_and_names_of_other_libraries_are_no_more_than_absent() -> None:
    v = Value(2)
    for name in ("m", "v", "name", "value", "shape", "children", "velocity"):
        assert not hasattr(v, name)
        setattr(v, name, 0.25)
        assert getattr(v, name) == 0.25
    v._prev, v._op = set(), "leaf"
    assert (v._prev, v._op, v._children) == (set(), "leaf", ())
    root = Value(3.0) * 2
    root._prev = ()  # frees what is below
    root.backward()
    assert root.grad == 1


def test_deep_graphs_copies_and_pickles() -> None:
    x = Value(1.0)
    root = x
    for _ in range(20_000):
        root = root + x
    root.backward()
    assert x.grad == 20_001
    y = (Value(2.0, label="y") * 3).relu()
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert (str(twin), twin._op, type(twin)) == (str(y), "ReLU", Value)
        twin.backward()
        assert twin._children[0]._children[0].grad == 3


def test_all_operations_of_the_table_stay_in_its_class() -> None:
    x = Value(0.5)
    for row in TABLE:
        if row.arity == 1:
            out = getattr(x, row.name)()
            assert type(out) is Value, row
            out.backward()
            assert isinstance(x.grad, (int, float))
    assert x.clamp(0, 0.25).data == 0.25
    assert type(2**x) is type(x.maximum(3)) is type(abs(x)) is Value


def test_numpy_takes_its_values_as_objects() -> None:
    a = Value(2.0)
    array = np.array([1.0, 2.0]) * a
    assert [each.data for each in array] == [2.0, 4.0]
    assert [each.data for each in np.array([a]) + np.float64(3) * a] == [8.0]
    total = np.sum(array) + np.float64(1)
    total.backward()
    assert (total.data, a.grad) == (7.0, 3.0)
    assert [each.data for each in np.dot(np.array([[1, 2]]), np.array([a, a]))] == [6.0]


def test_what_is_no_number_and_no_child_is_refused() -> None:
    for children, word in (([1.0], "child"), ([Value(1.0), None], "child"), (2, "tuple"), (Value(1.0), "tuple")):
        with pytest.raises(GradwalkError, match=word):
            Value(2.0, children)
    with pytest.raises(GradwalkError, match="label='w'"):
        Value(2.0, "w")
    for wrong in ("3", None, [1.0], 1j, Value(1.0)):
        with pytest.raises(GradwalkError, match="number"):
            Value(wrong)
        with pytest.raises(GradwalkError, match="number"):
            Value(1.0).data = wrong
    v = Value(2.0)
    v.grad = None
    (v * 3).backward()
    assert v.grad == 3
    with pytest.raises(GradwalkError, match="one for each child"):
        Value(2.0, (Value(1.0),), (1.0, 2.0))
    with pytest.raises(AssertionError):
        Value(2.0) ** Value(3.0)


def test_weights_come_from_the_global_generator_in_micrograds_order() -> None:
    random.seed(5)
    expected = [random.uniform(-1, 1) for _ in range(2 * 3 + 3 * 1)]
    random.seed(5)
    model = MLP(2, [3, 1])
    weights = [neuron.w for layer in model.layers for neuron in layer.neurons]
    assert [w.data for row in weights for w in row] == expected
    assert {neuron.b.data for layer in model.layers for neuron in layer.neurons} == {0}


def test_importing_the_module_shadows_nothing(tmp_path: Path) -> None:
    script = "import sys, nn.micrograd; print([name for name in sys.modules if name.startswith('micrograd')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert nn.micrograd is import_module("nn.micrograd")


def test_a_script_is_run_unchanged(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("twice = 2\n")
    script = tmp_path / "script.py"
    more = "\nimport sys, helper, micrograd\nprint(sys.argv[1:], helper.twice, micrograd.engine.Value is Value)\n"
    script.write_text(textwrap.dedent(README) + more)

    def started(*arguments: str) -> Any:
        command = [sys.executable, "-m", "nn.micrograd", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = started(str(script), "-x")
    assert done.stdout.split("\n")[:4] == ["24.7041", "138.8338", "645.5773", "['-x'] 2 True"], done.stderr
    (tmp_path / "lesson.ipynb").write_text("{}")
    for wrong, word in ((tmp_path / "lesson.ipynb", "install()"), (tmp_path / "none.py", "not there")):
        done = started(str(wrong))
        assert done.returncode == 2
        assert word in done.stderr
        assert "Traceback" not in done.stderr
