"""The kernel, compiled: its own functions as they stand, each linked to the compiled others."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from rebalancing.explore.following import Kernel
from rebalancing.explore.kernel import measure, measure_in_loops
from rebalancing.explore.kernel.quiet import end_of_quiet
from rebalancing.explore.kernel.scan import scan
from rebalancing.explore.kernel.walk import walk

Function = Callable[..., Any]

_KERNEL = "rebalancing.explore.kernel"
_INSTEAD: Mapping[Function, Function] = {
    end_of_quiet: scan,
    measure.fall: measure_in_loops.fall,
    measure.drift: measure_in_loops.drift,
}
"""What is written for numpy, and the same for a compiler."""

_INNER: dict[str, Any] = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "error_model": "numpy",
}


def kernel_of(cache: str | None) -> Kernel:
    """Return the kernel, compiled where numba is installed.

    Parameters
    ----------
    cache : str or None
        Folder in which what is compiled is kept; None: it is not.
    """
    try:
        from numba import config
    except ImportError:
        return Kernel(walk, False)
    if cache is not None:
        config.CACHE_DIR = cache  # type: ignore[attr-defined]
    return Kernel(compiled_walk(cache is not None), True)


def compiled_walk(cache: bool = False) -> Function:
    """Return `walk` in its compiled form; it is compiled when it is first called.

    Parameters
    ----------
    cache : bool
        Keep what is compiled where `numba.config.CACHE_DIR` says, and take it from there.

    Raises
    ------
    ModuleNotFoundError
        If numba is not installed.
    """
    from numba import njit

    compiled: dict[Function, Function] = {}

    def inner(function: Function) -> Function:
        function = _INSTEAD.get(function, function)
        if function not in compiled:
            compiled[function] = njit(**_INNER)(_linked(function, inner))
        return compiled[function]

    outer: Function = njit(nogil=True, cache=cache, error_model="numpy")(_linked(walk, inner))
    return outer


def _linked(function: Function, inner: Callable[[Function], Function]) -> Function:
    """Return a copy of a function that calls the compiled form of the kernel's others."""
    assert isinstance(function, FunctionType)
    used = {name: function.__globals__.get(name) for name in function.__code__.co_names}
    names = {
        name: inner(value) if _is_of_kernel(value) else value
        for name, value in used.items()
        if value is not None
    }
    names |= {"__name__": function.__module__, "__builtins__": builtins}
    return FunctionType(function.__code__, names, function.__name__)


def _is_of_kernel(value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(_KERNEL)
