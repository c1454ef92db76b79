"""The command ``rebalance report``, whole, and the words and figures it gives."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rebalancing.performance.executions import Flows
from rebalancing.performance.history import History
from rebalancing.performance.record import Record
from rebalancing.report.figures import as_json, figures_of
from rebalancing.report.findings import Findings
from rebalancing.report.page import write_page
from rebalancing.report.series import extremes
from rebalancing.report.weight_charts import asset_chart, weights_chart
from rebalancing.report.words import story, verdict, warnings
from tests.support.builders import PROJECT, make_config, make_settings
from tests.support.command_lines import rebalance
from tests.support.freqtrade_runs import Outcome, backtest
from tests.support.histories import AFTER, BOUGHT, SWITCHED, Order, history
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


def record(found: History) -> Record:
    return Record("test", "backtest", "test", "1d", found, make_settings(), {1: "period"})


def worked_example(fee: float = 0.0) -> Findings:
    """50 + 50 becomes 60 + 80 and is rebalanced; a day later prices are the same."""
    closing: list[Order] = [(2, "BTC", -AFTER[0], 60, -1), (2, "ETH", -AFTER[1], 80, -1)]
    prices, amounts = [[50, 50], [60, 80], [60, 80]], [[0, 0], [1, 1], AFTER]
    return Findings(record(history(prices, amounts, [*BOUGHT, *SWITCHED, *closing], fee)))


def test_the_worked_example_has_no_premium_and_the_page_says_why() -> None:
    findings = worked_example()
    assert as_json(findings)["premium"] == pytest.approx(0, abs=1e-9)
    assert verdict(findings) == "Rebalancing made no difference against holding."
    page = write_page({"example": findings}, "now")
    assert "premium at that moment is 0, not 40" in page
    assert 'class="verdict even"' in page


def test_a_run_of_two_days_is_not_compounded_to_a_year() -> None:
    figures = as_json(worked_example())
    assert figures["total_return"] == pytest.approx(0.4)
    for key in ("annual_return", "money_annual", "calmar", "hodl_annual_return", "hodl_calmar"):
        assert figures[key] is None


def test_a_run_without_two_daily_returns_has_no_deviation() -> None:
    closing: list[Order] = [(1, "BTC", -1, 60, -1), (1, "ETH", -1, 80, -1)]
    findings = Findings(
        record(history([[50, 50], [60, 80]], [[0, 0], [1, 1]], [*BOUGHT, *closing]))
    )
    figures = as_json(findings)
    for key in ("volatility", "sharpe", "sortino", "tracking_error", "hodl_volatility"):
        assert figures[key] is None


def test_the_words_of_a_run_without_rounds_claim_none() -> None:
    closing: list[Order] = [(1, "BTC", -1, 60, -1), (1, "ETH", -1, 80, -1)]
    findings = Findings(
        record(history([[50, 50], [60, 80]], [[0, 0], [1, 1]], [*BOUGHT, *closing]))
    )
    _, rounds, drawdown = story(findings)
    assert rounds.startswith("No round has traded; all orders cost 0.00 USDT")
    assert 'class="verdict even"' in write_page({"no round": findings}, "now")
    assert drawdown == "The largest drawdown was 0.0 %, as deep as holding's."


def test_one_round_is_no_rounds() -> None:
    assert story(worked_example())[1].startswith("1 round turned the portfolio over")


def test_gains_of_the_worked_example_are_those_of_the_prices() -> None:
    figures = as_json(worked_example(fee=0.01))
    assert figures["gains"] == {"BTC": pytest.approx(10), "ETH": pytest.approx(30)}
    assert figures["received"]["BTC"] == pytest.approx(10)
    assert figures["received"]["ETH"] == pytest.approx(-10)
    assert figures["received"]["USDT"] == pytest.approx(-0.2)


def test_an_asset_that_falls_while_the_others_pay_is_named() -> None:
    fall: list[Order] = [
        *BOUGHT,
        *[(1, "BTC", -0.25, 50, 1), (1, "ETH", 0.5, 25, 1)],
        *[(2, "BTC", -0.1875, 50, 2), (2, "ETH", 0.75, 12.5, 2)],
    ]
    found = history(
        [[50, 50], [50, 25], [50, 12.5], [50, 6]],
        [[0, 0], [1, 1], [0.75, 1.5], [0.5625, 2.25]],
        fall,
    )
    (warning,) = warnings(Findings(record(found)))
    assert warning.startswith("ETH was carried by the others: from 1970-01-02 to 1970-01-04")
    assert "21.88 USDT into it, 29.2 % of the NAV on the first day" in warning
    assert "lost" in warning


def test_a_falling_asset_that_deposits_paid_for_is_not_said_to_be_carried_by_the_others() -> None:
    bought: list[Order] = [*BOUGHT, (1, "ETH", 2, 25, 1)]
    found = history([[50, 50], [50, 25], [50, 12.5]], [[0, 0], [1, 1], [1, 3]], bought)
    paid_in = Flows(np.array([0.5 * 86400]), np.array([50.0]))
    (warning,) = warnings(Findings(record(replace(found, flows=paid_in))))
    assert "carried" not in warning
    assert "rounds put 50.00 USDT into it, by deposits or by selling others" in warning


def test_every_figure_has_a_name_a_text_and_a_meaning() -> None:
    figures = figures_of(worked_example())
    assert len({figure.key for figure in figures}) == len(figures) > 25
    assert all(figure.label and figure.text and figure.meaning for figure in figures)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 199, 200, 201, 35_040])
def test_a_line_for_the_screen_loses_no_peak(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    rows = extremes(values, 100)
    assert len(rows) <= 202
    assert (np.diff(rows) > 0).all()
    assert (rows[0], rows[-1]) == (0, count - 1)
    assert values[rows].max() == values.max()
    assert values[rows].min() == values.min()


def test_gaps_of_a_line_stay_gaps() -> None:
    values = np.ones(10_000)
    values[4_000:6_000] = np.nan
    assert np.isnan(values[extremes(values, 100)]).sum() >= 19


def test_the_weights_last_through_an_outage_in_which_nothing_has_a_price() -> None:
    nothing = float("nan")
    found = history(
        [[50, 50], [60, 80], [nothing, nothing], [60, 80]],
        [[0, 0], [1, 1], [1, 1], [1, 1]],
        BOUGHT,
    )
    weights = Findings(record(found)).weights
    assert weights[1].tolist() == weights[2].tolist() == [60 / 140, 80 / 140, 0.0]


def test_a_round_within_a_candle_is_marked_at_the_weight_before_it() -> None:
    late: list[Order] = [(1.5, "ETH", -10 / 80, 80, 1), (1.5, "BTC", 10 / 60, 60, 1)]
    found = history([[50, 50], [60, 80], [60, 80]], [[0, 0], [1, 1], AFTER], [*BOUGHT, *late])
    traces = asset_chart(Findings(record(found))).traces
    (marked,) = [t for t in traces if t["name"] == "round" and t["view"] == 1]
    assert _numbers(marked["y"]).tolist() == pytest.approx([80 / 140])


def test_the_stacked_weights_show_the_targets_and_the_band_around_each() -> None:
    found = replace(record(history([[50, 50], [60, 80]], [[0, 0], [1, 1]], BOUGHT)),
                    settings=make_settings(threshold=0.05))  # fmt: skip
    traces = weights_chart(Findings(found)).traces
    edges = [float(_numbers(trace["y"])[0]) for trace in traces if trace["name"] == "bands"]
    assert edges == pytest.approx([0.45, 0.55, 0.95, 1.0])
    borders = [float(_numbers(trace["y"])[0]) for trace in traces if trace["name"] == "targets"]
    assert borders == pytest.approx([0.5, 1.0])


def _numbers(packed: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(base64.b64decode(packed["bdata"]), dtype=f"<{packed['dtype']}")
