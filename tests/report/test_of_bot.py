"""The report of a bot: from its database, its journal and downloaded candles."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.history.bot_history import read_bot
from rebalancing.freqtrade_side.records.journal_file import Journal, journal_path
from rebalancing.report.figures import as_json
from rebalancing.report.findings import Findings
from tests.support.bot_databases import write_database
from tests.support.builders import PROJECT, make_config
from tests.support.command_lines import rebalance
from tests.support.raw_records import Event
from tests.support.recount import Policy, Walk

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
TARGETS = {"BTC": 0.5, "ETH": 0.3, "SOL": 0.2}
POLICY = Policy({**TARGETS, "USDT": 0.0}, 0.03, "USDT", 0.001)
BEGIN = pd.Timestamp("2024-01-05 09:17", tz="UTC")


def opens() -> pd.DataFrame:
    """Read what the bot's assets cost at the start of each candle, and at the end of the last."""
    columns = {}
    for pair in PAIRS:
        frame = pd.read_feather(CANDLES / f"{pair.replace('/', '_')}-4h.feather").set_index("date")
        last = frame.index[-1] + pd.Timedelta("4h")
        columns[pair[:3]] = pd.concat([frame["open"], pd.Series({last: frame["close"].iloc[-1]})])
    return pd.DataFrame(columns).loc[BEGIN.floor("4h") :]


def order(when: str, kind: str, asset: str, worth: float, slip: float = 0.0) -> Event:
    """Trade this much of the stake currency, a little off the open of the candle."""
    time = pd.Timestamp(when, tz="UTC")
    price = float(opens()[asset].asof(time)) * (1 + slip)
    fee = 0.0 if kind in ("adopted", "withdrawn") else abs(worth) * 0.001
    return Event(time.timestamp(), kind, asset, worth / price, price, fee)


def flow(when: str, amount: float) -> Event:
    return Event(pd.Timestamp(when, tz="UTC").timestamp(), "flow", "", amount)


def life(adopted: bool = True) -> list[Event]:
    """Ten weeks with deposits, a withdrawal, coins brought in and taken out, and a sale by hand."""
    events = [
        order("2024-01-05 09:20", "initial", "BTC", 4950, 0.001),
        order("2024-01-05 09:20", "initial", "ETH", 2960, -0.002),
        order("2024-01-05 09:21", "initial", "SOL", 1980),
        order("2024-01-16 12:00", "round", "SOL", -240, 0.003),
        order("2024-01-16 12:00", "round", "BTC", 200, -0.001),
        flow("2024-01-20 03:33", 5000.0),
        order("2024-01-20 04:10", "round", "BTC", 2400),
        order("2024-01-20 04:10", "round", "ETH", 1500, 0.001),
        order("2024-01-20 04:10", "round", "SOL", 1000),
        *([order("2024-02-01 10:05", "adopted", "ETH", 700)] if adopted else []),
        *([order("2024-02-05 10:05", "withdrawn", "BTC", -900)] if adopted else []),
        order("2024-02-11 20:30", "round", "BTC", -600),
        order("2024-02-11 20:30", "round", "SOL", 500, 0.002),
        order("2024-02-20 15:00", "round", "ETH", -3000),
        flow("2024-02-20 17:45", -2500.0),
        order("2024-03-05 01:00", "other", "SOL", -300, -0.004),
        flow("2024-03-07 13:00", 250.0),
    ]
    return sorted(events, key=lambda event: event.time)


def with_added_asset(events: list[Event]) -> list[Event]:
    """Let SOL join the portfolio in the round of January the sixteenth."""
    when = "2024-01-16 12:00"
    round_time = pd.Timestamp(when, tz="UTC").timestamp()
    before = [event for event in events if event.time < round_time and event.asset != "SOL"]
    joined = [
        order(when, "round", "BTC", -1000),
        order(when, "round", "ETH", -900, 0.001),
        order(when, "round", "SOL", 1850, 0.002),
    ]
    return [*before, *joined, *(event for event in events if event.time > round_time)]


def bot_config(folder: Path, url: str, **more: Any) -> dict[str, Any]:
    block = {"targets": TARGETS, "threshold": 0.03, "period": "24h"}
    config = make_config(PAIRS, block, timeframe="4h", dry_run=False)
    places = {"db_url": url, "datadir": str(CANDLES), "user_data_dir": str(folder)}
    return {**config, **places, **more}


def findings(folder: Path, events: list[Event], **more: Any) -> Findings:
    start = (BEGIN.timestamp(), 10000.0)
    url = write_database(folder / "bot.sqlite", events, start, **more)
    return Findings(read_bot(bot_config(folder, url)))


def charged_on_the_gross(event: Event) -> Event:
    """A fee kept in coins is a share of what was bought, of which less was left."""
    is_buy = event.kind != "flow" and event.amount > 0
    return replace(event, fee=event.fee / 0.999) if is_buy else event


@pytest.mark.parametrize(
    ("adopted", "fee_in_coins", "added"),
    [
        pytest.param(True, False, False, id="deposits, coins brought in and taken out"),
        pytest.param(False, True, False, id="fees kept in coins"),
        pytest.param(True, False, True, id="an asset added later"),
    ],
)
def test_every_figure_of_a_bot_with_deposits_agrees_with_the_recount(
    tmp_path: Path, adopted: bool, fee_in_coins: bool, added: bool
) -> None:
    events = [charged_on_the_gross(event) if fee_in_coins else event for event in life(adopted)]
    events = with_added_asset(events) if added else events
    found = findings(tmp_path, events, fee_in_coins=fee_in_coins)
    walk = Walk(opens(), events, POLICY, 10000.0)
    given: dict[str, Any] = as_json(found)
    counted = walk.figures()
    for kind, values in (("gain", given["gains"]), ("received", given["received"])):
        given |= {f"{kind} {asset}": value for asset, value in values.items()}
    off = {
        key: (given[key], value)
        for key, value in counted.items()
        if key != "unexplained" and given[key] != pytest.approx(value, rel=1e-6, abs=1e-6)
    }
    assert off == {}
    assert given["flows"] == pytest.approx(2750 + (700 - 900 if adopted else 0))
    np.testing.assert_allclose(found.nav, walk.navs, rtol=1e-6)
    np.testing.assert_allclose(found.hodl_nav, walk.hodls, rtol=1e-6)
    np.testing.assert_allclose(found.premium, walk.premiums, rtol=1e-6, atol=0.01)


def test_gains_fees_and_flows_add_up_to_the_cent(tmp_path: Path) -> None:
    found = findings(tmp_path, life())
    history, attribution = found.record.history, found.attribution
    assert 10000 + attribution.change[-1] == pytest.approx(found.closing.sold, abs=1e-6)
    np.testing.assert_allclose(attribution.change[:-1], history.nav() - 10000, atol=1e-6)


def test_a_deposit_is_no_gain(tmp_path: Path) -> None:
    """Whatever comes later, the time-weighted return up to then is what it was."""
    late = pd.Timestamp("2024-03-19", tz="UTC").timestamp()
    (tmp_path / "without").mkdir()
    (tmp_path / "with").mkdir()
    without = findings(tmp_path / "without", life())
    deposit = Event(late, "flow", "", 100_000.0)
    given = findings(tmp_path / "with", [*life(), deposit])
    until = given.record.history.time <= late
    np.testing.assert_allclose(given.units[until], without.units[until])
    assert given.nav[-1] == pytest.approx(without.nav[-1] + 100_000)
    assert abs(given.risk.total_return) < abs(given.nav[-1] / 10_000 - 1)


def test_old_candles_are_named_in_the_report(tmp_path: Path) -> None:
    (remark,) = findings(tmp_path, life()).record.remarks
    assert remark.startswith("The candles end on 2024-03-22 12:00")


def test_changed_targets_are_named_in_the_report(tmp_path: Path) -> None:
    found = findings(tmp_path, life(), tag="targets changed")
    assert any("targets were changed" in remark for remark in found.record.remarks)
    assert found.rows[1].reason == "targets changed"


def test_the_journal_tells_what_a_round_left_out(tmp_path: Path) -> None:
    events = life()
    url = write_database(tmp_path / "bot.sqlite", events, (BEGIN.timestamp(), 10000.0))
    config = bot_config(tmp_path, url)
    journal = Journal(journal_path(config))
    left = [{"asset": "SOL", "size": -3.2, "why": "below the smallest order"}]
    at = datetime(2024, 1, 16, 12, tzinfo=UTC)
    facts = {"outcome": "done", "cost": 0.44, "left_out": left}
    journal.write(at, "closed", round=1, tag="r1 period", **facts)
    journal.write(at, "closed", round="what", outcome=3)
    journal.close()
    rows = Findings(read_bot(config)).rows
    assert rows[1].note is not None
    assert [(item.asset, item.why) for item in rows[1].note.left_out] == [
        ("SOL", "below the smallest order")
    ]
    assert rows[2].note is None


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``rebalance report`` in a folder."""
    return rebalance(folder, "report", *words, COLUMNS="200")


def write_config(folder: Path, config: Mapping[str, Any]) -> str:
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    return str(file)


def test_the_command_reads_a_bot_by_its_configuration(tmp_path: Path) -> None:
    url = write_database(tmp_path / "bot.sqlite", life(), (BEGIN.timestamp(), 10000.0))
    (tmp_path / "user_data" / "logs").mkdir(parents=True)
    config = write_config(tmp_path, bot_config(tmp_path / "user_data", url))
    told = command(tmp_path, "--config", config, "--datadir", str(CANDLES), "--json")
    assert told.returncode == 0, told.stderr
    (figures,) = json.loads(told.stdout).values()
    assert figures["kind"] == "live"
    assert figures["rounds"] == 4
    drawn = command(tmp_path, "bot.sqlite", "--config", config, "--datadir", str(CANDLES))
    assert drawn.returncode == 0, drawn.stderr
    assert "Money-weighted return" in drawn.stdout
    assert (tmp_path / "user_data" / "plot" / "rebalance-bot.html").is_file()


@pytest.mark.parametrize("side", ["begin", "end", "none"])
def test_missing_candles_are_one_line_that_says_how_to_get_them(tmp_path: Path, side: str) -> None:
    url = write_database(tmp_path / "bot.sqlite", life(), (BEGIN.timestamp(), 10000.0))
    for pair in PAIRS if side != "none" else []:
        name = f"{pair.replace('/', '_')}-4h.feather"
        frame = pd.read_feather(CANDLES / name)
        dates = frame["date"]
        kept = dates > "2024-02-01" if side == "begin" else dates < "2024-02-01"
        (tmp_path / "data").mkdir(exist_ok=True)
        frame[kept].reset_index(drop=True).to_feather(tmp_path / "data" / name)
    (tmp_path / "data").mkdir(exist_ok=True)
    with pytest.raises(OperationalException, match="freqtrade download-data") as refusal:
        read_bot(bot_config(tmp_path, url), tmp_path / "data")
    assert "--timeframes 4h --timerange 20240105-" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_database_without_rounds_is_refused(tmp_path: Path) -> None:
    url = write_database(tmp_path / "bot.sqlite", [], (BEGIN.timestamp(), 10000.0))
    with pytest.raises(OperationalException, match="no order of a round"):
        read_bot(bot_config(tmp_path, url))
