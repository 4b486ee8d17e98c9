"""Answer names of other libraries, such as `model.forward` or `nn.Linear`, with what to write in Gradwalk."""

from __future__ import annotations

from typing import Any, NoReturn

from engine import UnknownAttribute

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

    An attribute of that name on the model itself comes first.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, model: Any, kind: Any = None) -> NoReturn:
        owner = kind.__name__ if kind is not None else type(model).__name__
        raise UnknownAttribute(f"{owner} has no {self.name}: {_clause(METHODS[self.name])}.")


def _clause(instead: str) -> str:
    return instead if instead.startswith(("leave", "call")) else f"use {instead}"


def refuse(name: str) -> NoReturn:
    """Raise UnknownAttribute for a name that module `nn` does not have, with what to write instead.

    A name that no table lists raises AttributeError, as Python does.

    >>> refuse("Linear")
    Traceback (most recent call last):
    engine.errors.UnknownAttribute: nn has no Linear: use nn.Layer(2, 3).
    """
    if name in OTHER_CLASSES:
        raise UnknownAttribute(f"nn has no {name}: {_clause(OTHER_CLASSES[name])}.")
    raise AttributeError(f"module 'nn' has no attribute {name!r}")
