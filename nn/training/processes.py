"""Train on the devices of several processes, which `jax.distributed` connects: all take the same steps."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from ..checks import NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping


def chosen_devices(count: int) -> list[Any]:
    """Return so many devices of all processes; NetworkError for more than there are, or for none of some process."""
    import jax

    devices = jax.devices()
    if count > len(devices):
        raise NetworkError(f"devices={count} is more than there are: {', '.join(map(str, devices))}.")
    chosen = devices[:count]
    idle = sorted({*range(jax.process_count())} - {device.process_index for device in chosen})
    if idle:
        raise NetworkError(
            f"devices={count} leaves process {idle[0]} without work: the {jax.process_count()} processes have "
            f"{len(devices)} devices together. Write devices={len(devices)} in each."
        )
    return chosen


def check_alike(parts: Mapping[str, Any]) -> None:
    """Raise NetworkError unless all processes call `fit` with the same parts: named bytes, texts or numbers.

    All processes wait for each other here. There is nothing to compare in one process.
    """
    import jax

    if jax.process_count() == 1:
        return
    import numpy as np
    from jax.experimental.multihost_utils import process_allgather

    digests = [sha256(part if isinstance(part, bytes) else repr(part).encode()).digest() for part in parts.values()]
    own = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), -1)
    of_all = process_allgather(own)
    for process, digest in enumerate(of_all):
        for name, first, other in zip(parts, of_all[0], digest):
            if (first != other).any():
                raise NetworkError(
                    f"process {process} calls fit with another {name} than process 0: all processes take the same "
                    "steps, so call fit in each with the same model, X, y, seed and other arguments."
                )


def agreed(number: int) -> int:
    """Return a number of process 0, the same in all processes, which wait for each other here."""
    import jax

    if jax.process_count() == 1:
        return number
    import numpy as np
    from jax.experimental.multihost_utils import broadcast_one_to_all

    return int(broadcast_one_to_all(np.int32(number)))
