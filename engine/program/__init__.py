"""From scalars back to matrices: roll a recorded graph into array code, and run it on many rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import public
from ..checks import check_nodes
from ..errors import ArgumentError
from ..graph import operations
from ..printer import expression
from ..rules import UNLISTED
from ..unrecorded import check_recorded, is_unrecorded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..value import Value
    from .program import Program
    from .shapes import FormName


@public
def compile(
    output: Value | Sequence[Value],
    inputs: Sequence[Value] = (),
    parameters: Sequence[Value] = (),
    form: FormName | None = None,
) -> Program:
    """Return code for a recorded graph: for its value, and for its gradients by the parameters.

    The code has three forms: matrices, which find the layers in the scalars; columns, in which each node is a vector
    of rows; and scalars, plain Python over floats. For each number of rows the fastest runs, and `program.form` says
    which and why.

    - `output`: the node to compute, or a list of them.
    - `inputs`: leaves that get a batch axis: one number a row. Give the graph of one sample and its inputs, or that
      of a whole batch and none.
    - `parameters`: the leaves to derive by. Any other leaf is a constant, with the number that it holds now.
    - `form`: "matrices", "columns" or "scalars" for this form only; None for the fastest.

    In its source, a matrix has a row for each neuron and a column for each input: W · x. A layer's `weights()` has a
    row for each input and a column for each neuron.

    Raises ArgumentError for what is not a leaf, or is given twice, and for an unknown form. Where NumPy is not
    installed, scalars are the only form: it takes and returns lists. MissingExtra is raised for another one.

    >>> from engine import Value
    >>> w, b, x = Value(2.0, "w"), Value(1.0, "b"), Value(0.0, "x")
    >>> program = compile((w * x + b) ** 2, inputs=[x], parameters=[w, b])
    >>> program([[1.0], [2.0]]).tolist()
    [9.0, 25.0]
    >>> value, gradients = program.value_and_grad([[1.0], [2.0]])
    >>> value, gradients.tolist()
    (17.0, [13.0, 8.0])
    """
    outputs, inputs = check_nodes(output, "compile(): output"), check_nodes(inputs, "compile(): inputs")
    parameters = check_nodes(parameters, "compile(): parameters")
    if not outputs:
        raise ArgumentError("compile(): output is empty: give the Value to compute, or a list of them.")
    for each in outputs:
        if is_unrecorded(each) and each not in (*inputs, *parameters):
            check_recorded(each, "compile()")
    if UNLISTED:
        _list_operations(outputs)
    try:
        from .program import Program
    except ModuleNotFoundError as error:
        if error.name != "numpy":
            raise
        from .plain import PlainProgram

        return PlainProgram(output, inputs, parameters, form)  # type: ignore[return-value]
    return Program(output, inputs, parameters, form)


def _list_operations(outputs: Sequence[Value]) -> None:
    """Make operations that a program wrote itself those of the table; raise an error for one that the table lacks."""
    for node in operations(*outputs):
        if node._op_row in UNLISTED:
            into_table = getattr(node, "into_table", None)
            if into_table is None:
                raise ArgumentError(f"compile(): {expression(node)} is in no table of operations: define() it.")
            into_table()
