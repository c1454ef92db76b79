"""What summary and report say of a backtest that was not all that it seems: cautions, coins that
came late or ended early, and the tables for a spreadsheet."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from freqtrade import __version__ as freqtrade_version

from rebalancing.cli.report import report
from rebalancing.cli.summary import summary
from rebalancing.numbers import money
from rebalancing.performance.record import Record
from rebalancing.report.csv_files import save_csv
from rebalancing.report.figures import as_json, figures_of
from rebalancing.report.findings import Findings
from rebalancing.version import __version__
from tests.support.builders import PROJECT, make_config, make_settings, write_candles
from tests.support.freqtrade_runs import Outcome, backtest
from tests.support.histories import AFTER, BOUGHT, SWITCHED, history

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
LATE, EARLY = pd.Timestamp("2024-01-10", tz="UTC"), pd.Timestamp("2024-01-20", tz="UTC")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """SOL is listed on the tenth, BNB ends on the twentieth, and the fee was meant in per cent."""
    folder = tmp_path_factory.mktemp("run")
    candles = {}
    for pair in PAIRS:
        frame = pd.read_feather(CANDLES / f"{pair.replace('/', '_')}-4h.feather")
        frame = frame[frame["date"] < "2024-02-01"]
        if pair == "SOL/USDT":
            frame = frame[frame["date"] >= LATE]
        if pair == "BNB/USDT":
            frame = frame[frame["date"] < EARLY]
        candles[pair] = frame.reset_index(drop=True)
    data = write_candles(folder / "user_data" / "data" / "binance", "4h", candles)
    block = {"targets": "equal", "threshold": 0.02, "investment": 20000}
    config = make_config(PAIRS, block, timeframe="4h", dry_run_wallet=10000, fee=0.1)
    return backtest(folder, config, data)


def told(command: object, *words: object) -> str:
    result = CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return str(result.output)


def figures(run: Outcome, *words: object) -> dict[str, Any]:
    (found,) = json.loads(told(summary, run.result, "--json", *words)).values()
    return found


NOTES = [
    "fee: 0.1 is 10 % of every trade",
    "rebalance.investment: 20000 USDT is more than there is",
    "BNB has no candle after 2024-01-19 20:00: ",
    "SOL joins the portfolio at 2024-01-10 04:00, its first price; its target is 25.0 % of it.",
]


def test_the_summary_says_under_its_table_what_to_look_at_again(run: Outcome) -> None:
    lines = [line for line in told(summary, run.result).splitlines() if line.startswith("Note: ")]
    assert len(lines) == len(NOTES)
    for note in NOTES:
        assert any(line.startswith(f"Note: {note}") for line in lines), note


def test_scripts_get_cautions_remarks_and_the_share_without_candles(run: Outcome) -> None:
    found = figures(run)
    said = [*found["cautions"], *found["remarks"]]
    assert [any(line.startswith(note) for line in said) for note in NOTES] == [True] * 4
    shares = {span["asset"]: span["share"] for span in found["candles"]}
    assert found["stranded"] == shares["BNB"] > 0.1
    assert found["policy"] == "whenever the drift is 2 points or more"


def test_the_last_close_of_what_has_ended_counts(run: Outcome) -> None:
    found, datadir = figures(run), run.result.parents[1] / "data" / "binance"
    orders = run.orders[run.orders.tag.str.startswith("r")]
    sign = orders.side.map({"buy": 1, "sell": -1})
    cash = 10000 - (sign * orders.notional).sum() - 0.1 * orders.notional.sum()
    nav = cash
    for pair, amount in (sign * orders.amount).groupby(orders.pair).sum().items():
        frame = pd.read_feather(datadir / f"{str(pair).replace('/', '_')}-4h.feather")
        last = frame.iloc[-1]
        nav += 0.9 * amount * (last["close"] if pair == "BNB/USDT" else last["open"])
    assert found["nav"] == pytest.approx(nav, rel=1e-9)


def test_the_candles_of_the_results_own_folder_are_found(run: Outcome, tmp_path: Path) -> None:
    assert figures(run) == figures(run, "--datadir", run.result.parents[1] / "data" / "binance")
    assert figures(run, "--datadir", tmp_path)["nav"] != pytest.approx(figures(run)["nav"])


def test_other_candles_than_those_of_the_run_are_not_taken(run: Outcome, tmp_path: Path) -> None:
    frame = pd.read_feather(CANDLES / "BTC_USDT-4h.feather")
    frame[["open", "high", "low", "close"]] *= 1.01
    write_candles(tmp_path, "4h", {"BTC/USDT": frame})
    found = figures(run, "--datadir", tmp_path)
    assert found["nav"] == figures(run, "--datadir", tmp_path / "none")["nav"]
    assert any("are not those of this run" in line for line in found["remarks"])


def test_the_report_says_what_ran_and_the_same_numbers(run: Outcome) -> None:
    (found,) = json.loads(told(report, run.result, "--json")).values()
    ran = found["configuration"]
    assert ran["pairs"] == PAIRS
    assert ran["targets"] == {"BTC": 0.25, "ETH": 0.25, "BNB": 0.25, "SOL": 0.25, "USDT": 0.0}
    assert (ran["fee"], ran["exchange"], ran["timeframe"]) == (0.1, "binance", "4h")
    assert ran["versions"] == {"smart_rebalance": __version__, "freqtrade": freqtrade_version}
    assert (ran["policy"], ran["settings"]["threshold"]) == (figures(run)["policy"], 0.02)
    for key in ("nav", "premium_share", "stranded", "cautions", "remarks", "rounds"):
        assert found[key] == figures(run)[key], key


def test_tables_for_a_spreadsheet_hold_every_moment_round_and_fill(
    run: Outcome, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "tables"
    (found,) = json.loads(told(report, run.result, "--json", "--csv", folder)).values()
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in FILES}
    assert tables["nav"].nav.iloc[-1] == pytest.approx(found["nav"])
    assert tables["nav"].premium_share.iloc[-1] == pytest.approx(found["premium_share"])
    assert list(tables["weights"].time) == list(tables["nav"].time)
    assert (
        tables["weights"][["BTC", "ETH", "BNB", "SOL", "USDT"]].sum(axis=1).between(0, 1.0001).all()
    )
    assert (tables["rounds"]["round"] > 0).sum() == found["rounds"]
    assert tables["fills"].fee.sum() == pytest.approx(found["fees"])
    assert len(tables["fills"]) == len(run.orders)


FILES = ("nav", "weights", "rounds", "fills")


def example(tags: dict[int, str] | None = None) -> Findings:
    closing = [(2, "BTC", -AFTER[0], 60, -1), (2, "ETH", -AFTER[1], 80, -1)]
    found = history(
        [[50, 50], [60, 80], [60, 80]], [[0, 0], [1, 1], AFTER], [*BOUGHT, *SWITCHED, *closing]
    )
    record = Record("test", "backtest", "test", "1d", found, make_settings(), tags or {1: "period"})
    return Findings(record)


def test_several_results_have_a_folder_each(tmp_path: Path) -> None:
    save_csv({"one": example(), "../two": example()}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["..-two", "one"]
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(
        f"{name}.csv" for name in FILES
    )


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_of_a_result_becomes_a_formula(tmp_path: Path, evil: str) -> None:
    save_csv({"one": example({1: evil})}, tmp_path)
    assert f"'{evil}" in list(pd.read_csv(tmp_path / "rounds.csv").reason)


def test_what_speaks_of_a_year_is_marked_in_a_shorter_run(run: Outcome) -> None:
    (found,) = json.loads(told(report, run.result, "--json")).values()
    assert found["annual_return"] is not None
    texts = {figure.key: figure.text for figure in figures_of(example())}
    assert texts["total_return"] == "40.00 % (HODL 40.00 %)"
    assert texts["volatility"].partition(" (")[0].endswith(", from 2 days")
    assert texts["annual_return"] == "not defined"


def test_rows_that_say_nothing_are_for_scripts_alone() -> None:
    shown = {figure.key for figure in figures_of(example()) if figure.group != "For scripts"}
    assert shown & {"flows", "fees_to_come", "money_return", "money_annual", "stranded"} == set()
    assert {"flows", "fees_to_come", "money_return"} <= set(as_json(example()))


def test_numbers_of_a_dead_or_a_fresh_portfolio_are_still_valid_json() -> None:
    found = example()
    dead = replace(found.record.history, prices=found.record.history.prices * 0 + 1e-300)
    text = json.dumps(as_json(Findings(replace(found.record, history=dead))), default=str)
    assert "Infinity" not in text


@pytest.mark.parametrize(
    ("stake", "text"),
    [("USDT", "1,234.57 USDT"), ("FDUSD", "1,234.57 FDUSD"), ("EUR", "1,234.57 EUR"),
     ("JPY", "1,235 JPY"), ("BTC", "1,234.56700000 BTC"), ("TRY", "1,234.57 TRY")],
)  # fmt: skip
def test_money_has_the_digits_that_a_person_would_pay_with(stake: str, text: str) -> None:
    assert money(1234.567, stake) == text
