"""Results are kept in files without pickle; what is damaged counts as missing."""

import os
from pathlib import Path

import numpy as np
import pytest

from rebalancing.launch.kept_results import MOST, KeptResults

ARRAYS = {"figures.nav": np.array([1.5, 2.5]), "done": np.array([0, 1])}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a file that holds arrays under the key "one"."""
    KeptResults(tmp_path).save("one", ARRAYS)
    (file,) = tmp_path.iterdir()
    return file


def test_what_was_saved_is_there_for_the_next_call(kept: Path) -> None:
    found = KeptResults(kept.parent).load("one")
    assert found is not None
    assert {name: values.tolist() for name, values in found.items()} == {
        name: values.tolist() for name, values in ARRAYS.items()
    }
    assert KeptResults(kept.parent).load("other") is None


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "text", "pickled"])
def test_what_is_damaged_or_foreign_counts_as_missing(kept: Path, damage: str) -> None:
    whole = kept.read_bytes()
    if damage == "pickled":
        with kept.open("wb") as stream:
            np.savez(stream, done=np.array([{}], dtype=object))
    else:
        changed = bytearray(whole)
        changed[len(whole) // 3] ^= 255
        kinds = {"empty": b"", "cut": whole[:-30], "changed": bytes(changed), "text": b"{}"}
        kept.write_bytes(kinds[damage])
    shelf = KeptResults(kept.parent)
    assert shelf.load("one") is None
    shelf.save("one", ARRAYS)
    assert shelf.load("one") is not None
    assert shelf.remark == ""


def test_where_nothing_can_be_kept_it_says_so_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    shelf = KeptResults(blocked / "results")
    shelf.save("one", ARRAYS)
    assert shelf.remark.startswith(f"{blocked / 'results'}: the result is not kept there (")
    assert shelf.load("one") is None


def test_a_full_disk_leaves_nothing_half_written(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    shelf = KeptResults(kept.parent)
    shelf.save("two", ARRAYS)
    assert shelf.remark.endswith("(No space left on device)")
    assert [*kept.parent.iterdir()] == [kept]


def test_the_oldest_results_go(tmp_path: Path) -> None:
    shelf = KeptResults(tmp_path)
    for number in range(MOST + 3):
        shelf.save(str(number), ARRAYS)
        for age, file in enumerate(sorted(tmp_path.iterdir(), key=lambda one: one.stat().st_mtime)):
            os.utime(file, (age + 1, age + 1))
    assert len([*tmp_path.iterdir()]) == MOST
    assert [shelf.load(key) is None for key in ("0", "2", "3", str(MOST + 2))] == [
        True,
        True,
        False,
        False,
    ]
