"""Real data that come with scikit-learn, without a download."""

from __future__ import annotations

from typing import Any

from engine import MissingExtra, public

from .dataset import Dataset


@public
def iris() -> Dataset:
    """Return 150 iris flowers of three species, 50 of each: four lengths in cm, and the species.

    Raises MissingExtra without scikit-learn.

    Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", 1936.

    >>> iris()
    Dataset(iris: 150 rows × 4 features, classes setosa: 50, versicolor: 50, virginica: 50)
    """
    return _load("iris")


@public
def digits() -> Dataset:
    """Return 1,797 handwritten digits: 64 pixels, 8 lines of 8, each from 0 (paper) to 16 (ink), and the digit.

    Raises MissingExtra without scikit-learn.
    Source: E. Alpaydin and C. Kaynak, "Optical recognition of handwritten digits", UCI, 1998.

    >>> len(digits().X), len(digits().X[0]), digits().y[:5]
    (1797, 64, (0, 1, 2, 3, 4))
    """
    return _load("digits")


def _load(name: str) -> Dataset:
    try:
        from sklearn import datasets
    except ImportError:
        raise MissingExtra("scikit-learn", "train", f"data.{name}()") from None
    table: Any = getattr(datasets, f"load_{name}")()
    classes = [str(kind) for kind in table.target_names.tolist()]
    return Dataset(table.data, table.target, table.feature_names, classes, name)
