"""What people do to a running bot: other targets, a reload, a pause, a forced exit, commands."""

import json
import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.support.bot_configs import with_api
from tests.support.builders import PROJECT
from tests.support.live_bots import Ground, LiveBot
from tests.support.portfolio_bots import TARGETS, check_books, closed, command, trading_bot, weights

pytestmark = pytest.mark.slow
THREE = {"BTC": 100.0, "ETH": 10.0, "SOL": 5.0}


def policy(bot: LiveBot, **changes: Any) -> dict[str, Any]:
    return {**bot.config["rebalance"], **changes}


def whitelist(bot: LiveBot, *assets: str) -> dict[str, Any]:
    return {**bot.config["exchange"], "pair_whitelist": [f"{asset}/USDT" for asset in assets]}


def sell_by_hand(bot: LiveBot, asset: str) -> None:
    (number,) = [trade["id"] for trade in bot.records.trades() if trade["base_currency"] == asset][
        -1:
    ]
    bot.ask("POST", "forceexit", tradeid=str(number), ordertype="market")
    bot.wait_for(lambda: asset not in bot.records.held())


def check_targets(ground: Ground, expected: dict[str, float]) -> None:
    found = weights(ground, SOL=5.0)
    assert found == pytest.approx({**dict.fromkeys(found, 0.0), **expected}, abs=0.003)


def expect_refusal(bot: LiveBot) -> None:
    """Start a bot that ends at once, with the status of a configuration that is wrong."""
    bot.start()
    bot.wait_for(lambda: not bot.alive, 15)
    assert bot.status == 2


def test_assets_are_added_and_removed(tmp_path: Path) -> None:
    """One by a restart, the other by /reload_config."""
    with trading_bot(tmp_path, prices=THREE, config={}) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.configure(exchange=whitelist(bot, "BTC", "ETH"))
        bot.start()
        closed(bot, 1)
        bot.stop()
        added = {"BTC": 0.4, "ETH": 0.2, "SOL": 0.2, "USDT": 0.2}
        bot.configure(
            exchange=whitelist(bot, "BTC", "ETH", "SOL"), rebalance=policy(bot, targets=added)
        )
        bot.start()
        assert closed(bot, 2)["tag"] == "r1 targets changed"
        check_targets(ground, added)
        removed = {"BTC": 0.5, "SOL": 0.3, "USDT": 0.2}
        bot.reload(exchange=whitelist(bot, "BTC", "SOL"), rebalance=policy(bot, targets=removed))
        assert closed(bot, 3)["tag"] == "r2 targets changed"
        check_targets(ground, removed)
        assert "ETH" not in bot.records.held()
        bot.reload()
        bot.wait_loops(3)
        assert len(bot.records.journal("round")) == 3, "it is sold once and forgotten"
        check_books(ground, bot)


def test_an_invalid_block_at_a_reload_keeps_the_settings_in_force(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        wrong = policy(bot, targets={"BTC": 50, "ETH": 30, "USDT": 20})
        bot.reload(rebalance=wrong)
        (line,) = bot.records.journal("settings kept")
        assert "write fractions" in line["text"]
        assert "Sending rpc strategy_msg: Rebalancing: the configuration is invalid" in (
            bot.records.log
        )
        ground.set_prices(BTC=120)
        assert closed(bot, 2)["weights_after"] == pytest.approx(TARGETS, abs=0.003)
        bot.stop()
        bot.start()
        bot.wait_for(lambda: not bot.alive, 15)
        assert bot.status == 2, "at a start it is an error"


def test_nothing_is_sold_while_freqtrade_is_paused(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        bot.ask("POST", "pause")
        bot.wait_for(lambda: bot.records.state_of_freqtrade == "PAUSED")
        ground.set_prices(BTC=130)
        bot.wait_loops(4)
        assert len(bot.records.orders()) == 2
        bot.ask("POST", "start")
        closed(bot, 2)
        check_books(ground, bot)


def test_an_asset_sold_by_hand_stays_out_until_resume(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        sell_by_hand(bot, "ETH")
        bot.wait_for(lambda: bot.records.journal("hands off"))
        bot.wait_loops(3)
        bot.stop()
        bot.start()
        ground.set_prices(BTC=110)
        bot.wait_loops(4)
        assert len(bot.records.journal("round")) == 1, "its weight is held in cash"
        command(bot, "resume")
        assert closed(bot, 2)["tag"] == "r1 resumed"
        assert weights(ground, BTC=110) == pytest.approx(TARGETS, abs=0.003)
        assert bot.records.complaints == []


def test_selling_everything_by_hand_pauses_it(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        bot.ask("POST", "forceexit", tradeid="all", ordertype="market")
        bot.wait_for(lambda: bot.records.journal("paused"))
        bot.wait_loops(4)
        assert weights(ground)["USDT"] > 0.999
        assert len(bot.records.orders()) == 4
        command(bot, "resume")
        assert closed(bot, 2)["tag"] == "r1 resumed"
        assert weights(ground) == pytest.approx(TARGETS, abs=0.003)


def test_commands_pause_it_and_ask_for_a_round(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        command(bot, "pause", "aaaaaaaa")
        ground.set_prices(BTC=130)
        bot.wait_loops(3)
        bot.kill()
        bot.start()
        bot.wait_loops(4)
        assert len(bot.records.journal("round")) == 1, "also after a restart"
        command(bot, "now", "bbbbbbbb")
        assert "resume first" in bot.records.values()["rebalance.answer"]
        command(bot, "resume", "cccccccc")
        closed(bot, 2)
        ground.set_prices(BTC=133)
        bot.wait_loops(3)
        assert len(bot.records.journal("round")) == 2
        command(bot, "now", "dddddddd")
        assert "r2 asked is under way: " in bot.records.values()["rebalance.answer"]
        assert closed(bot, 3)["tag"] == "r2 asked"


def test_a_parameter_file_is_refused_while_trading(tmp_path: Path) -> None:
    copytree(PROJECT / "strategies", tmp_path / "strategies")
    (tmp_path / "strategies" / "SmartRebalance.json").write_text(
        json.dumps(
            {
                "strategy_name": "SmartRebalance",
                "params": {"rebalance": {"threshold": 0.11}},
                "ft_stratparam_v": 1,
            }
        )
    )
    config = {"strategy_path": str(tmp_path / "strategies")}
    with trading_bot(tmp_path, config=config) as (_, bot):
        expect_refusal(bot)
        assert "threshold 0.11 would override rebalance.threshold 0.03" in bot.records.log
        assert "Traceback" not in bot.records.log


def test_an_investment_that_is_too_small_does_not_start_and_the_one_it_names_does(
    tmp_path: Path,
) -> None:
    with trading_bot(tmp_path, balances={"USDT": 20}) as (ground, bot):
        expect_refusal(bot)
        assert "total investment 20 USDT is too small: ETH's 30 % is" in bot.records.log
        assert not ground.trading.account.orders
        named = re.search(r"at least ([0-9.]+) USDT is needed", bot.records.log)
        assert named
        ground.trading.deposit("USDT", Decimal(named[1]) - 20)
        bot.start()
        closed(bot, 1)
        assert len(ground.trading.account.orders) == 2


def test_a_damaged_state_is_refused(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (_, bot):
        bot.start()
        closed(bot, 1)
        bot.stop()
        with closing(sqlite3.connect(bot.records.database)) as database, database:
            database.execute(
                "UPDATE KeyValueStore SET string_value = replace(string_value, 'BTC', 'ETH')"
            )
        expect_refusal(bot)
        assert "the state in the database is damaged" in bot.records.log


def test_a_removed_asset_that_nobody_can_sell_holds_no_place(tmp_path: Path) -> None:
    """As many trades are allowed as there are assets, and dust of the old one stays open."""
    with trading_bot(tmp_path, prices=THREE) as (ground, bot):
        bot.configure(max_open_trades=2, exchange=whitelist(bot, "BTC", "ETH"))
        bot.start()
        closed(bot, 1)
        bot.stop()
        ground.set_prices(ETH=0.1)
        # A tick is a tenth of that price, and so is the spread.
        changed = {"targets": {"BTC": 0.5, "SOL": 0.3, "USDT": 0.2}, "max_spread": 0.2}
        bot.configure(exchange=whitelist(bot, "BTC", "SOL"), rebalance=policy(bot, **changed))
        bot.start()
        assert closed(bot, 2)["outcome"] == "done"
        assert set(bot.records.held()) == {"BTC", "ETH", "SOL"}
        check_books(ground, bot)


def test_a_database_of_the_other_kind_is_refused(tmp_path: Path) -> None:
    """Simulated trades are not there to be sold, and real ones are not to be simulated."""
    with trading_bot(tmp_path, dry_run=True, config={"dry_run_wallet": 1000}) as (ground, bot):
        bot.start()
        closed(bot, 1)
        bot.stop()
        bot.keys = ground.trading.keys
        bot.configure(dry_run=False)
        expect_refusal(bot)
        assert "dry_run: is false, the trades in the database are of a dry-run" in bot.records.log
        assert not ground.trading.account.orders


def test_the_coins_that_are_left_of_a_removed_asset_are_sold(tmp_path: Path) -> None:
    """Some were taken away: too many for freqtrade to forgive, too few to be left behind."""
    with trading_bot(tmp_path) as (ground, bot):
        bot.configure(**with_api(bot.config))
        bot.start()
        closed(bot, 1)
        ground.trading.withdraw("ETH", Decimal("0.72"))
        bot.wait_for(lambda: bot.records.journal("flow")[1:])
        bot.reload(
            exchange=whitelist(bot, "BTC"), rebalance=policy(bot, targets={"BTC": 0.8, "USDT": 0.2})
        )
        assert closed(bot, 2)["outcome"] == "done"
        assert set(bot.records.held()) == {"BTC"}
        assert weights(ground) == pytest.approx({"BTC": 0.8, "ETH": 0.0, "USDT": 0.2}, abs=0.003)


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_database_that_does_not_know_what_was_done_waits_for_its_user(
    tmp_path: Path, is_lost: bool
) -> None:
    """It comes from a backup, or is gone."""
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        closed(bot, 1)
        bot.stop()
        backup = tmp_path / "backup.sqlite"
        with (
            closing(sqlite3.connect(bot.records.database)) as now,
            closing(sqlite3.connect(backup)) as then,
        ):
            now.backup(then)
        bot.start()
        ground.set_prices(BTC=120)
        closed(bot, 2)
        bot.stop()
        for file in bot.folder.glob("trades.sqlite*"):
            file.unlink()
        if not is_lost:
            backup.rename(bot.records.database)
        orders = len(ground.trading.account.orders)
        bot.start()
        (line,) = bot.wait_for(lambda: bot.records.journal("paused"))
        assert "does not know round 1 of the journal" in line["text"]
        bot.wait_loops(4)
        assert len(ground.trading.account.orders) == orders
        command(bot, "resume")
        assert bot.records.journal("command")[0]["text"] == "resume: resumed"
