"""Compiled code that somebody else left, or that is damaged, is never read."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rebalancing.explore.following import Kernel
from rebalancing.launch import kept_kernel
from rebalancing.launch.kept_code import FORGOTTEN, SUMS, KeptCode, kept_code
from tests.support.builders import PROJECT
from tests.support.patience import PATIENCE


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder in which a run has left its code."""
    folder = tmp_path / "cache" / "kernel-1"
    with kept_code(folder) as kept:
        assert (kept.remark, folder.exists()) == ("", False)
        compile_into(kept)
        kept.keep()
    return folder


def compile_into(kept: KeptCode) -> None:
    """Leave what numba would."""
    assert kept.place is not None
    (Path(kept.place) / "sub").mkdir()
    (Path(kept.place) / "sub" / "walk.nbi").write_bytes(b"code")


def test_what_was_left_is_there_again(sealed: Path) -> None:
    with kept_code(sealed) as kept:
        assert (kept.place, kept.remark) == (str(sealed), "")
    assert (sealed / "sub" / "walk.nbi").read_bytes() == b"code"
    assert sealed.stat().st_mode & 0o777 == 0o700
    assert [*sealed.parent.iterdir()] == [sealed]


@pytest.mark.parametrize("harm", ["changed", "added", "unsealed", "broken seal"])
def test_what_was_not_left_so_is_removed_before_anything_reads_it(sealed: Path, harm: str) -> None:
    if harm == "unsealed":
        (sealed / SUMS).unlink()
    else:
        names = {"changed": "sub/walk.nbi", "added": "sub/more.nbi", "broken seal": SUMS}
        (sealed / names[harm]).write_bytes(b"{harm")
    with kept_code(sealed) as kept:
        assert kept.remark == f"{sealed}: was damaged, and is made anew"
        assert [*Path(kept.place).iterdir()] == []
        compile_into(kept)
        kept.keep()
    assert KeptCode(sealed).place == str(sealed)


def test_what_is_compiled_for_another_processor_is_kept_too(sealed: Path) -> None:
    with kept_code(sealed) as kept:
        (sealed / "sub" / "walk.2.nbc").write_bytes(b"more")
        kept.keep()
    assert (KeptCode(sealed).place, KeptCode(sealed).remark) == (str(sealed), "")


def test_nothing_half_made_is_kept(tmp_path: Path) -> None:
    with kept_code(tmp_path / "kernel-1") as kept:
        kept.keep()  # nothing was compiled
    assert [*tmp_path.iterdir()] == []
    with kept_code(tmp_path / "kernel-1") as kept:
        compile_into(kept)  # and then Ctrl-C
    assert [*tmp_path.iterdir()] == []


def test_what_a_killed_process_left_is_removed_after_an_hour(tmp_path: Path) -> None:
    killed, working = KeptCode(tmp_path / "kernel-1"), KeptCode(tmp_path / "kernel-1")
    old = time.time() - FORGOTTEN - 1
    os.utime(killed.place, (old, old))
    with kept_code(tmp_path / "kernel-1"):
        assert Path(working.place).is_dir()
        assert not Path(killed.place).exists()


TWO = """
import sys, time
from pathlib import Path
from rebalancing.launch.kept_code import kept_code
room, name, other = Path(sys.argv[1]), *sys.argv[2:]

def reach(point):
    (room / f"{name} {point}").touch()

def wait_until(point):
    while not (room / f"{other} {point}").exists():
        time.sleep(0.01)

def load():
    from numba import config, njit
    config.CACHE_DIR = kept.place
    compiled = njit(cache=True)(double)
    assert compiled(3) == 6
    return sum(compiled.stats.cache_misses.values())

def double(value):
    return value * 2

for number in (1, 2):
    if name == "second":
        wait_until(f"compiled {number}")
    with kept_code(room / "cache" / "kernel-1") as kept:
        reach(f"opened {number}")
        print(kept.remark, load())
        reach(f"compiled {number}")
        wait_until(f"opened {number}")
        kept.keep()
    reach(f"kept {number}")
    wait_until(f"kept {number}")
"""


def test_a_process_that_begins_while_another_compiles_does_not_harm_it(tmp_path: Path) -> None:
    """Both compile, the code of one is kept, and both find it the next time."""
    pytest.importorskip("numba")
    script = tmp_path / "two.py"
    script.write_text(TWO)
    processes = [
        subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), *names],
            env={"PYTHONPATH": str(PROJECT / "strategies")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for names in (("first", "second"), ("second", "first"))
    ]
    try:
        ends = [process.communicate(timeout=PATIENCE) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert ends == [(" 1\n 0\n", "")] * 2
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["kernel-1"]


def test_a_folder_that_others_may_write_to_is_not_used(sealed: Path) -> None:
    sealed.chmod(0o777)
    kept = KeptCode(sealed)
    assert (kept.place, kept.remark) == (
        None,
        f"{sealed}: nothing is kept there, as others may write to it",
    )


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with kept_code(tmp_path / "file" / "kernel-1") as kept:
        assert kept.place is None
        assert kept.remark.endswith("nothing is kept there (File exists)")
        kept.keep()


def test_a_full_disk_loses_what_was_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with kept_code(tmp_path / "kernel-1") as kept:
        compile_into(kept)
        monkeypatch.setattr(Path, "write_text", full)
        kept.keep()
    said = f"{tmp_path / 'kernel-1'}: compiled code is not kept there (No space left on device)"
    assert kept.remark == said
    assert [*tmp_path.iterdir()] == []


def test_code_that_numba_could_not_write_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The index is written before the code: a full disk leaves it alone."""
    pytest.importorskip("numba")

    def walk(*_arguments: object) -> None:
        """Stand for what was compiled."""

    walk.signatures = [()]  # type: ignore[attr-defined]  # as numba's functions have it

    def compiled(place: str | None) -> Kernel:
        assert place is not None
        (Path(place) / "walk.nbi").write_bytes(b"index")
        return Kernel(walk, True)

    monkeypatch.setattr(kept_kernel, "kernel_of", compiled)
    with kept_kernel.kept_kernel(tmp_path):
        pass
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("compiled code is not kept there, as it cannot be written")
    assert [*tmp_path.iterdir()] == []
