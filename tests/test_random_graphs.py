"""Random graphs over all operations, with shared nodes and constants, against PyTorch and HIPS autograd."""

from __future__ import annotations

from itertools import chain
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from oracles import bits, oracle, torch_function
from strategies import ROWS, Recipe, recipe, recipes

from engine import Value, grad, hessian, jacobian, jvp
from engine.graph import nodes, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

torch = oracle("torch")
autograd = oracle("autograd")
anp = oracle("autograd.numpy")
special = oracle("autograd.scipy.special")
GRAPHS = 1000
TOLERANCE = 1e-9


def difference(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """The largest relative difference of two lists of numbers.

    Relative to the larger of the two; but where terms of a sum cancel, what is left is their rounding, and
    relative to it everything is large. So no difference is taken relative to less than a thousandth of
    1 or of the largest number in the lists, whichever is more: the terms are of that size.
    """
    pairs = list(zip(ours, theirs, strict=True))
    floor = 1e-3 * max(1.0, *(abs(number) for pair in pairs for number in pair))
    return max((abs(a - b) / max(abs(a), abs(b), floor) for a, b in pairs), default=0.0)


def on_tensors(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: function(*(torch.as_tensor(arg, dtype=torch.float64) for arg in args))


Orders = tuple[list[float], list[float], list[float]]  # the value, the gradient, the Hessian row after row
TENSORS = {name: on_tensors(torch_function(op)) for name, op in ROWS.items()}


def by_gradwalk(made: Recipe) -> Orders:
    leaves, root = made.values()
    second = chain(*hessian(root, leaves))
    return [root.data], [first.data for first in grad(root, leaves)], [entry.data for entry in second]


def by_torch(made: Recipe) -> Orders:
    leaves = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in made.leaves]
    root = made.follow(leaves, TENSORS)[-1]
    firsts = torch.autograd.grad(root, leaves, create_graph=True)
    seconds = []
    for first in firsts:
        found = [None] * len(leaves)
        if first.requires_grad:
            found = torch.autograd.grad(first, leaves, retain_graph=True, allow_unused=True)
        seconds += [0.0 if second is None else second.item() for second in found]
    return [root.item()], [first.item() for first in firsts], seconds


def by_autograd(made: Recipe) -> Orders:
    def root(leaves: Any) -> Any:
        return made.follow(list(leaves), ARRAYS)[-1]

    at = anp.array(made.leaves)
    return [float(root(at))], list(autograd.grad(root)(at)), list(autograd.hessian(root)(at).ravel())


def held(x: Any) -> Any:
    """A number that autograd does not look into, and a gradient of 0."""
    number = x
    while hasattr(number, "_value"):
        number = number._value
    return x * 0.0 + float(number)


def on_arrays() -> dict[str, Callable[..., Any]]:
    """HIPS autograd's own functions, and textbook forms; what is missing is its formula on its arrays."""
    known = {name: getattr(anp, name) for name in ROWS if hasattr(anp, name)}
    known = {name: function for name, function in known.items() if name not in ("where", "clip")}  # other arguments
    known |= {"atan": anp.arctan, "choose": anp.where}
    known |= {"max": anp.maximum, "min": anp.minimum, "erf": special.erf, "sigmoid": special.expit}
    known |= {"add": anp.add, "sub": anp.subtract, "mul": anp.multiply, "div": anp.divide, "pow": anp.power}
    known |= {"detach": held, "neg": anp.negative, "softplus": lambda x: anp.logaddexp(0.0, x)}
    rest = {
        name: eval(f"lambda {', '.join(op.letters)}: {op.formula}", known)
        for name, op in ROWS.items()
        if name not in known
    }
    return known | rest


ARRAYS = on_arrays()


@pytest.mark.slow
def test_a_thousand_graphs_agree_with_pytorch(record_property: Callable[[str, object], None]) -> None:
    used: set[str] = set()
    shared = constants = 0
    worst = [0.0, 0.0, 0.0]
    for seed in range(GRAPHS):
        made = recipe(Random(seed), leaves=1 + seed % 4, steps=3 + seed % 14)
        found = [difference(ours, theirs) for ours, theirs in zip(by_gradwalk(made), by_torch(made))]
        assert max(found) < TOLERANCE, (seed, found)
        worst = [*map(max, worst, found)]
        used.update(name for name, _ in made.steps)
        indices = [arg for _, args in made.steps for arg in args if isinstance(arg, int)]
        shared += len(indices) - len(set(indices))
        constants += sum(isinstance(arg, float) for _, args in made.steps for arg in args)
    assert used == set(ROWS)
    assert shared > GRAPHS
    assert constants > GRAPHS
    for order, relative in enumerate(worst):
        record_property(f"largest relative difference at order {order}", f"{relative:.0e}")


@pytest.mark.filterwarnings("ignore:Output seems independent")  # but for what passes no gradient
def test_graphs_agree_with_hips_autograd() -> None:
    for seed in range(100):
        made = recipe(Random(-seed - 1), leaves=1 + seed % 3, steps=3 + seed % 8)
        found = [difference(ours, theirs) for ours, theirs in zip(by_gradwalk(made), by_autograd(made))]
        assert max(found) < TOLERANCE, (seed, found)


@given(recipes())
def test_any_graph_agrees_with_pytorch(made: Recipe) -> None:
    _, root = made.values()
    exponents = [node.args[1].data for node in operations(root) if node.op.name == "pow"]
    assume(
        0.0 not in exponents
    )  # there PyTorch takes the mixed second derivative as 0; that of x ** y at (1, 0) is 1
    for ours, theirs in zip(by_gradwalk(made), by_torch(made)):
        assert difference(ours, theirs) < TOLERANCE


@given(recipes())
def test_the_pass_and_its_graph_give_the_same_bits(made: Recipe) -> None:
    leaves, root = made.values()
    firsts = grad(root, leaves)
    root.backward()
    assert [bits(first.data + 0.0) for first in firsts] == [bits(leaf.grad + 0.0) for leaf in leaves]


@given(recipes())
def test_forward_mode_agrees_with_the_gradient(made: Recipe) -> None:
    leaves, root = made.values()
    rng = Random(len(made.steps))
    tangents = {leaf: rng.uniform(-1, 1) for leaf in leaves}
    along = sum(first.data * tangents[leaf] for leaf, first in zip(leaves, grad(root, leaves)))
    assert difference([jvp(root, tangents)], [along]) < TOLERANCE


@given(recipes())
def test_hessians_are_symmetric(made: Recipe) -> None:
    leaves, root = made.values()
    matrix = [[entry.data for entry in row] for row in hessian(root, leaves)]
    assert difference(chain(*matrix), chain(*zip(*matrix))) < TOLERANCE
    assert [[entry.data for entry in row] for row in jacobian(grad(root, leaves), leaves)] == matrix


@settings(max_examples=20)
@given(recipes(steps=6))
def test_third_derivatives_agree_with_pytorch(made: Recipe) -> None:
    leaves, root = made.values()
    ours = [third.data for first in grad(root, leaves) for third in grad(grad(first, leaves)[0], leaves)]
    tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in made.leaves]
    output = made.follow(tensors, TENSORS)[-1]

    def derive(result: torch.Tensor) -> list[torch.Tensor]:
        zeros = [torch.zeros((), dtype=torch.float64)] * len(tensors)
        if not result.requires_grad:
            return zeros
        found = torch.autograd.grad(result, tensors, create_graph=True, allow_unused=True)
        return [zero if gradient is None else gradient for zero, gradient in zip(zeros, found)]

    theirs = [third.item() for first in derive(output) for third in derive(derive(first)[0])]
    assert difference(ours, theirs) < 100 * TOLERANCE


@given(recipes())
def test_a_second_pass_doubles_the_leaves_and_nothing_else(made: Recipe) -> None:
    leaves, root = made.values()
    root.backward()
    order = operations(root)
    once = [node.grad for node in order], [leaf.grad for leaf in leaves]
    root.backward()
    assert [node.grad for node in order] == once[0]
    twice = [2 * gradient for gradient in once[1]]  # but for rounding: the second sum starts at the first's end
    assert difference([leaf.grad for leaf in leaves], twice) < 1e-13
    root.zero_grad()
    assert all(not node.grad for node in nodes(root))


@given(recipes())
def test_every_node_comes_once_and_after_its_arguments(made: Recipe) -> None:
    leaves, root = made.values()
    order = nodes(root)
    place = {node: index for index, node in enumerate(order)}
    assert len(place) == len(order)
    assert all(place[arg] < place[node] for node in order for arg in node.args)
    assert operations(root) == [node for node in order if node.op]
    assert {node for node in order if node.op is None and node.grad is not None} == set(leaves)
    assert order[-1] is root


@pytest.mark.parametrize("seed", range(5))
def test_the_slope_of_the_root_by_itself_is_one(seed: int) -> None:
    _, root = recipe(Random(seed)).values()
    assert grad(root, root)[0].data == jvp(root, {root: 1.0}) == 1.0
    assert isinstance(grad(root, root)[0], Value)
