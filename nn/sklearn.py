"""`Classifier` and `Regressor`: networks with the methods of scikit-learn's estimators.

They work where its own do: in a Pipeline, in cross_val_score and GridSearchCV, with clone and pickle. This module is
loaded when `nn.sklearn` is first used, and needs scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import MissingExtra, choose

from .checks import NetworkError, items
from .layers import MLP
from .metrics import predict
from .optim import OPTIMIZERS
from .training import fit

try:
    import numpy as np
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError:
    raise MissingExtra("scikit-learn", "train", "nn.sklearn") from None

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .history import History
    from .names import Activation, BackendName, LossName, OptimizerName

__all__ = ["Classifier", "Regressor"]


class Estimator(BaseEstimator):  # type: ignore[misc]
    """What `Classifier` and `Regressor` have in common: the arguments, and the training."""

    model_: MLP
    n_iter_: int

    def __init__(
        self,
        sizes: Sequence[int] = (16,),
        activation: Activation = "tanh",
        *,
        optimizer: OptimizerName = "adam",
        lr: float | None = None,
        epochs: int = 200,
        batch_size: int | None = 32,
        patience: int | None = None,
        init: Any = None,
        backend: BackendName | None = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.sizes = sizes
        self.activation = activation
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.init = init
        self.backend = backend
        self.random_state = random_state
        self.verbose = verbose

    def _train(self, X: Any, y: Any, outputs: int, loss: LossName) -> None:
        """Make a network of so many outputs, and train it."""
        sizes = items(self.sizes)
        if sizes is None:
            raise NetworkError(f"sizes lists the neurons of each hidden layer, such as (16,), not {self.sizes!r}.")
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        model = MLP(X.shape[1], [*sizes, outputs], self.activation, rng=seed, init=self.init)
        optimizer: Any = self.optimizer
        if self.lr is not None:
            kind = OPTIMIZERS[choose("optimizer", optimizer, OPTIMIZERS, NetworkError)]
            optimizer = kind(model.parameters(), lr=self.lr)
        self.history_: History = fit(
            model, X, y, loss, optimizer, self.epochs,
            batch_size=self.batch_size,
            seed=seed, backend=self.backend, progress=bool(self.verbose), patience=self.patience,
        )  # fmt: skip
        self.model_, self.n_iter_ = model, self.history_.epochs

    def _outputs(self, X: Any) -> Any:
        """Return the network's outputs for rows, as an array with a column for each."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return np.asarray(predict(self.model_, X, self.backend)).reshape(len(X), -1)


class Classifier(ClassifierMixin, Estimator):  # type: ignore[misc]
    """A multilayer perceptron that predicts classes, trained on their cross-entropy.

    - `sizes`: the number of neurons of each hidden layer; () for none.
    - `activation`: of the hidden layers, as for `MLP`.
    - `optimizer`, `epochs`, `batch_size`, `patience`, `backend`: as for `fit`; an optimizer by its name.
    - `lr`: its learning rate; None is the rate that `fit` takes.
    - `init`: how the first weights are drawn, as for `MLP`.
    - `random_state`: a seed for weights and batches, or a generator of NumPy's; None for other weights each time.
    - `verbose`: whether `fit` shows a progress bar.

    After `fit`: `model_` is the MLP, whose outputs are a score for each of `classes_`; `history_` the History of the
    training, and `n_iter_` its number of epochs. Scale the features first, as for any network.

    >>> classifier = Classifier(sizes=(4,), epochs=100, random_state=0)
    >>> classifier.fit([[0.0], [0.2], [0.8], [1.0]], ["low", "low", "high", "high"]).predict([[0.1], [0.9]]).tolist()
    ['low', 'high']
    """

    classes_: Any

    def fit(self, X: Any, y: Any) -> Classifier:
        """Train a new network on rows and their classes, of any type, and return this classifier."""
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, targets = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise NetworkError("y has one class only, and a classifier learns to tell two or more classes apart.")
        self._train(X, targets, len(self.classes_), "cross_entropy")
        return self

    def predict_proba(self, X: Any) -> Any:
        """Return the probability of each class for each row: an array with a column for each of `classes_`."""
        scores = self._outputs(X)
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> Any:
        """Return the most probable class of each row."""
        scores = self._outputs(X)
        return self.classes_[scores.argmax(axis=1)]


class Regressor(RegressorMixin, Estimator):  # type: ignore[misc]
    """A multilayer perceptron that predicts numbers, trained on their squared error.

    The arguments are those of `Classifier`. `y` has a number for each row, or several. Scale features and targets
    first, as for any network.

    >>> regressor = Regressor(sizes=(), epochs=500, lr=0.1, random_state=0)
    >>> regressor.fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]).predict([[10.0]]).round(3).tolist()
    [21.0]
    """

    def fit(self, X: Any, y: Any) -> Regressor:
        """Train a new network on rows and their numbers, and return this regressor."""
        X, y = validate_data(self, X, y, dtype=float, multi_output=True, y_numeric=True)
        y = np.asarray(y, float)
        self._is_table = y.ndim > 1
        table = y.reshape(len(y), -1)
        self._train(X, table if table.shape[1] > 1 else table[:, 0], table.shape[1], "mse")
        return self

    def predict(self, X: Any) -> Any:
        """Return the number of each row, or its numbers where `y` had several."""
        outputs = self._outputs(X)
        return outputs if self._is_table else outputs[:, 0]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
