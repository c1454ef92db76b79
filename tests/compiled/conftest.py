"""One compiled kernel for all tests of this folder, kept as the command keeps it."""

from pathlib import Path

import pytest

from rebalancing.explore.following import Kernel, Walk
from rebalancing.launch.kernel_cache import kept_kernel
from tests.support.kept_kernels import ended


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def kernel(cache: Path) -> Kernel:
    pytest.importorskip("numba")
    with kept_kernel(cache) as (found, remark):
        assert remark == ""
        ended(found)
    return found


@pytest.fixture(scope="session")
def compiled(kernel: Kernel) -> Walk:
    return kernel.walk
