"""The kernel, compiled: its own functions as they stand, each linked to the compiled others."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import FunctionType
from typing import Any

import numpy as np

from rebalancing.explore.following import Kernel
from rebalancing.explore.kernel import measure, measure_in_loops
from rebalancing.explore.kernel.memory import Candles, Log, Terms
from rebalancing.explore.kernel.quiet import end_of_quiet
from rebalancing.explore.kernel.scan import scan
from rebalancing.explore.kernel.walk import walk

Function = Callable[..., Any]

_KERNEL = "rebalancing.explore.kernel"
_INSTEAD: Mapping[Function, Function] = {
    end_of_quiet: scan,
    measure.sample: measure_in_loops.sample,
    measure.fall: measure_in_loops.fall,
    measure.drift: measure_in_loops.drift,
}
"""What is written for numpy, and the same for a compiler."""

_LOOPS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
"""The kernel makes no arrays, so nobody has to count who looks at one."""

_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, **_LOOPS}


def kernel_of(cache: str | None) -> Kernel:
    """Return the kernel, compiled where numba is installed.

    Parameters
    ----------
    cache : str or None
        Folder in which what is compiled is kept, and which holds nothing else: one for each
        `fingerprint`. None: it is not kept.
    """
    try:
        from numba import config
    except ImportError:
        return Kernel(walk, False)
    if cache is not None:
        config.CACHE_DIR = cache  # type: ignore[attr-defined]  # numba sets its options as it is loaded
    return Kernel(compiled_walk(cache is not None), True)


def fingerprint() -> str:
    """Return a text that differs where any function of the kernel does, or a number it uses.

    Notes
    -----
    numba would look at the file of `walk` only. Its own version and the kind of processor it looks
    at by itself.
    """
    found: dict[str, object] = {}

    def note(function: Function) -> Function:
        function = _INSTEAD.get(function, function)
        name = f"{function.__module__}.{function.__qualname__}"
        if name not in found:
            found[name] = None
            assert isinstance(function, FunctionType)
            code = function.__code__
            used = {key: _known(value, note) for key, value in _used(function).items()}
            found[name] = code.co_code.hex(), repr(code.co_consts), code.co_varnames, used
        return function

    note(walk)
    fields = [list(kind.__annotations__) for kind in (Candles, Terms, Log)]
    return sha256(repr((fields, _INNER, sorted(found.items()))).encode()).hexdigest()[:24]


def _known(value: Any, note: Callable[[Function], Function]) -> str:
    if _is_of_kernel(value):
        return note(value).__qualname__
    return repr(value) if isinstance(value, int | float | str) else type(value).__name__


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

    outer: Function = njit(nogil=True, cache=cache, **_LOOPS)(_linked(walk, inner))
    return outer


def _linked(function: Function, inner: Callable[[Function], Function]) -> Function:
    """Return a copy of a function that calls the compiled form of the kernel's others."""
    assert isinstance(function, FunctionType)
    names = {name: _value(value, inner) for name, value in _used(function).items()}
    names |= {"__name__": function.__module__, "__builtins__": builtins}
    return FunctionType(function.__code__, names, function.__name__)


def _used(function: FunctionType) -> dict[str, Any]:
    """Return what a function takes from its module, by name."""
    known = function.__globals__
    return {name: known[name] for name in function.__code__.co_names if name in known}


def _value(value: Any, inner: Callable[[Function], Function]) -> Any:
    """Return what a name stands for in the compiled form.

    A whole number is one of numpy's there: for each of Python's that is an argument of a call,
    numba would compile the function called once more.
    """
    if type(value) is int:
        return np.int64(value)
    return inner(value) if _is_of_kernel(value) else value


def _is_of_kernel(value: object) -> bool:
    return isinstance(value, FunctionType) and value.__module__.startswith(_KERNEL)
