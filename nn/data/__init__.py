"""Data sets, generated or real, and functions that split them for a test, scale them and put them into batches."""

from typing import TYPE_CHECKING, Any

from .batching import batches, orders, split
from .csv_file import csv
from .dataset import Dataset
from .generated import SHAPE_LINES, blobs, circles, linear, moons, shapes, spiral, xor
from .library import digits, iris
from .scaling import Scaler, normalize, standardize
from .vectors import bag_of_letters, bag_of_words, one_hot, pixels, vocabulary, windows

__all__ = [
    "SHAPE_LINES",
    "Dataset",
    "Scaler",
    "bag_of_letters",
    "bag_of_words",
    "batches",
    "blobs",
    "circles",
    "csv",
    "digits",
    "iris",
    "linear",
    "moons",
    "normalize",
    "one_hot",
    "orders",
    "pixels",
    "shapes",
    "spiral",
    "split",
    "standardize",
    "vocabulary",
    "windows",
    "xor",
]

if not TYPE_CHECKING:  # a type checker knows every name without it

    def __getattr__(name: str) -> Any:
        from ..other_libraries import refuse

        refuse(name, "nn.data")
