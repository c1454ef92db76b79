"""Coins that are in the account already, and what a real bot takes of them."""

from pathlib import Path
from typing import Any

import pytest

from tests.live_scenes import PRICES, Scene, scene

HALVES = {"BTC": 0.5, "ETH": 0.5}
OWNED = {"USDT": 1_000.0, "BTC": 0.1, "SOL": 10.0}  # BTC for 2,000 USDT; SOL is no target

pytestmark = pytest.mark.slow


def policy(adopt: Any) -> dict[str, Any]:
    return {"targets": HALVES, "threshold": 0.05, "adopt_holdings": adopt}


def adopted(seen: Scene) -> dict[str, float]:
    return {line["asset"]: line["amount"] for line in seen.records.journal("adopted")}


def value_held(seen: Scene) -> dict[str, float]:
    return {asset: amount * PRICES[asset] for asset, amount in seen.records.held().items()}


def test_a_live_bot_takes_what_its_targets_want_and_leaves_the_rest(tmp_path: Path) -> None:
    with scene(tmp_path, policy(True), OWNED) as seen:
        line = seen.closed(0)
        # Of 2,000 in BTC half the portfolio's value, which is 1,000 in cash and as much in BTC.
        assert adopted(seen) == {"BTC": pytest.approx(0.05, rel=0.01)}
        assert line["nav_after"] == pytest.approx(2_000, rel=0.01)
        assert value_held(seen) == pytest.approx({"BTC": 1_000, "ETH": 1_000}, rel=0.02)
        assert {order.pair for order in seen.orders} == {"ETH/USDT"}
        assert float(seen.ground.trading.account.balance("SOL").free) == 10

        # Neither what was left nor what comes and is not wanted is taken later.
        seen.ground.trading.deposit("ETH", 0.5)
        seen.bot.wait_loops(15)
        seen.stop()
        seen.bot.start()
        seen.bot.wait_loops(4)
        assert len(seen.records.journal("adopted")) == 1
        assert value_held(seen) == pytest.approx({"BTC": 1_000, "ETH": 1_000}, rel=0.02)
        seen.stop(clean=True)


def test_a_live_bot_takes_all_and_brings_it_to_the_targets(tmp_path: Path) -> None:
    with scene(tmp_path, policy("all"), OWNED) as seen:
        seen.closed(0)
        assert adopted(seen) == {"BTC": pytest.approx(0.1)}
        weights = seen.weights("SOL")
        assert weights == pytest.approx({**HALVES, "USDT": 0.0}, abs=0.008)
        assert float(seen.ground.trading.account.balance("SOL").free) == 10
        ids = [row["order_id"] for row in seen.records.orders() if row["ft_order_tag"] == "adopted"]
        assert len(ids) == 1

        seen.ground.trading.deposit("ETH", 0.5)
        assert seen.event("adopted", 2)["asset"] == "ETH"
        seen.closed(1)
        assert seen.weights("SOL") == pytest.approx(weights, abs=0.008)
        seen.stop(clean=True)


def test_without_it_coins_of_the_account_stay_outside(tmp_path: Path) -> None:
    with scene(tmp_path, policy(False), OWNED) as seen:
        assert seen.closed(0)["nav_before"] == pytest.approx(1_000)
        assert value_held(seen) == pytest.approx({"BTC": 500, "ETH": 500}, rel=0.02)
        seen.stop()


@pytest.mark.parametrize(("adopt", "bitcoins"), [(True, 0.05), ("all", 0.1)])
def test_a_dry_run_takes_coins_of_its_wallet(tmp_path: Path, adopt: Any, bitcoins: float) -> None:
    wallet = {"dry_run": True, "dry_run_wallet": OWNED}
    with scene(tmp_path, policy(adopt), **wallet) as seen:
        line = seen.closed(0)
        assert adopted(seen) == {"BTC": pytest.approx(bitcoins, rel=0.01)}
        worth = 1_000 + bitcoins * PRICES["BTC"]
        assert line["nav_after"] == pytest.approx(worth, rel=0.01)
        assert value_held(seen) == pytest.approx({"BTC": worth / 2, "ETH": worth / 2}, rel=0.02)
        seen.bot.stop()
        seen.bot.start()
        seen.bot.wait_loops(4)
        assert len(seen.records.journal("round")) == 1
        assert len(seen.records.journal("adopted")) == 1
        seen.stop(clean=True)
