"""``--userdir``, of every command what it is of freqtrade's."""

from pathlib import Path

import pytest

from tests.support.command_lines import rebalance, write_config


@pytest.mark.parametrize(
    ("command", "option", "looked_for"),
    [
        pytest.param("journal", "--userdir", "logs/rebalance-tradesv3.dryrun.jsonl", id="journal"),
        pytest.param("summary", "--user-data-dir", "backtest_results", id="summary"),
        pytest.param("report", "--userdir", "backtest_results", id="report"),
        pytest.param("dry-run", "--user-data-dir", "data/binance", id="dry-run"),
        pytest.param("backtest", "--userdir", "data/binance", id="backtest"),
    ],
)
def test_what_a_command_reads_is_in_that_folder(
    tmp_path: Path, command: str, option: str, looked_for: str
) -> None:
    write_config(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    ended = rebalance(tmp_path, command, option, "elsewhere")
    assert ended.returncode == 2
    assert f"elsewhere/{looked_for}" in ended.stderr


@pytest.mark.parametrize("command", ["status", "now"])
def test_the_configuration_of_that_folder_is_read(tmp_path: Path, command: str) -> None:
    write_config(tmp_path, db_url="sqlite:///first.sqlite")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "config.json").rename(tmp_path / "elsewhere" / "config.json")
    ended = rebalance(tmp_path, command, "--userdir", "elsewhere")
    assert "first.sqlite" in ended.stderr
