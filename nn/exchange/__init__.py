"""Models for other programs, and from them: PyTorch modules, and files of ONNX and of safetensors.

Each needs its package only when it is called. Before a model is handed over, its parts are computed for one row and
compared with the model itself, so that no other model than this one is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import MissingExtra, described, public

from ..checks import NetworkError, choose

if TYPE_CHECKING:
    from ..module import Module

__all__ = ["from_torch", "to_torch"]

DTYPES = dict.fromkeys(("float64", "float32"))


@public
def to_torch(model: Module, dtype: str = "float64") -> Any:
    """Return a torch.nn.Sequential that computes what a model computes, with the same weights.

    - `model`: an MLP, Layer, Neuron or Conv1d, a Sequential of these, of functions and of Dropout, or a Module of
      your own whose `structure()` says as much.
    - `dtype`: "float64" or "float32".

    Its parts have the names of the layers, so `state_dict()` has "layer1.weight", neurons × inputs, and
    "layer1.bias". It takes rows, (rows, inputs), and returns (rows, outputs), also for a model of one output. It is
    in evaluation mode: `train()` lets Dropout drop. A tensor whose weights are all frozen requires no gradient.

    Raises NetworkError for a part that PyTorch has no counterpart for, MissingExtra where PyTorch is not installed.

    >>> from nn import MLP
    >>> to_torch(MLP(2, [3, 1], rng=0))  # doctest: +SKIP
    Sequential(
      (layer1): Linear(in_features=2, out_features=3, bias=True)
      (layer1_tanh): Tanh()
      (layer2): Linear(in_features=3, out_features=1, bias=True)
    )
    """
    from .parts import parts_of

    dtype = choose(DTYPES, dtype, "dtype", "") or dtype
    parts = parts_of(model, "to_torch()")
    return _pytorch("to_torch()").module_of(parts, dtype)


@public
def from_torch(module: Any) -> Module:
    """Return a model that computes what a PyTorch module computes, with the same weights.

    - `module`: a torch.nn.Linear, or a torch.nn.Sequential of Linear, Conv1d, activations, Softmax and Dropout.

    It is an MLP where the parts allow it, else a Sequential; layers have the module's names. A Linear without bias
    has a bias that is 0 and frozen. Softplus is exact here also above 20, where PyTorch's gives x itself.

    Raises NetworkError for a part that has no counterpart here, MissingExtra where PyTorch is not installed.

    >>> from nn import MLP
    >>> from_torch(to_torch(MLP(2, [3, 1], "relu", rng=0)))  # doctest: +SKIP
    MLP(2, [3, 1], activation='relu', output='linear')
    """
    model: Module = _pytorch("from_torch()").model_of(module)
    return model


def _pytorch(purpose: str) -> Any:
    try:
        import torch  # noqa: F401
    except ImportError:
        raise MissingExtra("PyTorch", "torch", purpose) from None
    from . import pytorch

    return pytorch


def checked_module(thing: Any, place: str) -> None:
    """Raise NetworkError for what is not a Module."""
    from ..module import Module

    if not isinstance(thing, Module):
        raise NetworkError(f"{place} takes a Module, such as MLP(2, [3, 1]), not {described(thing)}.")
