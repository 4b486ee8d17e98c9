"""`Recurrent`: a network with feedback, whose state carries information from step to step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, constant, described, flag, public

from .checks import NetworkError, inputs_of, items, plural, row, size
from .init import generator
from .layers import Layer, checked_name, of_one_kind
from .module import Module
from .naming import NeuronLabels
from .structure import Matrix, Structure

if TYPE_CHECKING:
    from .init import Init
    from .names import Activation


@public
class Recurrent(Module):
    """A recurrent network: at each step, the hidden neurons read the step's row and their own last outputs.

    h[t] = f(W·x[t] + U·h[t-1] + b), and y[t] = g(V·h[t] + c) if there are `outputs`, else y[t] = h[t]. The state
    before the first step, h[0], is 0 unless another one is given. f is `activation` and g is `output`.

    Called on a sequence, a list of rows of `inputs` numbers, it builds the graph of all steps and returns a list with
    the output of each step: a Value if there is one output, else a list. With `last`, it returns only the output of
    the last step, for a loss that is about the whole sequence. With one input, a row may be a plain number.
    It is the same as PyTorch's RNN without its second bias, which adds nothing to the first.

    Raises NetworkError (a ValueError) for an empty sequence and for a row or a state of another length.

    >>> model = Recurrent(1, 2, 1, rng=0)
    >>> model
    Recurrent(1, 2, 1, activation='tanh', output='linear')
    >>> [type(y).__name__ for y in model([1.0, 0.0, 1.0])]
    ['Value', 'Value', 'Value']
    >>> [parameter.label for parameter in model.parameters()][:4]
    ['hidden.neuron1.w[0]', 'hidden.neuron1.u[0]', 'hidden.neuron1.u[1]', 'hidden.neuron1.b']
    """

    last: bool

    def __init__(
        self,
        inputs: int,
        hidden: int,
        outputs: int | None = None,
        activation: Activation = "tanh",
        output: Activation = "linear",
        rng: Any = None,
        init: Init = None,
        last: bool = False,
    ) -> None:
        rng, self.last = generator(rng), flag(last, "last")
        self.inputs: int = size(inputs, "the number of inputs")
        self.layers: list[Layer] = [
            Layer(self.inputs + size(hidden, "the number of hidden neurons"), hidden, activation, rng, init, "hidden")
        ]
        if outputs is not None:
            self.layers.append(Layer(hidden, outputs, output, rng, init, "output"))
        self.rename("")

    @public
    def rename(self, name: str) -> None:
        """Give the network a name, which the labels of its weights begin with."""
        self.name: str = checked_name(name)
        part = f"{name}." if name else ""
        for layer, kind in zip(self.layers, ("hidden", "output")):
            layer.rename(f"{part}{kind}")
        for neuron in self.layers[0].neurons:
            labels = NeuronLabels(neuron.name)
            for place, weight in enumerate(neuron.w[self.inputs :]):
                weight.label = labels.weight(place, letter="u", weighs="")  # from the state, not from the row

    @public
    def __call__(self, sequence: Any, state: Any = None) -> Any:
        outputs, _ = self.unroll(sequence, state)
        return outputs[-1] if self.last else outputs

    @public
    def unroll(self, sequence: Any, state: Any = None) -> tuple[list[Any], list[list[Value]]]:
        """Return the output of each step and the state after each step. `states[-1]` continues the sequence later.

        >>> model = Recurrent(1, 2, 1, rng=0)
        >>> outputs, states = model.unroll([1.0, 0.0, 1.0])
        >>> rest, _ = model.unroll([0.5, 0.25], states[-1])
        >>> [y.data for y in outputs + rest] == [y.data for y in model([1.0, 0.0, 1.0, 0.5, 0.25])]
        True
        """
        rows = items(sequence)
        if rows is None:
            raise NetworkError(f"a sequence is a list of rows, one a step, and this is {described(sequence)}.")
        h, outputs, states = self._start(state), list[Any](), list[list[Value]]()
        for number, inputs in enumerate(rows, 1):
            x = inputs_of(f"step {number} of the sequence", inputs, self.inputs)
            h = y = self.layers[0]._forward([*x, *h])
            for layer in self.layers[1:]:
                y = layer._forward(h)
            outputs.append(y[0] if len(y) == 1 else y)
            states.append(h)
        if not states:
            raise NetworkError("the sequence is empty: give one row or more, one a step.")
        return outputs, states

    @public
    def weights(self) -> list[list[list[Value]]]:
        """W, U and V, if there are outputs: inputs × neurons from the row, from the last state, to the outputs.

        In W·x[t], and in a program that `compile` makes, each has a row for each neuron instead.
        """
        first, *rest = [layer.weights() for layer in self.layers]
        return [first[: self.inputs], first[self.inputs :], *rest]

    def _start(self, state: Any) -> list[Value]:
        neurons = len(self.layers[0].neurons)
        h = [constant(0.0) for _ in range(neurons)] if state is None else row(state)
        if len(h) != neurons:
            raise NetworkError(f"the state has {plural(len(h), 'number')} for {plural(neurons, 'hidden neuron')}.")
        return h

    @public
    def structure(self) -> Structure:
        """Return the network's Structure: its layers, the number of states, and the arguments to make it again."""
        hidden = self.layers[0]
        names = [("W", "input"), ("U", "last state"), ("V", "hidden neuron")]
        arguments = [self.inputs, *(len(layer.neurons) for layer in self.layers)]
        kinds = [layer.neurons[0]._activation_argument() for layer in self.layers]
        return Structure(
            arguments=arguments if all(of_one_kind(layer.neurons) for layer in self.layers) else None,
            options={**dict(zip(("activation", "output"), kinds)), **({"last": True} if self.last else {})},
            layers=self.layers,
            matrices=[Matrix(rows, name, row) for rows, (name, row) in zip(self.weights(), names)],
            states=len(hidden.neurons),
            inputs=self._last_inputs,
        )

    def _last_inputs(self, sequence: Any) -> list[Value]:
        """Return the inputs of the hidden layer at the last step of a sequence: the row, and the state before it."""
        steps = list(sequence) if hasattr(sequence, "__iter__") else sequence
        _, states = self.unroll(steps)
        before = states[-2] if len(states) > 1 else [Value(0.0)] * len(states[0])
        return [*inputs_of("the last step", steps[-1], self.inputs), *before]
