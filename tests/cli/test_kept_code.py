"""Compiled code that somebody else left, or that is damaged, is never read."""

from pathlib import Path

import pytest

from rebalancing.launch.kept_code import SUMS, kept_code, seal


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder in which a run has left its code."""
    folder = tmp_path / "cache" / "kernel-1"
    assert kept_code(folder) == (str(folder), "")
    (folder / "sub").mkdir()
    (folder / "sub" / "walk.nbi").write_bytes(b"code")
    seal(str(folder))
    return folder


def test_what_was_left_is_there_again(sealed: Path) -> None:
    assert kept_code(sealed) == (str(sealed), "")
    assert (sealed / "sub" / "walk.nbi").read_bytes() == b"code"
    assert sealed.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("harm", ["changed", "added", "unsealed", "broken seal"])
def test_what_was_not_left_so_is_removed_before_anything_reads_it(sealed: Path, harm: str) -> None:
    if harm == "unsealed":
        (sealed / SUMS).unlink()
    else:
        names = {"changed": "sub/walk.nbi", "added": "sub/more.nbi", "broken seal": SUMS}
        (sealed / names[harm]).write_bytes(b"{harm")
    place, said = kept_code(sealed)
    assert place == str(sealed)
    assert said == f"{sealed}: was damaged or not finished, and is made anew"
    assert [*sealed.iterdir()] == []


def test_a_folder_that_others_may_write_to_is_not_used(sealed: Path) -> None:
    sealed.chmod(0o777)
    assert kept_code(sealed) == (
        None,
        f"{sealed}: nothing is kept there, as others may write to it",
    )


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    place, said = kept_code(tmp_path / "file" / "kernel-1")
    assert place is None
    assert said.endswith("nothing is kept there (Not a directory)")
