"""`Neuron`, `Layer` and `MLP`: networks that are built of Values alone.

Labels contain the names of layers: in `layer1.neuron3.w[2]`, layers and neurons are counted from 1, and indices in
brackets from 0, as in Python. A neuron labels its weighted sum `z` and its output `h`. Pictures and walks show
the textbook's names, which count from 1: w33 in layer1, from the third input to the third neuron.
"""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, Any, cast

from engine import OPS, Label, Value, described, public

from .checks import NetworkError, choose, inputs_of, items, size
from .init import generator, initializer
from .losses import softmax
from .module import Module
from .naming import NeuronLabels, textbook_name
from .structure import Structure, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .init import Init
    from .names import Activation, LayerOutput, Output


@public
class Neuron(Module):
    """A neuron, h = f(Σ w·x + b): an activation f of a weighted sum of the inputs plus a bias.

    - `inputs`: the number of inputs.
    - `activation`: "linear" (none), the name of an operation of one argument, such as "tanh", or a function of a
      Value.
    - `rng`: a seed, or a generator of random numbers, for the first weights.
    - `init`: how the first weights are drawn, see `nn.init`. The bias starts at 0.
    - `name`: what the labels of its weights begin with.
    - `neurons`: the number of neurons in its layer, which the initializer `xavier` uses.

    Called on a row of `inputs` numbers or Values, it returns a Value.

    Raises NetworkError (a ValueError) for a count below 1, for an unknown activation or initializer, for a `name`
    that is not text, for an `rng` that is neither a seed nor a generator, and, when it is called, for another number
    of inputs.

    >>> neuron = Neuron(2, "tanh", rng=1)
    >>> neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -1.0, 0.5
    >>> h = neuron([3, 2])
    >>> h, h.args[0]
    (Value(0.0, grad=0.0, label='h'), Value(0.0, grad=0.0, label='z'))
    """

    activation: str

    def __init__(
        self,
        inputs: int,
        activation: Activation = "linear",
        rng: Any = None,
        init: Init = None,
        name: str = "",
        neurons: int = 1,
    ) -> None:
        inputs, rng = size(inputs, "the number of inputs"), generator(rng)
        neurons = size(neurons, "the number of neurons")
        self.activation, self._function = activation_function(activation)
        draw = initializer(init, self.activation)
        labels = self._named(name)
        self.w: list[Value] = [Value(draw(inputs, neurons, rng), labels.weight(i)) for i in range(inputs)]
        self.b: Value = Value(0.0, labels.part("b"))

    @public
    def rename(self, name: str) -> None:
        """Give the neuron a name, which the labels of its weights begin with."""
        labels = self._named(name)
        for i, weight in enumerate(self.w):
            weight.label = labels.weight(i)
        self.b.label = labels.part("b")

    def _named(self, name: str) -> NeuronLabels:
        """Store a name, and return what labels the parts."""
        self.name: str = checked_name(name)
        labels = NeuronLabels(name)
        self._labels = labels.part("z"), labels.part("h")  # created once, not at each call
        return labels

    @public
    def __call__(self, inputs: Any) -> Value:
        return self._forward(inputs_of(self.name or "this neuron", inputs, len(self.w)))

    def _forward(self, x: Sequence[Value], labels: tuple[Label, Label] | None = None) -> Value:
        """Return the output for a row that is known to have the right length.

        `labels` are those of the sum and of the output, if not the neuron's own.
        """
        of_sum, of_output = labels or self._labels
        z = cast("Value", reduce(add, map(mul, self.w, x)) + self.b)
        z.label = of_sum
        if self._function is None:
            return z
        h = self._function(z)
        if not isinstance(h, Value):
            raise NetworkError(
                f"the activation {self.activation} gave {described(h)}, not a Value: write z.tanh(), for example."
            )
        if h is not z:
            h.label = of_output
        return h

    @public
    def weights(self) -> list[list[Value]]:
        """Return the weights as a matrix of one column, inputs × 1."""
        return [[weight] for weight in self.w]

    @public
    def structure(self) -> Structure:
        """Return the neuron's Structure: itself as a unit, and the arguments to make it again."""
        return Structure([self._unit()], [len(self.w)], {"activation": self._activation_argument()}, is_cell=True)

    def _unit(self) -> Unit:
        return Unit(self.w, self.b, self.activation, self._labels[1] if self._function else "")

    def _activation_argument(self) -> Activation:
        """Return the activation as the user gave it: its name, or a function of their own."""
        argument: Any = self.activation if is_known(self.activation, self._function) else self._function
        return cast("Activation", argument)


@public
class Layer(Module):
    """A layer of neurons that all read the same inputs. Called on a row, it returns a list of Values.

    `inputs`, `activation`, `rng`, `init` and `name` are those of `Neuron`; `neurons` is the number of neurons.

    Raises NetworkError (a ValueError) for a count below 1, for an unknown activation or initializer, for a `name`
    that is not text, for an `rng` that is neither a seed nor a generator, and, when it is called, for another number
    of inputs.

    >>> layer = Layer(2, 3, "relu", init="zeros")
    >>> [h.data for h in layer([1.0, 2.0])], len(layer.weights()), len(layer.weights()[0])
    ([0.0, 0.0, 0.0], 2, 3)
    """

    def __init__(
        self,
        inputs: int,
        neurons: int,
        activation: Activation = "linear",
        rng: Any = None,
        init: Init = None,
        name: str = "",
    ) -> None:
        self.name: str = checked_name(name)
        count, rng, part = size(neurons, "the number of neurons"), generator(rng), f"{name}." if name else ""
        self.neurons: list[Neuron] = [
            Neuron(inputs, activation, rng, init, f"{part}neuron{n + 1}", count) for n in range(count)
        ]

    @public
    def rename(self, name: str) -> None:
        """Give the layer a name, which the labels of its weights begin with."""
        self.name = checked_name(name)
        for number, neuron in enumerate(self.neurons, 1):
            neuron.rename(f"{name}.neuron{number}" if name else f"neuron{number}")

    @public
    def __call__(self, inputs: Any) -> list[Value]:
        return self._forward(inputs_of(self.name or "this layer", inputs, len(self.neurons[0].w)))

    def _forward(self, x: Sequence[Value]) -> list[Value]:
        """Return the outputs for a row that is known to have the right length."""
        return [neuron._forward(x) for neuron in self.neurons]

    @public
    def weights(self) -> list[list[Value]]:
        """Return the weights as a matrix, inputs × neurons: a row for each input, a column for each neuron.

        The textbook's w₂₃, which joins the second input to the third neuron, is `weights()[1][2]`. A program that
        `compile` makes has this matrix turned, a row for each neuron: `W[2, 1]` in W · x.

        >>> Layer(2, 3).weights()[1][2].label
        'neuron3.w[1]'
        """
        return [list(weights) for weights in zip(*(neuron.w for neuron in self.neurons))]

    @public
    def structure(self) -> Structure:
        """Return the layer's Structure: its neurons, and the arguments to make it again."""
        first = self.neurons[0]
        units = [neuron._unit() for neuron in self.neurons]
        arguments = [len(first.w), len(units)] if of_one_kind(self.neurons) else None
        return Structure(units, arguments, {"activation": first._activation_argument()})


@public
class MLP(Module):
    """A multilayer perceptron: each layer's outputs are the next one's inputs.

    - `inputs`: how many numbers a row has.
    - `sizes`: the number of neurons of each layer.
    - `activation`: of all layers but the last: a name, or a function of a Value. It is "tanh" unless you say
      otherwise, because small networks learn with it: with four "relu" neurons in a layer, all may be silent for a
      row, and then nothing tells them how to change. For layers of dozens of neurons, take "relu".
    - `output`: the activation of the last layer; "softmax" makes the outputs probabilities that add up to 1, and is
      trained with the loss "cross_entropy".
    - `rng`: a seed, or a generator of random numbers, for the first weights.
    - `init`: how the first weights are drawn, see `nn.init`.

    Called on a row of `inputs` numbers or Values, it returns a list of Values, or one Value if the last layer has one
    neuron.

    Raises NetworkError (a ValueError) for sizes that are not a list of whole numbers from 1 on, for an unknown
    activation or initializer, for "softmax" with one output, for an `rng` that is neither a seed nor a generator,
    and, when it is called, for another number of inputs.

    >>> model = MLP(2, [16, 16, 1], rng=0)
    >>> model, len(model.parameters())
    (MLP(2, [16, 16, 1], activation='tanh', output='linear'), 337)
    >>> model.layers[0].neurons[2].w[1].label
    'layer1.neuron3.w[1]'
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activation: Activation = "tanh",
        output: Output = "linear",
        rng: Any = None,
        init: Init = None,
    ) -> None:
        counts = items(sizes)
        if not counts:
            raise NetworkError(
                f"sizes lists the neurons of each layer, as in MLP(2, [16, 16, 1]); it is {described(sizes)}."
            )
        function: Any = output
        if function is softmax:
            raise NetworkError('softmax makes probabilities of all outputs of the model: write output="softmax".')
        activation_function(activation)  # a wrong name is an error even where no layer uses it
        rng, softmax_last = generator(rng), isinstance(output, str) and output == SOFTMAX
        if softmax_last and counts[-1] == 1:
            raise NetworkError(
                'output="softmax" needs a neuron for each class, two or more: for yes or no, take output="sigmoid".'
            )
        self.name: str = ""
        self.layers: list[Layer] = []
        for number, neurons in enumerate(counts, 1):
            kind: Any = activation if number < len(counts) else "linear" if softmax_last else output
            self.layers.append(Layer(inputs, neurons, kind, rng, init, f"layer{number}"))
            inputs = neurons
        self._softmax = Softmax() if softmax_last else None

    @public
    def __call__(self, inputs: Any) -> LayerOutput:
        x = inputs_of("this model", inputs, len(self.layers[0].neurons[0].w))
        for layer in self.layers:
            x = layer._forward(x)
        if self._softmax:
            return self._softmax(x)
        return x[0] if len(x) == 1 else x

    @public
    def weights(self) -> list[list[list[Value]]]:
        """Return a matrix for each layer, inputs × neurons; a program has it turned, neurons × inputs, for W · x."""
        return [layer.weights() for layer in self.layers]

    @public
    def rename(self, name: str) -> None:
        """Give the model a name, which the labels of its weights begin with."""
        self.name = checked_name(name)
        for number, layer in enumerate(self.layers, 1):
            layer.rename(f"{name}.layer{number}" if name else f"layer{number}")

    @public
    def structure(self) -> Structure:
        """Return the model's Structure: its layers, and the arguments to make it again."""
        sizes = [len(layer.neurons) for layer in self.layers]
        first, last = self.layers[0].neurons[0], self.layers[-1].neurons[0]
        output = SOFTMAX if self._softmax else last._activation_argument()
        options = {"activation": first._activation_argument(), "output": output}
        layers = [*self.layers, self._softmax] if self._softmax else self.layers
        hidden = [neuron for layer in self.layers[:-1] for neuron in layer.neurons]
        joined = [len(first.w), *sizes] == [*(len(layer.neurons[0].w) for layer in self.layers), sizes[-1]]
        is_regular = (
            joined and of_one_kind(hidden, widths=False) and all(of_one_kind(layer.neurons) for layer in self.layers)
        )
        return Structure(arguments=[len(first.w), sizes] if is_regular else None, options=options, layers=layers)


def of_one_kind(neurons: Sequence[Neuron], widths: bool = True) -> bool:
    """Tell whether neurons have one activation and, with `widths`, as many weights: one like the first makes all."""
    kinds = {(neuron.activation, id(neuron._function), len(neuron.w) if widths else 0) for neuron in neurons}
    return len(kinds) <= 1


SOFTMAX = "softmax"


class Softmax(Module):
    """The last part of a network whose outputs are the probabilities of classes."""

    name = SOFTMAX

    def __call__(self, scores: Any) -> list[Value]:
        probabilities = softmax(scores)
        for number, probability in enumerate(probabilities):
            probability.label = Label(f"p[{number}]", textbook_name("p", number))
        return probabilities

    def structure(self) -> Structure:
        """Return its Structure: the name of its function."""
        return Structure(function=SOFTMAX)

    def __repr__(self) -> str:
        return SOFTMAX


def activation_function(which: str | Callable[..., Any]) -> tuple[str, Callable[[Value], Value] | None]:
    """Return the name and the function of an activation; the function is None for "linear"."""
    if callable(which):
        return getattr(which, "__name__", repr(which)), which
    if isinstance(which, str) and which == SOFTMAX:
        raise NetworkError(
            "softmax makes probabilities of all outputs of a layer, so it is not the activation of each: write "
            'MLP(..., output="softmax"), or losses.softmax as the last part of a Sequential.'
        )
    return which, choose({"linear": None, **_activations(), SOFTMAX: None}, which, "activation")


def is_known(name: str, function: Any) -> bool:
    """Tell whether a function is the one that `activation_function` returns for its name."""
    return function is None or function is _activations().get(name)


def _activations() -> dict[str, Callable[[Value], Value]]:
    return {op.name: getattr(Value, op.name) for op in OPS.values() if op.arity == 1}


def checked_name(name: Any) -> str:
    """Return a name; raise NetworkError if it is not text."""
    if not isinstance(name, str):
        raise NetworkError(f"a name is text, such as 'hidden', not {described(name)}.")
    return name
