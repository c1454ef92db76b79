"""What is compiled is kept for the next call, and nothing that others have put there is used."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rebalancing.explore.following import Kernel
from rebalancing.launch.kernel_cache import kept_kernel
from tests.support.builders import PROJECT
from tests.support.kept_kernels import ended
from tests.support.patience import PATIENCE

ONCE_MORE = """
import sys
from pathlib import Path
from rebalancing.launch.kernel_cache import kept_kernel
from tests.support.kept_kernels import ended
with kept_kernel(Path(sys.argv[1])) as (kernel, remark):
    print(ended(kernel), sum(kernel.walk.stats.cache_misses.values()), repr(remark))
"""


@pytest.fixture
def copied(cache: Path, kernel: Kernel, tmp_path: Path) -> Path:  # noqa: ARG001
    """Return the folder in a copy of a cache in which a call has left what it compiled."""
    shutil.copytree(cache / "kernel", tmp_path / "kernel")
    (folder,) = (tmp_path / "kernel").iterdir()
    return folder


def remark_on(folder: Path) -> str:
    with kept_kernel(folder.parents[1]) as (kernel, remark):
        assert kernel.is_compiled
    assert "\n" not in remark
    return remark


def test_another_process_compiles_nothing(cache: Path, kernel: Kernel) -> None:
    words = [sys.executable, "-c", ONCE_MORE, str(cache)]
    paths = f"{PROJECT}:{PROJECT / 'strategies'}"
    run = subprocess.run(
        words, env={"PYTHONPATH": paths}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (run.stdout.strip(), run.stderr) == (f"{ended(kernel)} 0 ''", "")


def test_what_a_call_has_left_is_used(copied: Path) -> None:
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    assert len(before) > 2
    assert remark_on(copied) == ""
    assert before == {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}


@pytest.mark.parametrize("pattern", ["*.nbc", "*.nbi", "seal.json"])
@pytest.mark.parametrize("kind", ["cut", "changed", "gone"])
def test_what_is_damaged_is_removed_and_said(copied: Path, pattern: str, kind: str) -> None:
    (file,) = copied.rglob(pattern)
    whole = file.read_bytes()
    file.write_bytes(whole[:-9] if kind == "cut" else b"x" + whole[1:])
    if kind == "gone":
        file.unlink()
    assert remark_on(copied) == f"{copied} is damaged: compiled anew"
    assert [path for path in copied.rglob("*") if path.is_file()] == []
    assert remark_on(copied) == ""


def test_what_others_have_put_there_is_not_used(copied: Path) -> None:
    (copied / "stranger.nbi").write_bytes(b"anything")
    assert remark_on(copied) == f"{copied} is damaged: compiled anew"
    copied.chmod(0o777)
    assert remark_on(copied).startswith("what is compiled is not kept: ")


def test_without_a_place_to_keep_it_it_is_compiled_all_the_same(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert remark_on(blocked / "kernel" / "any").startswith("what is compiled is not kept: ")
