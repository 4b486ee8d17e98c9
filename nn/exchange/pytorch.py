"""PyTorch modules from the parts of a model, and models from PyTorch modules."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from engine import described

from ..checks import NetworkError
from ..convolution import Conv1d
from ..dropout import Dropout
from ..layers import MLP, SOFTMAX, Layer
from ..losses import softmax
from ..sequential import Sequential
from .parts import PortablePart, compare, outputs_of_parts, parts_of, sample_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..module import Module

SOFTPLUS_END = 500.0  # from where on Softplus is x itself; PyTorch's own 20 leaves out 2e-9
# The activations that PyTorch has a module for, and for each the settings that make it ours.
MODULES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "relu": (nn.ReLU, {}),
    "tanh": (nn.Tanh, {}),
    "sigmoid": (nn.Sigmoid, {}),
    "leaky_relu": (nn.LeakyReLU, {"negative_slope": 0.01}),
    "elu": (nn.ELU, {"alpha": 1.0}),
    "softplus": (nn.Softplus, {"threshold": SOFTPLUS_END}),
    "silu": (nn.SiLU, {}),
    "gelu": (nn.GELU, {"approximate": "none"}),
    SOFTMAX: (nn.Softmax, {"dim": 1}),
    "linear": (nn.Identity, {}),
}
# Those that it has a function for.
TORCH_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(torch, name) for name in (
        "abs", "neg", "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "atan", "log10",
        "exp2", "erf", "detach",
    )},
    "threshold": lambda x: (x >= 0).to(x.dtype),
}  # fmt: skip


class Elementwise(nn.Module):  # type: ignore[misc, unused-ignore]
    """A function of PyTorch's applied to each number, such as torch.sin."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def forward(self, x: Any) -> Any:
        """Return the function of each number."""
        return TORCH_FUNCTIONS[self.name](x)

    def extra_repr(self) -> str:
        """Return what stands in the module's text."""
        return self.name


def module_of(parts: list[PortablePart], dtype: str) -> Any:
    """Return a torch.nn.Sequential of parts, in evaluation mode."""
    modules: OrderedDict[str, Any] = OrderedDict()
    for part in parts:
        if part.kind == "convolution":
            modules[f"{part.name}_channels"] = nn.Unflatten(1, (part.channels, -1))
            has_bias = part.units[0].bias is not None
            modules[part.name] = nn.Conv1d(part.channels, len(part.units), part.kernel, part.stride, bias=has_bias)
        elif part.kind == "dense":
            has_bias = part.units[0].bias is not None
            modules[part.name] = nn.Linear(len(part.units[0].weights), len(part.units), bias=has_bias)
        elif part.kind == "dropout":
            modules[part.name] = nn.Dropout(part.p)
        if part.kind == "function":
            modules[part.name] = _activation(part.activation)
        elif part.activation != "linear":
            modules[f"{part.name}_{part.activation}"] = _activation(part.activation)
        if part.kind == "convolution":
            modules[f"{part.name}_row"] = nn.Flatten(1)
    module = nn.Sequential(modules).to(getattr(torch, dtype)).eval()
    parameters = dict(module.named_parameters())
    for part in parts:
        for name, tensor in part.tensors.items():
            numbers = torch.tensor([leaf.data for leaf in tensor.leaves], dtype=torch.float64).reshape(tensor.shape)
            with torch.no_grad():
                parameters[name].copy_(numbers)
            parameters[name].requires_grad_(any(leaf.requires_grad for leaf in tensor.leaves))
    row = sample_row(parts)
    with torch.no_grad():
        outputs = module(torch.tensor([row], dtype=getattr(torch, dtype)))[0].tolist()
    compare(outputs_of_parts(parts, row), outputs, 1e-9 if dtype == "float64" else 1e-3, "to_torch()")
    return module


def _activation(name: str) -> Any:
    if name in MODULES:
        kind, options = MODULES[name]
        return kind(**options)
    if name in TORCH_FUNCTIONS:
        return Elementwise(name)
    raise NetworkError(f"to_torch(): PyTorch has no {name}: write the module by hand, or use another activation.")


def model_of(module: Any) -> Module:
    """Return the model that a PyTorch module is."""
    if not isinstance(module, nn.Module):
        raise NetworkError(f"from_torch() takes a torch.nn.Module, not {described(module)}.")
    listed = [(name, each) for name, each in _flat("", module) if not isinstance(each, (nn.Identity, nn.Flatten))]
    layers: list[tuple[Any, Any]] = []  # a layer, or a function; and the module that its weights come from
    for name, each in listed:
        if isinstance(each, nn.Unflatten):
            continue  # a row has no dimensions here; Conv1d reads channel after channel
        activation = _activation_name(each, name)
        last = layers[-1][0] if layers else None
        if activation == SOFTMAX:
            layers.append((SOFTMAX, None))
        elif activation and isinstance(last, dict) and last["activation"] == "linear":
            last["activation"] = activation
        elif activation:
            layers.append((activation, None))
        elif isinstance(each, nn.Dropout):
            layers.append((Dropout(each.p), None))
        else:
            layers.append((_layer(each, name), each))
    if not any(isinstance(layer, dict) for layer, _ in layers):
        raise NetworkError("from_torch(): the module has no Linear and no Conv1d, and so no weights.")
    model = _mlp(layers) or _sequential(layers)
    parts = parts_of(model, "from_torch()")
    sources = [each for _, each in layers if each is not None]
    for part, source in zip([part for part in parts if part.units], sources):
        _fill(part, source)
    _check_module(module, parts)
    return model


def _flat(name: str, module: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(module, nn.Sequential):
        for inner, each in module.named_children():
            yield from _flat(f"{name}.{inner}" if name else inner, each)
    else:
        yield name, module


def _activation_name(module: Any, name: str) -> str:
    """Return the name of an activation; "" for another module. An activation with other settings is refused."""
    if isinstance(module, Elementwise):
        return module.name
    for activation, (kind, options) in MODULES.items():
        if type(module) is kind:
            for option, value in options.items():
                own = getattr(module, option)
                fine = own in (1, -1) if option == "dim" else option == "threshold" or own == value
                if not fine:
                    raise NetworkError(
                        f"from_torch(): {name or 'the module'} has {option}={own!r}, and {activation} here is that "
                        f"of {option}={value!r}."
                    )
            if getattr(module, "beta", 1) != 1:
                raise NetworkError(
                    f"from_torch(): {name} has beta={module.beta!r}, and softplus here that of beta=1."
                )
            return activation
    return ""


def _layer(module: Any, name: str) -> dict[str, Any]:
    """Return the arguments of the layer that a Linear or a Conv1d is."""
    if type(module) is nn.Linear:
        return {"inputs": module.in_features, "neurons": module.out_features, "activation": "linear", "name": name}
    if type(module) is nn.Conv1d:
        plain = (module.padding, module.dilation, module.groups) == ((0,), (1,), 1)
        if not plain or module.padding_mode != "zeros":
            raise NetworkError(f"from_torch(): {name} has padding, dilation or groups, which Conv1d here has not.")
        return {
            "in_channels": module.in_channels, "out_channels": module.out_channels, "activation": "linear",
            "kernel_size": module.kernel_size[0], "stride": module.stride[0], "name": name,
        }  # fmt: skip
    known = "Linear, Conv1d, Softmax, Dropout and activations"
    raise NetworkError(
        f"from_torch(): {name or 'the module'} is {described(module)}, which has no counterpart here: a "
        f"Sequential of {known} has."
    )


def _mlp(layers: list[tuple[Any, Any]]) -> MLP | None:
    """Return an MLP for layers that one can be, with their names; None if they are something else."""
    *hidden, last = [layer for layer, _ in layers if layer != SOFTMAX]
    dense = [layer for layer in (*hidden, last) if isinstance(layer, dict) and "neurons" in layer]
    ends_in_softmax = layers[-1][0] == SOFTMAX
    if len(dense) < len(hidden) + 1 or len(layers) - len(dense) != ends_in_softmax:
        return None
    names = [layer["name"] for layer in dense]
    activations = {layer["activation"] for layer in dense[:-1]}
    if len(activations) > 1 or names != [f"layer{number}" for number in range(1, len(dense) + 1)]:
        return None
    if ends_in_softmax and (last["activation"] != "linear" or last["neurons"] == 1):
        return None
    output: Any = SOFTMAX if ends_in_softmax else last["activation"]
    activation: Any = activations.pop() if activations else "tanh"
    return MLP(dense[0]["inputs"], [layer["neurons"] for layer in dense], activation, output, rng=0)


def _sequential(layers: list[tuple[Any, Any]]) -> Sequential:
    parts: list[Any] = []
    for layer, _ in layers:
        if isinstance(layer, dict):
            name = layer["name"]
            options = layer | {"rng": 0, "name": f"layer{name}" if name[:1].isdigit() else name}
            parts.append(Layer(**options) if "neurons" in layer else Conv1d(**options))
        else:
            parts.append(softmax if layer == SOFTMAX else layer)
    return Sequential(*parts)


def _fill(part: PortablePart, source: Any) -> None:
    for name, tensor in part.tensors.items():
        numbers = getattr(source, name.rpartition(".")[2])
        if numbers is None:  # a Linear without bias
            for leaf in tensor.leaves:
                leaf.requires_grad = False
            continue
        if tuple(numbers.shape) != tensor.shape:
            raise NetworkError(f"from_torch(): {name} has the shape {tuple(numbers.shape)}, not {tensor.shape}.")
        for leaf, number in zip(tensor.leaves, numbers.detach().to(torch.float64).reshape(-1).tolist()):
            leaf.data = number
            leaf.requires_grad = bool(numbers.requires_grad)


def _check_module(module: Any, parts: list[PortablePart]) -> None:
    row = sample_row(parts)
    dtype = next(module.parameters()).dtype
    training = {each: each.training for each in module.modules()}
    module.eval()
    try:
        with torch.no_grad():
            outputs = module(torch.tensor([row], dtype=dtype, device=next(module.parameters()).device))
    finally:
        for each, mode in training.items():
            each.training = mode
    compare(
        outputs.reshape(-1).tolist(),
        outputs_of_parts(parts, row),
        1e-6 if dtype == torch.float64 else 1e-2,
        "from_torch()",
    )
