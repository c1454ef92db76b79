"""The explorer's kernel, compiled once for all calls of a user."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from rebalancing.explore.compiled import fingerprint, kernel_of
from rebalancing.explore.following import Kernel
from rebalancing.launch.kept_code import kept_code


@contextmanager
def kept_kernel(cache: Path) -> Iterator[Kernel]:
    """Give the kernel, compiled where numba is installed; what the block compiles is kept.

    Parameters
    ----------
    cache
        The folder for what may be computed anew.
    """
    if find_spec("numba") is None:
        yield kernel_of(None)
        return
    folder = cache / f"kernel-{fingerprint()}"
    with kept_code(folder) as kept:
        said = kept.remark
        _tell(said)
        kernel = kernel_of(kept.place)
        yield kernel
        if _is_lost(kernel, kept.place):
            _tell(f"{folder}: compiled code is not kept there, as it cannot be written")
            return
        kept.keep()
        if kept.remark != said:
            _tell(kept.remark)


def _is_lost(kernel: Kernel, place: str | None) -> bool:
    """Tell whether code was compiled of which numba could write the index only."""
    has_compiled = bool(getattr(kernel.walk, "signatures", ()))
    return place is not None and has_compiled and not any(Path(place).rglob("*.nbc"))


def _tell(remark: str) -> None:
    if remark:
        print(f"note: {remark}", file=sys.stderr)
