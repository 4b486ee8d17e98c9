"""The names of a program's forms, and what it says of parameters and of rows that do not fit it."""

from __future__ import annotations

from typing import Literal

from ..errors import NumberError
from ..printer import plural

FormName = Literal["matrices", "columns", "scalars"]
FORMS = ("matrices", "columns", "scalars")  # engine/program/forms.py says what each is


def check_parameters(count: int, shape: tuple[int, ...]) -> None:
    """Raise NumberError unless this is the shape of `count` parameters."""
    if shape != (count,):
        given = f"this is {plural(shape[0], 'number')}" if len(shape) == 1 else f"this has the shape {shape}"
        raise NumberError(
            f"parameters are {plural(count, 'number')}, one for each parameter in their order, and {given}: "
            "leave them out for the numbers that the parameters have now."
        )


def check_rows(inputs: int, shape: tuple[int, ...]) -> None:
    """Raise NumberError unless this is the shape of a row or more of so many inputs."""
    if len(shape) != 2 or shape[1] != inputs or not shape[0]:
        remedy = f"give one row or more, of {inputs} numbers each" if inputs else "leave X out"
        raise NumberError(f"X has the shape {shape}: {remedy}.")
