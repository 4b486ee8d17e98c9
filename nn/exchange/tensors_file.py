"""Files of safetensors: the numbers of a model by name and shape, with every bit, for any library.

Such a file is the length of a header, the header in JSON, and then the numbers; see
https://github.com/huggingface/safetensors for the format.
"""

from __future__ import annotations

import json
from struct import calcsize, error as struct_error, pack, unpack
from typing import TYPE_CHECKING, Any

from ..files import Damaged, is_count, read_data

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from .parts import Tensor

CODES = {"F64": "d", "F32": "f", "F16": "e"}  # what a file calls numbers, and what `struct` does
LONGEST_HEADER = 100_000_000  # bytes, as the format itself has it


def tensors_file(tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> bytes:
    """Return a file of tensors by name, in float64, with texts about them."""
    header: dict[str, Any] = {"__metadata__": dict(notes)}
    data = b""
    for name, tensor in tensors.items():
        start, data = len(data), data + pack(f"<{len(tensor.leaves)}d", *(leaf.data for leaf in tensor.leaves))
        header[name] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return pack("<Q", len(text)) + text + data


def read_tensors(
    path: str | os.PathLike[str],
) -> tuple[dict[str, tuple[tuple[int, ...], list[float]]], dict[str, str]]:
    """Return the shape and the numbers of each tensor of a file, by name, and the texts about them.

    Raises NetworkError for a file that is not one of safetensors, or that cannot be read.
    """
    data = read_data(path, "model.safetensors")
    try:
        (length,) = unpack("<Q", data[:8])
        if not 2 <= length <= min(LONGEST_HEADER, len(data) - 8):
            raise ValueError
        header = json.loads(data[8 : 8 + length].decode())
        if not isinstance(header, dict):
            raise ValueError
        notes = header.pop("__metadata__", {})
        body = data[8 + length :]
        tensors = {name: _tensor(entry, body) for name, entry in header.items()}
        if not isinstance(notes, dict):
            raise ValueError
    except Unknown as unknown:
        raise Damaged(f"{path} holds numbers of type {unknown}, and only F64, F32 and F16 are read.") from None
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, struct_error):
        raise Damaged(f"{path} is broken, or not a file of safetensors: save the model anew.") from None
    return tensors, {str(key): str(text) for key, text in notes.items()}


class Unknown(Exception):
    """Raised for a type of numbers that is not read."""


def _tensor(entry: Any, body: bytes) -> tuple[tuple[int, ...], list[float]]:
    """Return the shape and the numbers of a tensor; ValueError if its entry does not fit the data."""
    kind, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    if kind not in CODES:
        raise Unknown(str(kind)[:20])
    count = 1
    for length in shape:
        if not is_count(length):
            raise ValueError
        count *= length
    if not (is_count(start) and is_count(end)) or end > len(body) or end - start != count * calcsize(CODES[kind]):
        raise ValueError
    return tuple(shape), [*unpack(f"<{count}{CODES[kind]}", body[start:end])]
