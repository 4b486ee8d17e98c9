"""`Conv1d`: neurons that read a window of the inputs, with the same weights at each position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import Value, public

from .checks import NetworkError, plural, row, size
from .init import generator
from .layers import Neuron, checked_name, of_one_kind
from .module import Module
from .naming import NeuronLabels
from .structure import Matrix, Structure

if TYPE_CHECKING:
    from .init import Init
    from .names import Activation


@public
class Conv1d(Module):
    """A one-dimensional convolution: each of `out_channels` neurons reads every window of `kernel_size` places.

    The row is a list of numbers, channel after channel: for 2 channels of 3 places, [a0, a1, a2, b0, b1, b2]. The
    first window begins at place 0, each next one `stride` places further, and the last one still fits. The result is
    laid out likewise: all positions of the first neuron, then those of the second. So a Conv1d or a Layer can
    follow. A neuron has the same weights at each position: one Value each, w[channel, place], used many times.

    `activation` and `init` are those of a `Layer`. Raises NetworkError (a ValueError) for a row that is not as long
    in each channel, or shorter than a window.

    >>> layer = Conv1d(1, 2, kernel_size=3, rng=0)
    >>> layer, len(layer.parameters()), len(layer([1, 2, 3, 4, 5]))
    (Conv1d(1, 2, 3, activation='linear'), 8, 6)
    >>> for weight, number in zip(layer.neurons[0].w, [-1.0, 0.0, 1.0]):
    ...     weight.data = number
    >>> [y.data for y in layer([1, 2, 4, 7, 11])[:3]]
    [3.0, 5.0, 7.0]
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        activation: Activation = "linear",
        stride: int = 1,
        rng: Any = None,
        init: Init = None,
        name: str = "",
    ) -> None:
        self.in_channels: int = size(in_channels, "the number of input channels")
        self.kernel_size: int = size(kernel_size, "kernel_size")
        self.stride: int = size(stride, "stride")
        count, rng = size(out_channels, "the number of output channels"), generator(rng)
        inputs, outputs = self.in_channels * self.kernel_size, count * self.kernel_size  # as xavier counts them
        self.neurons: list[Neuron] = [Neuron(inputs, activation, rng, init, neurons=outputs) for _ in range(count)]
        self.rename(name)

    @public
    def rename(self, name: str) -> None:
        """Give the layer a name, which the labels of its weights begin with."""
        self.name: str = checked_name(name)
        for number, neuron in enumerate(self.neurons, 1):
            neuron.rename(f"{name}.neuron{number}" if name else f"neuron{number}")
            labels = NeuronLabels(neuron.name)
            for i, weight in enumerate(neuron.w):
                channel, place = divmod(i, self.kernel_size)
                weight.label = labels.weight(i, f"[{channel}, {place}]", weighs="")  # one weight for many places

    @public
    def __call__(self, inputs: Any) -> list[Value]:
        x = row(inputs)
        windows, outputs = self._windows(len(x)), list[Value]()
        for neuron in self.neurons:
            labels = NeuronLabels(neuron.name)
            for window in windows:
                inputs = [x[place] for place in window]
                outputs.append(neuron._forward(inputs, labels.at(len(outputs), window)))
        return outputs

    @public
    def weights(self) -> list[list[Value]]:
        """Return the weights as a matrix: a row for each number of a window, a column for each neuron."""
        return [list(weights) for weights in zip(*(neuron.w for neuron in self.neurons))]

    @public
    def structure(self) -> Structure:
        """Return the layer's Structure: its neurons, their windows, and the arguments to make it again."""
        options: dict[str, Any] = {"activation": self.neurons[0]._activation_argument()}
        if self.stride != 1:
            options["stride"] = self.stride
        return Structure(
            [neuron._unit() for neuron in self.neurons],
            [self.in_channels, len(self.neurons), self.kernel_size] if of_one_kind(self.neurons) else None,
            options,
            windows=self._windows,
            reads=self._reads,
            matrices=[Matrix(self.weights(), row="place")],
        )

    def _windows(self, count: int) -> list[list[int]]:
        """Return, for a number of inputs, the places of the inputs that are read at each position."""
        part = self.name or "this layer"
        length, left = divmod(count, self.in_channels)
        if left:
            raise NetworkError(
                f"{part} takes {plural(self.in_channels, 'channel')} of one length, and {plural(count, 'number')} "
                f"do not divide into {self.in_channels}: give them channel after channel."
            )
        if length < self.kernel_size:
            raise NetworkError(
                f"{part} reads {plural(self.kernel_size, 'place')} at a time, and each channel has {length}: give a "
                "longer row, or a smaller kernel_size."
            )
        starts = range(0, length - self.kernel_size + 1, self.stride)
        return [
            [
                channel * length + start + place
                for channel in range(self.in_channels)
                for place in range(self.kernel_size)
            ]
            for start in starts
        ]

    def _reads(self, outputs: int) -> int:
        """Return the smallest number of inputs that gives this number of outputs."""
        positions = max(1, -(-outputs // len(self.neurons)))
        return self.in_channels * (self.kernel_size + self.stride * (positions - 1))
