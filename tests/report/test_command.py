"""The command ``rebalance report``, whole: what it shows, what it refuses, what it writes."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import PROJECT, make_config
from tests.support.command_lines import rebalance
from tests.support.freqtrade_runs import Outcome, backtest
from tests.support.patience import PATIENCE

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(PROJECT / "strategies"), str(PROJECT)]),
    "COLUMNS": "200",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    config = make_config(
        PAIRS, {"targets": "equal", "period": "7d"}, timeframe="4h", dry_run_wallet=10000
    )
    return backtest(tmp_path_factory.mktemp("run"), config, CANDLES)


def report(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return rebalance(folder, "report", *words, COLUMNS="200")


def test_without_arguments_it_is_about_the_newest_backtest(run: Outcome) -> None:
    folder = run.result.parents[2]
    told = report(folder)
    assert told.returncode == 0, told.stderr
    page = folder / "user_data" / "plot" / f"rebalance-{run.result.stem}.html"
    assert told.stdout.splitlines()[-1] == f"Report: {page.relative_to(folder)}"
    assert "Sharpe" in told.stdout
    assert page.stat().st_size > 1_000_000
    assert list(page.parent.iterdir()) == [page]


def test_figures_for_scripts_are_those_of_the_summary(run: Outcome, tmp_path: Path) -> None:
    told = report(tmp_path, str(run.result), "--json")
    (figures,) = json.loads(told.stdout).values()
    assert figures["nav"] == pytest.approx(run.stats["final_balance"], abs=1e-6)
    change = sum(figures["gains"].values()) - figures["fees"] + figures["flows"]
    assert figures["start"] + change == pytest.approx(figures["nav"], abs=1e-6)
    assert list(tmp_path.iterdir()) == []


def test_one_result_twice_stands_side_by_side(run: Outcome, tmp_path: Path) -> None:
    told = report(tmp_path, str(run.result), str(run.result), "-o", "both.html")
    assert told.returncode == 0, told.stderr
    assert "Rebalancing, side by side" in (tmp_path / "both.html").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["nowhere.zip"], "nowhere.zip", id="no such file"),
        pytest.param(["."], "holds no backtest result", id="empty folder"),
        pytest.param(["torn.sqlite", "--config", "none.json"], "none.json", id="no configuration"),
        pytest.param(["--json", "--watch", "1"], "--watch", id="contradiction"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_status_2(
    tmp_path: Path, words: list[str], said: str
) -> None:
    (tmp_path / "torn.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 100)
    told = report(tmp_path, *words)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert said in told.stderr.splitlines()[-1]


def damaged(result: Path, folder: Path, change: Callable[[bytes], bytes]) -> Path:
    """Copy a result with its statistics, as the archive keeps them, changed."""
    file, found = folder / result.name, bytearray(result.read_bytes())
    with zipfile.ZipFile(result) as archive:
        member = archive.getinfo(f"{result.stem}.json")
    begin = member.header_offset + 30 + len(member.filename)
    found[begin : begin + 200] = change(bytes(found[begin : begin + 200]))
    file.write_bytes(found)
    return file


def bomb(result: Path, folder: Path) -> Path:
    """Copy a result with statistics that unpack to 600 MB."""
    file = folder / result.name
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(f"{result.stem}.json", "w") as member,
    ):
        for _ in range(600):
            member.write(b" " * 1_000_000)
    return file


@pytest.mark.parametrize("fill", [b"\xff", b"\x00", b"\x07"], ids=["ff", "00", "07"])
def test_a_damaged_result_is_one_line_and_status_2(
    run: Outcome, tmp_path: Path, fill: bytes
) -> None:
    file = damaged(run.result, tmp_path, lambda found: fill * len(found))
    told = report(tmp_path, str(file))
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert f"{file.name}: is not a readable backtest result" in line


def test_a_result_that_unpacks_to_very_much_is_not_read(run: Outcome, tmp_path: Path) -> None:
    told = report(tmp_path, str(bomb(run.result, tmp_path)))
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert "unpacks to 600,000,000 bytes" in line


def changed(result: Path, folder: Path, change: Callable[[Any], None]) -> Path:
    """Copy a result with other statistics."""
    file = folder / result.name
    with zipfile.ZipFile(result) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            found = old.read(name)
            if name == f"{result.stem}.json":
                statistics = json.loads(found)
                change(statistics["strategy"])
                found = json.dumps(statistics).encode()
            new.writestr(name, found)
    return file


def test_a_result_under_another_name_is_one_line_that_says_so(run: Outcome, tmp_path: Path) -> None:
    file = tmp_path / "mine.zip"
    file.write_bytes(run.result.read_bytes())
    told = report(tmp_path, str(file))
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert "holds no mine.json; a result keeps the name it was given" in line


def test_a_backtest_of_another_strategy_is_named(run: Outcome, tmp_path: Path) -> None:
    def rename(found: Any) -> None:
        found["Other"] = found.pop("SmartRebalance") | {"trades": []}

    told = report(tmp_path, str(changed(run.result, tmp_path, rename)))
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert "no rebalanced trade (Other): another strategy" in line


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_a_page_replaces_nothing_but_a_file(run: Outcome, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    os.mkfifo(place) if kind == "pipe" else place.mkdir()
    told = report(tmp_path, str(run.result), "--output", str(place))
    assert told.returncode == 2
    assert "place" in told.stderr.splitlines()[-1]
    assert not place.is_file()


def test_a_watched_page_is_written_again_until_it_is_interrupted(
    run: Outcome, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    words = [str(run.result), "-o", str(page), "--watch", "0.01"]
    command = [sys.executable, "-m", "rebalancing", "report", *words]
    process = subprocess.Popen(command, env=ENVIRONMENT, cwd=tmp_path, stdout=subprocess.DEVNULL)
    try:
        seen: set[int] = set()
        end = time.monotonic() + PATIENCE
        while len(seen) < 3 and time.monotonic() < end:
            if page.exists():
                seen.add(page.stat().st_mtime_ns)
                assert page.read_text(encoding="utf-8").endswith("</html>")
            time.sleep(0.02)
        assert len(seen) == 3
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)
    assert process.returncode != 0


def test_a_backtest_ends_with_the_path_of_its_report(tmp_path: Path) -> None:
    (tmp_path / "user_data" / "strategies").mkdir(parents=True)
    block = {"targets": "equal", "period": "7d"}
    config = make_config(PAIRS, block, timeframe="4h", dry_run_wallet=10000)
    (tmp_path / "config.json").write_text(json.dumps(config))
    words = ["backtest", "--datadir", str(CANDLES), "--timerange", "20240101-20240120"]
    told = subprocess.run(
        [sys.executable, "-m", "rebalancing", *words],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert told.returncode == 0, told.stderr
    label, _, path = told.stdout.splitlines()[-1].partition(": ")
    assert label == "Report"
    assert (tmp_path / path).is_file()
