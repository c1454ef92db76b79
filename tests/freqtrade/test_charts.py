"""The rounds on freqtrade's own charts."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rebalancing.freqtrade_side.charts.annotations import round_annotations
from tests.support.bot_configs import with_api
from tests.support.builders import PROJECT, make_config
from tests.support.flat_candles import TIMEFRAME
from tests.support.freqtrade_runs import backtest, freqtrade_process
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import TARGETS, trading_bot
from tests.support.portfolio_bots import closed as closed_round

PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]
CANDLES = PROJECT / "user_data" / "data" / "binance"


def test_plot_dataframe_marks_the_rounds_of_the_newest_backtest(tmp_path: Path) -> None:
    config = make_config(
        PAIRS, {"targets": "equal", "threshold": 0.03}, timeframe="4h", dry_run_wallet=10000
    )
    found = backtest(tmp_path, config, CANDLES)
    ended = freqtrade_process(
        tmp_path, config, CANDLES, "--pairs", "BTC/USDT", command="plot-dataframe"
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    (page,) = (tmp_path / "user_data" / "plot").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert '"name":"round"' in text
    assert '"name":"target_weight"' in text
    assert '"name":"weight"' in text
    assert '"name":"enter_long"' not in text
    assert "Traceback" not in ended.stderr
    assert found.trades.tag.nunique() > 3


def test_frequi_is_given_targets_weights_and_rounds_of_a_running_bot(tmp_path: Path) -> None:
    """What its charts are drawn from, over freqtrade's REST API."""
    with trading_bot(tmp_path, dry_run=True) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed_round(bot, 1)
        chart = bot.ask("GET", f"pair_candles?pair=BTC/USDT&timeframe={TIMEFRAME}&limit=5")
        entries = [row[chart["columns"].index("enter_long")] for row in chart["data"]]
        assert entries == [0, 0, 0, 0, 1], "the newest candle is the one in which it is bought"
        bot.wait_for(lambda: len(notes(bot, 1)) == 5)
        assert notes(bot, 1)["weight"] == "50.0 %"
        bot.stop()
        with closing(sqlite3.connect(bot.records.database)) as database, database:
            for column in ("order_date", "order_filled_date"):  # so that its candle is complete
                database.execute(f"UPDATE orders SET {column} = datetime({column}, '-8 hours')")
        bot.start()
        bot.wait_loops(2)
        shown = bot.ask("GET", "plot_config")
        assert {"round"} == shown["main_plot"].keys()
        assert {"target_weight", "weight"} == shown["subplots"]["Weight"].keys()
        chart = bot.ask("GET", f"pair_candles?pair=BTC/USDT&timeframe={TIMEFRAME}&limit=5")
        assert {"round", "target_weight", "weight"} <= set(chart["columns"])
        assert chart["enter_long_signals"] == 0
        newest = dict(zip(chart["columns"], chart["data"][-1], strict=True))
        assert newest["target_weight"] == TARGETS["BTC"]
        assert newest["weight"] == pytest.approx(TARGETS["BTC"], abs=0.01)
        assert [mark["label"] for mark in chart["annotations"]] == ["r0 initial"]
        ground.set_prices(BTC=104)
        bot.wait_loops(3)
        assert notes(bot, 1)["weight"] == "50.0 %", "not in every loop"
        ground.set_prices(BTC=120)
        closed_round(bot, 2)
        seen = bot.wait_for(lambda: notes(bot, 1)["last_round"].startswith("r1") and notes(bot, 1))
        assert seen.pop("last_round").startswith("r1 threshold BTC +4.")
        assert seen == {
            "target": "50.0 %",
            "weight": "50.0 %",
            "drift": "+0.0 points",
            "next_round": "when a weight leaves its band; that of this one is 47.0 % to 53.0 %",
        }
        bot.ask("POST", "forceexit", tradeid="2", ordertype="market")
        bot.wait_for(lambda: "closed" in notes(bot, 2)["next_round"])


def notes(bot: LiveBot, trade: int) -> dict[str, str]:
    """What freqtrade shows beside a trade, over REST as in FreqUI and Telegram."""
    found = bot.ask("GET", f"trades/{trade}/custom-data")
    return {entry["key"]: entry["value"] for one in found for entry in one["custom_data"]}


def test_a_round_within_the_last_candle_of_a_chart_is_marked() -> None:
    hour, start = timedelta(hours=1), datetime(2024, 1, 1, tzinfo=UTC)
    rounds = [(start + minutes * hour / 60, f"r{minutes}") for minutes in (-1, 0, 61, 119, 120)]
    marked = round_annotations(rounds, start, start + hour, hour)
    assert [mark["label"] for mark in marked] == ["r0", "r61", "r119"]
