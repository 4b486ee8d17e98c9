"""Data sets, generated or real, and functions that split them for a test, scale them and put them into batches."""

from .batching import batches, orders, split
from .dataset import Dataset
from .generated import SHAPE_LINES, blobs, circles, linear, moons, shapes, spiral, xor
from .library import digits, iris
from .scaling import Scaler, normalize, standardize

__all__ = [
    "SHAPE_LINES",
    "Dataset",
    "Scaler",
    "batches",
    "blobs",
    "circles",
    "digits",
    "iris",
    "linear",
    "moons",
    "normalize",
    "orders",
    "shapes",
    "spiral",
    "split",
    "standardize",
    "xor",
]
