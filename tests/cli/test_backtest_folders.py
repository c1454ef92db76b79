"""``rebalance backtest`` as people run it: several at once, killed, in folders that others use."""

import json
import os
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.results import POINTER, Results, check_writable
from rebalancing.report.kept_files import keep_newest
from rebalancing.report.page_file import pages_of_backtests
from tests.support.builders import PROJECT, make_config
from tests.support.command_lines import clean_environment
from tests.support.patience import PATIENCE

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
EQUAL = {"targets": "equal", "period": "24h"}


def write_config(folder: Path, name: str, **block: Any) -> None:
    config = make_config(PAIRS, {**EQUAL, **block}, timeframe="4h", dry_run_wallet=10000)
    (folder / name).write_text(json.dumps(config))


def start(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rebalancing", "backtest", "--datadir", str(CANDLES), *words],
        cwd=folder,
        env=clean_environment(**environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@dataclass
class Ended:
    """A run that has ended, and what it said."""

    status: int
    out: str
    err: str
    folder: Path

    @property
    def page(self) -> Path:
        """The page it names."""
        label, _, path = self.out.splitlines()[-1].partition(": ")
        assert label == "Report"
        return self.folder / path

    @property
    def result(self) -> Path:
        """The result that the page is about."""
        stem = self.page.stem.removeprefix("rebalance-")
        return self.folder / "user_data" / "backtest_results" / f"{stem}.zip"


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Three runs at once in one folder; the configuration of one is refused."""
    folder = tmp_path_factory.mktemp("together")
    write_config(folder, "often.json", period="24h")
    write_config(folder, "seldom.json", period="14d")
    write_config(folder, "wrong.json", period="1 fortnight")
    running = {
        name: start(folder, "--config", f"{name}.json") for name in ("often", "seldom", "wrong")
    }
    ended = {}
    for name, process in running.items():
        out, err = process.communicate(timeout=PATIENCE)
        ended[name] = Ended(process.returncode, out, err, folder)
    return ended


def test_of_runs_at_once_each_shows_its_own_result(together: dict[str, Ended]) -> None:
    shown = {}
    for name in ("often", "seldom"):
        run = together[name]
        assert (run.status, run.err) == (0, "")
        (record,) = read_records(run.result, CANDLES).values()
        assert record.settings.period == {"often": "24h", "seldom": "14d"}[name]
        assert run.page.stat().st_size > 1_000_000
        (rounds,) = re.findall(r"Rounds\W+(\d+)", run.out)
        shown[name] = int(rounds)
        assert record.journal is not None  # its own: the rounds' numbers and reasons agree
        assert len(record.journal) == shown[name] + 1
    assert shown["often"] > 10 * shown["seldom"] > 0
    assert together["often"].result != together["seldom"].result


def test_a_refused_configuration_is_never_shown_as_anothers_result(
    together: dict[str, Ended],
) -> None:
    run = together["wrong"]
    assert (run.status, run.out, run.err.count("\n")) == (2, "", 1)
    assert run.err.startswith("error: rebalance.period: ")


def test_runs_leave_their_results_and_a_note_of_the_newest_and_nothing_else(
    together: dict[str, Ended],
) -> None:
    results = [together[name].result for name in ("often", "seldom")]
    folder = results[0].parent
    wanted = {POINTER}
    for result in results:
        wanted |= {result.name, f"{result.stem}.meta.json", f"{result.stem}_SmartRebalance.jsonl"}
    assert {file.name for file in folder.iterdir()} == wanted
    newest = json.loads((folder / POINTER).read_text())["latest_backtest"]
    assert newest in {result.name for result in results}


def test_the_output_is_short_and_the_whole_of_freqtrades_is_in_a_log(
    together: dict[str, Ended],
) -> None:
    run = together["seldom"]
    lines = [line for line in run.out.splitlines() if not line.startswith("backtest: ")]
    assert lines[0] == "4 pairs: BTC/USDT, ETH/USDT, BNB/USDT, SOL/USDT"
    assert lines[1].startswith("499 candles of 4h in ")
    assert lines[1].endswith(", 2023-12-30 08:00 to 2024-03-22 08:00")
    assert "Policy: every 14d (from configuration)" in lines
    assert len(lines) < 25
    (log,) = re.findall(r"^freqtrade's output: (.+)$", run.out, re.MULTILINE)
    assert "BACKTESTING REPORT" in (run.folder / log).read_text()
    assert log not in together["often"].out


def test_a_killed_run_ends_freqtrade_and_leaves_no_result(tmp_path: Path) -> None:
    write_config(tmp_path, "config.json")
    room = tmp_path / "temporary"
    room.mkdir()
    process = start(tmp_path, TMPDIR=str(room))
    assert process.stdout is not None
    while not process.stdout.readline().startswith("freqtrade's output"):
        assert process.poll() is None
    wait_until(lambda: bool(list((tmp_path / "user_data" / "logs").iterdir())))
    process.kill()
    wait_until(lambda: not list(room.glob("backtest-*")))  # freqtrade's last deed
    process.communicate(timeout=PATIENCE)  # until freqtrade too has closed what it printed to
    assert list((tmp_path / "user_data" / "backtest_results").iterdir()) == []


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# --- a result among others --------------------------------------------------------------------


def written_apart(
    room: Path, content: str, stem: str = "backtest-result-2026-01-01_23-59-58"
) -> Path:
    """Write what freqtrade writes into a folder of its own."""
    room.mkdir()
    (room / f"{stem}.meta.json").write_text("{}")
    (room / "rebalance-1-Mine.jsonl").write_text(content)
    with zipfile.ZipFile(room / f"{stem}.zip", "w") as archive:
        for name in (f"{stem}.json", f"{stem}_config.json", f"{stem}_Mine_wallet.feather"):
            archive.writestr(name, content)
    return room


def test_results_of_one_second_get_names_of_their_own_and_keep_their_content(
    tmp_path: Path,
) -> None:
    rooms = [written_apart(tmp_path / f"room{n}", f"run {n}") for n in range(8)]
    results = Results(tmp_path / "results")
    with ThreadPoolExecutor(8) as pool:
        published = list(pool.map(results.publish, rooms))
    assert len(set(published)) == 8
    for number, result in enumerate(published):
        assert result is not None
        assert re.fullmatch(r"backtest-result-2026-01-0[12]_\d\d-\d\d-\d\d", result.stem)
        with zipfile.ZipFile(result) as archive:
            names = archive.namelist()
            assert {archive.read(name).decode() for name in names} == {f"run {number}"}
        ends = (".json", "_config.json", "_Mine_wallet.feather")
        assert names == [f"{result.stem}{end}" for end in ends]
        journal = result.with_name(f"{result.stem}_Mine.jsonl")
        assert journal.read_text() == f"run {number}"
    newest = json.loads((results.folder / POINTER).read_text())["latest_backtest"]
    assert results.folder / newest in published
    assert len(list(results.folder.iterdir())) == 8 * 3 + 1


def test_a_result_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    results.folder.mkdir()
    theirs = results.folder / "backtest-result-2026-01-01_23-59-58.zip"
    theirs.write_text("another's")
    mine = results.publish(written_apart(tmp_path / "room", "mine"))
    assert theirs.read_text() == "another's"
    assert mine == results.folder / "backtest-result-2026-01-01_23-59-59.zip"


def test_a_run_without_a_result_publishes_none(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    assert Results(tmp_path / "results").publish(tmp_path / "room") is None


def test_a_folder_that_cannot_be_written_is_named_with_the_remedy(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    before = os.geteuid()
    if before == 0:  # root may write anywhere
        os.seteuid(65534)
    try:
        with pytest.raises(LaunchError) as caught:
            check_writable(closed / "backtest_results", closed)
    finally:
        os.seteuid(before)
    (problem,) = caught.value.problems
    named = f"{closed / 'backtest_results'}, {closed}"
    assert problem.startswith(f"{named}: cannot be written (Permission denied)")
    assert "--userdir FOLDER" in problem


# --- pages that pile up -----------------------------------------------------------------------


def test_only_the_newest_pages_of_backtests_stay_and_nobody_elses_file_goes(
    tmp_path: Path,
) -> None:
    ours = [f"rebalance-backtest-result-2026-01-0{n}_10-00-00.html" for n in range(1, 7)]
    ours.append("rebalance-mine-2026-01-07_10-00-00.html")
    theirs = ["rebalance-good.html", "rebalance-3-results.html", "rebalance-tradesv3.html"]
    theirs += ["freqtrade-plot-2026-01-01_10-00-00.html", f"copy of {ours[0]}", f"{ours[0]}.gz"]
    for age, name in enumerate([*theirs, *ours]):
        (tmp_path / name).write_text(name)
        os.utime(tmp_path / name, (age, age))
    keep_newest(pages_of_backtests(tmp_path), 3)
    assert {file.name for file in tmp_path.iterdir()} == {*theirs, *ours[-3:]}
