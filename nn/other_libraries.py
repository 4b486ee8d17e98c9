"""Answer names of other libraries, such as `model.forward` or `nn.Linear`, with what to write in Gradwalk."""

from __future__ import annotations

import sys
from abc import ABCMeta
from typing import Any, NoReturn

from engine import UnknownAttribute, nearest

# Methods of models in PyTorch, Keras and scikit-learn, and what to write here instead.
METHODS = {
    "forward": "call it: model(row)",
    "fit": "nn.fit(model, X, y)",
    "train": "leave it out: a model has no modes. nn.fit(model, X, y) trains it; nn.dropping(rng) lets Dropout drop",
    "eval": "leave it out: a model has no modes. Dropout drops in nn.fit and in nn.dropping(rng) alone",
    "predict": "nn.predict(model, X)",
    "predict_proba": "nn.predict(model, X), with output='sigmoid' or nn.losses.softmax",
    "classify": "nn.classify(model, X)",
    "score": "nn.accuracy(model, X, y)",
    "accuracy": "nn.accuracy(model, X, y)",
    "evaluate": "nn.evaluate(model, X, y)",
    "compile": "engine.compile, on the graph of a row",
    "backward": "loss.backward(), on the result of a loss",
    "step": "optimizer.step()",
    "state_dict": "nn.save(model, 'model.json')",
    "load_state_dict": "nn.load(model, 'model.json')",
    "save": "nn.save(model, 'model.json')",
    "load": "nn.load(model, 'model.json')",
    "get_weights": "model.weights()",
    "coefs_": "model.weights()",
    "named_parameters": "model.parameters(), whose labels are their names",
    "children": "the attributes that hold the parts, such as model.layers",
    "modules": "the attributes that hold the parts, such as model.layers",
    "requires_grad_": "parameter.requires_grad = False for each parameter",
    "to": "leave it out: numbers are Python's floats. nn.fit(..., backend='jax') runs on accelerators",
    "cuda": "leave it out: numbers are Python's floats. nn.fit(..., backend='jax') runs on accelerators",
    "cpu": "leave it out: numbers are Python's floats",
    "double": "leave it out: numbers have 64 bits",
    "half": "leave it out: numbers have 64 bits",
    "plot": "nn.plot.network(model)",
    "draw": "engine.draw, on the graph of a row: draw(model(row))",
    "params": "model.parameters()",
}

# Names in `torch.nn`, `torch.optim` and Keras, and what to write with `nn` instead.
OTHER_CLASSES = {
    "Linear": "nn.Layer(2, 3)",
    "Dense": "nn.Layer(2, 3)",
    "RNN": "nn.Recurrent(1, 4, 1)",
    "ReLU": "activation='relu'",
    "Tanh": "activation='tanh'",
    "Sigmoid": "activation='sigmoid'",
    "Softmax": "nn.losses.softmax(scores)",
    "relu": "z.relu(), or activation='relu'",
    "tanh": "z.tanh(), or activation='tanh'",
    "sigmoid": "z.sigmoid(), or activation='sigmoid'",
    "functional": "the methods of a Value, such as z.relu(), and nn.losses",
    "MSELoss": "nn.losses.mse(prediction, target)",
    "mse_loss": "nn.losses.mse(prediction, target)",
    "L1Loss": "nn.losses.mae(prediction, target)",
    "HuberLoss": "nn.losses.huber(prediction, target)",
    "BCELoss": "nn.losses.binary_cross_entropy(prediction, target)",
    "BCEWithLogitsLoss": "nn.losses.binary_cross_entropy_on_logits(score, target)",
    "CrossEntropyLoss": "nn.losses.cross_entropy(scores, target)",
    "mse": "nn.losses.mse(prediction, target)",
    "cross_entropy": "nn.losses.cross_entropy(scores, target)",
    "softmax": "nn.losses.softmax(scores)",
    "SGD": "nn.optim.SGD(model.parameters(), lr=0.1)",
    "Adam": "nn.optim.Adam(model.parameters(), lr=0.01)",
    "Parameter": "engine.Value(0.0, 'w')",
    "Tensor": "engine.Value(0.0, 'w')",
    "Value": "engine.Value(0.0, 'w')",
    "moons": "nn.data.moons(100)",
}


class MethodElsewhere:
    """A descriptor for a method that only other libraries have: reading it raises UnknownAttribute with a remedy.

    An attribute of that name on the model itself comes first. `__getattr__` would do the same, and slow down
    every attribute that is read.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, model: Any, kind: Any = None) -> NoReturn:
        owner = kind.__name__ if kind is not None else type(model).__name__
        raise UnknownAttribute(f"{owner} has no {self.name}: {_clause(METHODS[self.name])}.")


class Listing(ABCMeta):
    """The class of `Module`, whose `dir` leaves out the methods of other libraries: prompts complete by it.

    It is an ABCMeta, so that a model may derive from a class with abstract methods, too.
    """

    def __dir__(cls) -> list[str]:
        return [name for name in type.__dir__(cls) if not is_elsewhere(cls, name)]


def is_elsewhere(kind: type, name: str) -> bool:
    """Tell whether an attribute of a class of models is a method that only other libraries have."""
    attribute = next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None)
    return isinstance(attribute, MethodElsewhere)


def _clause(instead: str) -> str:
    return instead if instead.startswith(("leave", "call")) else f"use {instead}"


# Names of other libraries in the modules of `nn`, and what to write there instead.
MODULE_NAMES: dict[str, dict[str, str]] = {
    "nn": OTHER_CLASSES,
    "nn.optim": {
        **dict.fromkeys(
            ("GradientDescent", "Momentum", "Nesterov"), "nn.optim.SGD(model.parameters(), momentum=0.9)"
        ),
        **dict.fromkeys(("ASGD", "SWA"), "nn.optim.AveragedSGD(model.parameters())"),
        "lr_scheduler": "nn.schedules, as in nn.fit(..., schedule=nn.schedules.cosine(100))",
        "schedules": "nn.schedules, as in nn.fit(..., schedule=nn.schedules.cosine(100))",
        **dict.fromkeys(("clip_grad_norm_", "clip_grad_norm"), "nn.optim.clip_norm(model.parameters(), 1.0)"),
        "clip_grad_value_": "nn.optim.clip_value(model.parameters(), 1.0)",
    },
    "nn.losses": {
        **{name: text for name, text in OTHER_CLASSES.items() if name.endswith("oss") and "losses" in text},
        **dict.fromkeys(("MAE", "L1"), "nn.losses.mae(prediction, target)"),
        **dict.fromkeys(("MeanSquaredError", "mean_squared_error", "squared_error"), OTHER_CLASSES["MSELoss"]),
        **dict.fromkeys(("mean_absolute_error", "MeanAbsoluteError"), OTHER_CLASSES["L1Loss"]),
        **dict.fromkeys(("bce", "BCE", "BinaryCrossentropy", "log_loss"), OTHER_CLASSES["BCELoss"]),
        **dict.fromkeys(("bce_with_logits", "logits"), OTHER_CLASSES["BCEWithLogitsLoss"]),
        **dict.fromkeys(
            ("categorical_crossentropy", "sparse_categorical_crossentropy", "nll_loss", "NLLLoss"),
            OTHER_CLASSES["CrossEntropyLoss"],
        ),
    },
    "nn.data": {
        **dict.fromkeys(("read_csv", "load_csv", "from_csv"), "nn.data.csv('table.csv', target='name')"),
        "DataLoader": "nn.data.batches(X, y, batch_size=32)",
        "train_test_split": "nn.data.split(X, y)",
        "random_split": "nn.data.split(X, y)",
        **dict.fromkeys(("StandardScaler", "scale"), "nn.data.standardize(X)"),
        **dict.fromkeys(("MinMaxScaler", "minmax"), "nn.data.normalize(X)"),
        **dict.fromkeys(("OneHotEncoder", "to_categorical", "get_dummies"), "nn.data.one_hot(values)"),
        **dict.fromkeys(("CountVectorizer", "tokenize"), "nn.data.bag_of_words(texts)"),
        **dict.fromkeys(("mnist", "MNIST", "load_digits"), "nn.data.digits()"),
        "load_iris": "nn.data.iris()",
        "make_moons": "nn.data.moons(100)",
        "make_blobs": "nn.data.blobs(100)",
        "make_circles": "nn.data.circles(100)",
        "TensorDataset": "nn.data.Dataset(X, y)",
        "shuffle": "nn.data.batches(X, y), which shuffles, or nn.data.split(X, y)",
    },
    "nn.plot": {
        **dict.fromkeys(("history", "training", "curve", "learning_curve"), "nn.plot.losses(history)"),
        **dict.fromkeys(("decision_boundary",), "nn.plot.boundary(model, X, y)"),
        **dict.fromkeys(("confusion_matrix", "ConfusionMatrixDisplay"), "nn.plot.confusion(matrix)"),
        **dict.fromkeys(("heat_map", "matrix"), "nn.plot.weights(model)"),
        **dict.fromkeys(("model", "graph", "net"), "nn.plot.network(model)"),
        **dict.fromkeys(("surface", "loss_landscape"), "nn.plot.descent(loss_function, path)"),
        **dict.fromkeys(("imshow", "image"), "nn.plot.digits(X, probabilities)"),
        **dict.fromkeys(("show", "savefig", "save"), "the plot itself: ax = nn.plot.losses(history); ax.show()"),
    },
}
MODULES_LISTED = tuple(MODULE_NAMES)


def refuse(name: str, module: str = "nn") -> NoReturn:
    """Raise UnknownAttribute for a name that a module does not have, with what to write instead.

    `module` is "nn", or one of its modules, such as "nn.optim". A name that is in no table, is not spelled nearly
    like one of the module's and is in no other module raises AttributeError, as Python does.

    >>> refuse("Linear")
    Traceback (most recent call last):
    engine.errors.UnknownAttribute: nn has no Linear: use nn.Layer(2, 3).
    >>> refuse("SDG", "nn.optim")
    Traceback (most recent call last):
    engine.errors.UnknownAttribute: nn.optim has no SDG: did you mean nn.optim.SGD?
    """
    if not name.startswith("_"):
        if name in MODULE_NAMES[module]:
            raise UnknownAttribute(f"{module} has no {name}: {_clause(MODULE_NAMES[module][name])}.")
        known = {other: _public(other) for other in MODULES_LISTED}
        for other in MODULES_LISTED:
            if name in known[other]:
                raise UnknownAttribute(f"{module} has no {name}: use {other}.{name}.")
        if near := nearest(name, known[module]):
            raise UnknownAttribute(f"{module} has no {name}: did you mean {module}.{near[0]}?")
        for other in MODULES_LISTED:
            if name in MODULE_NAMES[other]:
                raise UnknownAttribute(f"{module} has no {name}: {_clause(MODULE_NAMES[other][name])}.")
    raise AttributeError(f"module {module!r} has no attribute {name!r}")


def _public(module: str) -> list[str]:
    """Return the public names of a module that is loaded; none while it is not."""
    names = vars(sys.modules[module]) if module in sys.modules else {}
    return [*names.get("__all__", ()), *names.get("NAMED", ())]
