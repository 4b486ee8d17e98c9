"""A program where NumPy is not installed: the scalar form alone, over lists of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..arguments import choose, described, public
from ..backward import grad
from ..checks import in_row
from ..errors import ArgumentError, GradwalkError, MissingExtra, NumberError, real
from ..files import checked_path
from ..printer import plural
from ..unrecorded import recording
from ..value import Value
from .scalars import Scalars
from .shapes import FORMS, check_parameters, check_rows
from .standalone import c_of, write_file
from .steps import Steps

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence


@public
class PlainProgram:
    """Plain Python code for the value and the gradients of a recorded graph; see `engine.compile`.

    It is what `compile` gives where NumPy is not installed. Results are floats and lists of them.

    - `form`: the form that it runs in, and why.
    - `source`: the code.
    - `nodes`: how many scalars it replaces.
    - `parameters`: the leaves whose gradients it computes.
    """

    parameters: list[Value]

    def __init__(
        self,
        output: Value | Sequence[Value],
        inputs: Sequence[Value],
        parameters: Sequence[Value],
        form: str | None = None,
    ) -> None:
        if form is not None and choose("form", form, FORMS, ArgumentError) != "scalars":
            raise MissingExtra("NumPy", "train", f"form={form!r}")
        self._single = isinstance(output, Value)
        outputs = [output] if isinstance(output, Value) else output
        self.parameters, self._steps = list(parameters), Steps.recorded(outputs, inputs, parameters)
        self.nodes: int = self._steps.first_constant + len(self._steps.constants)
        self._scalars = Scalars(self._steps)
        self.form = "scalars: NumPy, which the other forms need, is not installed"
        self.source: str = "\n\n".join(self._scalars.sources.values())

    def __str__(self) -> str:
        return f"{self.source}\n{plural(self.nodes, 'scalar node')}, as plain Python"

    def __repr__(self) -> str:
        return str(self)

    @public
    def numbers(self) -> list[float]:
        """Return the parameters' numbers as they are now, in their order."""
        return [parameter.data for parameter in self.parameters]

    @public
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the program as plain C to a file whose name ends with .c; see `Program.save`.

        Raises MissingExtra for ".py", which needs NumPy, and ArgumentError for another ending.
        """
        path = checked_path(path, (".c", ".py"), "program", ArgumentError)
        if path.suffix.lower() == ".py":
            raise MissingExtra("NumPy", "train", "a program as a .py file")
        named = [(parameter.label, parameter.data) for parameter in self.parameters]
        write_file(path, c_of(self._scalars, named, self._steps.inputs, len(self._steps.outputs)))

    @public
    def __call__(self, X: Any = None, parameters: Any = None) -> list[Any]:
        """Return the outputs of each row: a list of numbers, or of lists for a list of outputs.

        - `X`: rows of inputs, as many numbers in each as there are inputs; None for a program without inputs.
        - `parameters`: the parameters' numbers, in their order; None for those that they have now.

        Raises NumberError for what is not numbers, and for another shape; what eager code raises, where a row has no
        value.
        """
        numbers, rows = self._numbers(parameters), self._rows(X)
        results = self._scalars.outputs(numbers, rows)
        if results is None:
            results = [self._replayed(numbers, row, at)[0] for at, row in enumerate(rows)]
        return [row[0] for row in results] if self._single else results

    @public
    def value_and_grad(self, X: Any = None, parameters: Any = None) -> tuple[float, list[float]]:
        """Return the output's mean over the rows, and its gradients in the order of the parameters.

        For a list of outputs, it is the mean of their sum. The arguments, and what is raised for them, are those of a
        call.
        """
        numbers, rows = self._numbers(parameters), self._rows(X)
        result = self._scalars.value_and_grad(numbers, rows)
        if result is None:
            values, gradients = zip(*(self._replayed(numbers, row, at, True) for at, row in enumerate(rows)))
            count = len(rows)
            return sum(map(sum, values)) / count, [sum(column) / count for column in zip(*gradients)]
        return result

    def _replayed(
        self, numbers: list[float], row: list[float], at: int, derive: bool = False
    ) -> tuple[list[float], list[float]]:
        """Return the outputs of a row and the gradients by Values, which raise the errors of eager code."""
        try:
            with recording():
                made = self._steps.followed(numbers, row)
                outputs, leaves = [made[output] for output in self._steps.outputs], made[: self._steps.parameters]
                slopes = grad(sum(outputs[1:], outputs[0]), leaves) if derive else []
        except GradwalkError as error:
            raise in_row(error, at) if self._scalars.batched else error from None
        return [output.data for output in outputs], [slope.data for slope in slopes]

    def _numbers(self, given: Any) -> list[float]:
        if given is None:
            return self.numbers()
        numbers = [_as_number(each, f"parameters[{at}]") for at, each in enumerate(_as_list(given, "parameters"))]
        if len(numbers) != len(self.parameters):
            check_parameters(len(self.parameters), (len(numbers),))
        return numbers

    def _rows(self, X: Any) -> list[list[float]]:
        inputs = self._steps.inputs
        if X is None and not inputs:
            return [[]]
        rows = []
        for at, row in enumerate(_as_list(X, "X")):
            rows.append(
                [_as_number(each, f"X[{at}][{place}]") for place, each in enumerate(_as_list(row, f"X[{at}]"))]
            )
        if not rows or any(len(row) != inputs for row in rows):
            check_rows(inputs, (len(rows), *{len(row) for row in rows if len(row) != inputs}))
        return rows if self._scalars.batched else rows[:1]


def _as_list(given: Any, name: str) -> Any:
    if isinstance(given, (str, bytes, dict, set)) or not hasattr(given, "__len__"):
        raise NumberError(f"{name} is a list of numbers, not {described(given)}.")
    return given


def _as_number(given: Any, name: str) -> float:
    if type(given) is float and given == given:
        return given
    try:
        return real(given)
    except GradwalkError as error:
        raise type(error)(f"{name}: {error}") from None
