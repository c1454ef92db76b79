"""Results that are damaged, torn or something else: one line, or they are read all the same."""

import re
import zipfile
from pathlib import Path

import pytest

from rebalancing.freqtrade_side.history.result import read_records
from tests.support.freqtrade_runs import Outcome

pytest_plugins = ("tests.support.page_fixtures",)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param({}, id="empty"),
        pytest.param({"{stem}.json": "{"}, id="broken JSON"),
        pytest.param({"{stem}.json": "[]"}, id="another JSON"),
        pytest.param({"{stem}.json": '{"strategy": {"A": 3}}'}, id="no strategy"),
        pytest.param(
            {"{stem}.json": '{"strategy": {"A": {"trades": [{"orders": [{}]}]}}}'}, id="no tags"
        ),
    ],
)
def test_a_damaged_result_is_one_line(tmp_path: Path, damage: dict[str, str]) -> None:
    file = tmp_path / "backtest-result-x.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in damage.items():
            archive.writestr(name.format(stem=file.stem), text)
    with pytest.raises(ValueError, match=re.escape(str(file))) as refusal:
        read_records(file)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("part", ["config", "wallet", "market_change", ""])
def test_a_result_with_a_part_missing_or_torn_is_one_line_or_read(
    tmp_path: Path, page_run: Outcome, part: str
) -> None:
    for torn in (False, True):
        file = tmp_path / f"{page_run.result.stem}.zip"
        with zipfile.ZipFile(page_run.result) as source, zipfile.ZipFile(file, "w") as copy:
            for name in source.namelist():
                hit = part in name if part else name == f"{page_run.result.stem}.json"
                if hit and not torn:
                    continue
                content = source.read(name)
                copy.writestr(name, content[: len(content) // 2] if hit else content)
        if part == "market_change":
            assert read_records(file)
            continue
        with pytest.raises(ValueError, match=re.escape(str(file))) as refusal:
            read_records(file)
        assert "\n" not in str(refusal.value)


def test_a_file_that_is_no_result_is_one_line(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"hello" * 100):
        file = tmp_path / "result.zip"
        file.write_bytes(content)
        with pytest.raises(ValueError, match=re.escape(str(file))) as refusal:
            read_records(file)
        assert "\n" not in str(refusal.value)
