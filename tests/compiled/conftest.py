"""One compiled kernel for all tests of this folder, kept as the command keeps it."""

from pathlib import Path

import pytest

from rebalancing.explore.compiled import kernel_of
from rebalancing.explore.following import Kernel, Walk


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def kernel(cache: Path) -> Kernel:
    pytest.importorskip("numba")
    return kernel_of(str(cache))


@pytest.fixture(scope="session")
def compiled(kernel: Kernel) -> Walk:
    return kernel.walk
