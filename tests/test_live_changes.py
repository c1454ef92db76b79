"""What a user does to a running bot: new targets, new assets, pauses, forced exits, reloads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.forked_bots import call_apart
from tests.live_bots import make_bot_config, with_api
from tests.live_scenes import PRICES, Scene, scene

HALVES = {"BTC": 0.5, "ETH": 0.5}
THIRDS = {"BTC": 0.4, "ETH": 0.3, "SOL": 0.3}

pytestmark = pytest.mark.slow


@pytest.fixture
def seen(tmp_path: Path) -> Iterator[Scene]:
    """A bot with a REST API that holds BTC and ETH at half each."""
    with scene(tmp_path, {"targets": HALVES, "threshold": 0.05}, start=False) as found:
        found.bot.configure(**with_api(found.bot.config))
        found.bot.start()
        found.closed(0)
        yield found


def rebalance(**block: Any) -> dict[str, Any]:
    """Build the changes of a configuration that give it another block."""
    assets = [asset for asset in block["targets"] if asset != "USDT"]
    config = make_bot_config({"threshold": 0.05, **block}, assets)
    return {key: config[key] for key in ("rebalance", "max_open_trades", "exchange")}


def command(database: str, do: str) -> None:
    from freqtrade.persistence import init_db

    from rebalancing.freqtrade_side import commands

    init_db(database)
    commands.post(do)


def resume(seen: Scene) -> None:
    call_apart(command, f"sqlite:///{seen.records.database}", "resume")


def test_targets_and_assets_change_at_a_reload(seen: Scene) -> None:
    seen.bot.reload(**rebalance(targets=THIRDS))
    line = seen.closed(1)
    assert line["tag"] in ("r1 targets changed", "r1 new asset SOL")
    assert seen.weights() == pytest.approx({**THIRDS, "USDT": 0.0}, abs=0.008)

    seen.bot.reload(**rebalance(targets={"BTC": 0.6, "ETH": 0.4}))
    assert seen.closed(2)["tag"] == "r2 targets changed"
    seen.bot.wait_for(lambda: "SOL" not in seen.records.held())
    assert seen.weights() == pytest.approx(
        {"BTC": 0.6, "ETH": 0.4, "SOL": 0.0, "USDT": 0.0}, abs=0.01
    )
    seen.bot.wait_loops(3)
    assert len(seen.records.journal("round")) == 3
    seen.stop()
    seen.check_books()


def test_targets_and_assets_change_at_a_restart(seen: Scene) -> None:
    seen.bot.stop()
    seen.bot.configure(**rebalance(targets={"ETH": 0.5, "SOL": 0.5}))
    seen.bot.start()
    seen.bot.wait_for(lambda: set(seen.records.held()) == {"ETH", "SOL"})
    seen.bot.wait_for(lambda: len(seen.records.journal("closed")) >= 2)
    weights = seen.weights()
    assert weights["BTC"] == pytest.approx(0, abs=0.001)
    assert weights["SOL"] == pytest.approx(0.5, abs=0.01)
    seen.stop()
    seen.check_books()


def test_an_invalid_block_keeps_the_old_settings_and_says_so(seen: Scene) -> None:
    seen.bot.reload(**rebalance(targets={"BTC": 0.7, "ETH": 0.4}))
    kept = seen.event("settings kept")
    assert "rebalance.targets: weights sum to 1.1, must sum to 1" in kept["text"]
    seen.ground.set_prices(BTC=PRICES["BTC"] * 1.3)
    assert seen.closed(1)["tag"].startswith("r1 threshold")
    assert seen.weights()["BTC"] == pytest.approx(0.5, abs=0.008)
    seen.stop()


def test_while_freqtrade_is_paused_no_round_starts(seen: Scene) -> None:
    seen.bot.ask("POST", "pause")
    seen.bot.wait_for(lambda: seen.records.state_of_freqtrade == "PAUSED")
    seen.ground.set_prices(BTC=PRICES["BTC"] * 1.3)
    seen.bot.wait_loops(6)
    assert len(seen.orders) == 2
    assert len(seen.records.journal("round")) == 1
    seen.bot.ask("POST", "start")
    assert seen.closed(1)["tag"].startswith("r1 threshold")
    seen.stop()
    seen.check_books()


def test_what_is_sold_by_hand_stays_out_until_resume(seen: Scene) -> None:
    trade = next(t for t in seen.records.trades() if t["base_currency"] == "ETH")
    seen.bot.ask("POST", "forceexit", tradeid=str(trade["id"]), ordertype="market")
    assert seen.event("hands off")["assets"] == ["ETH"]
    seen.bot.wait_loops(5)
    assert set(seen.records.held()) == {"BTC"}
    assert len(seen.records.journal("round")) == 1  # cash in its place is no drift
    seen.bot.stop()
    seen.bot.start()
    seen.bot.wait_loops(5)
    assert len(seen.records.journal("round")) == 1
    resume(seen)
    seen.closed(1)
    assert seen.weights() == pytest.approx({**HALVES, "USDT": 0.0}, abs=0.01)
    seen.stop()


def test_selling_everything_by_hand_pauses_until_resume(seen: Scene) -> None:
    seen.bot.ask("POST", "forceexit", tradeid="all", ordertype="market")
    seen.event("paused")
    seen.bot.wait_loops(5)
    assert seen.records.held() == {}
    assert len(seen.records.journal("round")) == 1
    resume(seen)
    seen.closed(1)
    assert seen.weights() == pytest.approx({**HALVES, "USDT": 0.0}, abs=0.01)
    seen.stop()
