"""How fast and how large one training step is, node by node, against three other scalar engines.

micrograd's own demo step: 100 moons, an MLP 2-16-16-1 of rectifiers, the SVM max-margin loss plus L2, and
the whole batch in one graph of about 65,800 nodes. Run it: python tests/benchmarks/eager.py
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import random
import subprocess
import sys
import time
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from stored import Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the checkout of this file, installed or not
INPUTS, LAYERS = 2, (16, 16, 1)
RATE, ALPHA = 0.1, 1e-4
TARGETS = {"micrograd": 5.0, "stored slopes": 1.1}  # how many times our step these are to take
MOST_BYTES = 160  # a node


@dataclass
class Engine:
    """A contender: how it makes parameters and inputs, and what a node's arguments are, for counting."""

    name: str
    parameter: Callable[[float], Any]
    constant: Callable[[float], Any]
    args: Callable[[Any], Iterable[Any]]
    zero: Any = 0.0
    weights: list[list[list[Any]]] = field(default_factory=list)
    points: list[list[Any]] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)

    def start(self) -> None:
        """The same weights (a neuron is its weights and its bias), points and labels for everyone."""
        from sklearn.datasets import make_moons

        points, kinds = make_moons(n_samples=100, noise=0.1, random_state=1)
        rng, sizes = random.Random(1337), (INPUTS, *LAYERS)
        self.weights = [
            [
                [self.parameter(rng.uniform(-1, 1)) for _ in range(size)] + [self.parameter(0.0)]
                for _ in range(neurons)
            ]
            for size, neurons in zip(sizes, LAYERS)
        ]
        self.points = [[self.constant(x) for x in point] for point in points.tolist()]
        self.labels = [2.0 * kind - 1.0 for kind in kinds.tolist()]

    def parameters(self) -> Iterator[Any]:
        return (w for layer in self.weights for neuron in layer for w in neuron)

    def score(self, acts: list[Any]) -> Any:
        for layer in self.weights:
            sums = [sum((w * x for w, x in zip(ws, acts)), bias) for *ws, bias in layer]
            acts = sums if layer is self.weights[-1] else [each.relu() for each in sums]
        return acts[0]

    def loss(self) -> Any:
        """The demo's loss, in the demo's own operations."""
        losses = [(1 + -label * self.score(point)).relu() for label, point in zip(self.labels, self.points)]
        return sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in self.parameters())

    def step(self, rate: float = RATE) -> Any:
        for p in self.parameters():
            p.grad = self.zero
        loss = self.loss()
        loss.backward()
        for p in self.parameters():
            p.data -= rate * p.grad
        return loss

    def count(self) -> int:
        """How many nodes the loss depends on, itself included."""
        stack = [self.loss()]
        seen = set(stack)
        while stack:
            for node in self.args(stack.pop()):
                if node not in seen:
                    seen.add(node)
                    stack.append(node)
        return len(seen)

    def memory(self, measure: Callable[[], int]) -> int:
        """Bytes that the leaves and the graph hold after forward and backward, every number in them included."""
        self.start()  # what is imported and made once is no node's
        (self.parameter(1.0) * 2.0).backward()
        self.weights = self.points = []
        gc.collect()
        before = measure()
        self.start()
        loss = self.step(0.0)
        gc.collect()
        held = measure() - before
        del loss
        return held


def engines() -> list[Engine]:
    """Those that are installed, Gradwalk first."""
    from engine import Value

    found = [
        Engine("Gradwalk", Value, Value, lambda node: node.args),
        Engine("stored slopes", Stored, Stored, lambda node: node.args),
    ]
    try:
        from micrograd.engine import Value as Micro

        found.append(Engine("micrograd", Micro, Micro, lambda node: node._prev))
    except ImportError:
        print("left out: pip install micrograd==0.1.0")
    try:
        import torch

        def scalar(number: float, requires_grad: bool = False) -> Any:
            return torch.tensor(number, dtype=torch.float64, requires_grad=requires_grad)

        torch.set_num_threads(1)
        found.append(Engine("PyTorch", lambda number: scalar(number, True), scalar, lambda node: (), None))
    except ImportError:
        print("left out: pip install torch")
    return found


def traced() -> int:
    return tracemalloc.get_traced_memory()[0]


def resident() -> int:
    """This process's memory: all that can be asked for where nodes are not Python's own. Linux only."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def bytes_held(engine: Engine) -> float:
    if engine.name != "PyTorch":
        tracemalloc.start()
        held = engine.memory(traced)
        tracemalloc.stop()
        return held
    if sys.platform != "linux":
        return float("nan")
    fresh = subprocess.run([sys.executable, __file__, "--resident"], capture_output=True, text=True, check=True)
    return float(fresh.stdout)


def agree(ours: Engine, other: Engine) -> None:
    """The same gradients, or no race."""
    pairs = [(float(p.grad), float(q.grad)) for p, q in zip(ours.parameters(), other.parameters())]
    apart = max(abs(p - q) for p, q in pairs) / max(abs(p) for p, _ in pairs)
    if not apart < 1e-9:
        raise SystemExit(f"{other.name} and {ours.name} disagree: their gradients are {apart:.0e} apart.")


def race(found: list[Engine], rounds: int, steps: int) -> dict[str, list[float]]:
    """Seconds a step, of each engine in each round; every round begins with another engine."""
    # What imports left behind is no engine's garbage: the collector is on, and never looks at it.
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {engine.name: [] for engine in found}
    for lap in range(rounds):
        turn = lap % len(found)
        for engine in found[turn:] + found[:turn]:
            gc.collect()
            started = time.perf_counter()
            for _ in range(steps):
                engine.step()
            times[engine.name].append((time.perf_counter() - started) / steps)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description="One training step of micrograd's demo, in several scalar engines.")
    parser.add_argument("--rounds", type=int, default=7, help="rounds, each with every engine in turn (default 7)")
    parser.add_argument("--steps", type=int, default=3, help="steps of an engine in a round (default 3)")
    parser.add_argument("--resident", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    found = engines()
    if options.resident:
        print(found[-1].memory(resident))
        return 0

    held = {engine.name: bytes_held(engine) for engine in found}
    for engine in found:
        engine.start()
        engine.step(0.0)
        agree(found[0], engine)
    times = race(found, options.rounds, options.steps)
    for engine in found:
        agree(found[0], engine)  # still, after all these steps

    nodes = found[0].count()
    print(f"Python {platform.python_version()}, one graph of {nodes:,} nodes, median of {options.rounds} rounds\n")
    print(f"{'engine':<16}{'ms a step':>10}{'times ours':>12}{'nodes':>10}{'bytes a node':>14}")
    met = held["Gradwalk"] / nodes <= MOST_BYTES
    for engine in found:
        ratio = median(theirs / ours for theirs, ours in zip(times[engine.name], times["Gradwalk"]))
        met &= ratio >= TARGETS.get(engine.name, 0.0)
        made = engine.count() if engine.name != "PyTorch" else nodes
        millis = 1e3 * median(times[engine.name])
        print(f"{engine.name:<16}{millis:>10.1f}{ratio:>12.2f}{made:>10,}{held[engine.name] / made:>14.0f}")
    goals = ", ".join(f"{name} at least {times} times ours" for name, times in TARGETS.items())
    print(f"\n{'Met' if met else 'MISSED'}: {goals}, at most {MOST_BYTES} bytes a node.")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
