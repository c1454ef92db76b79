"""Lots of a real exchange: what a bot buys, counts and gets rid of in whole lots."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange.market_rules import checked_rules
from sandbox.exchange.orders import Side
from tests.support.live_bots import Ground, LiveBot
from tests.support.portfolio_bots import closed, trading_bot

pytestmark = pytest.mark.slow

MAJORS = {
    "BTC": 97_123.45,
    "ETH": 3_456.78,
    "BNB": 654.32,
    "SOL": 187.65,
    "XRP": 2.3456,
    "ADA": 0.8765,
    "DOGE": 0.34567,
    "LTC": 98.76,
    "DOT": 7.654,
    "LINK": 18.76,
}
COARSE = {"BTC": "0.001", "SOL": "0.1", "DOGE": "1"}
COARSE_PRICES = {"BTC": 50_000.0, "SOL": 100.0, "DOGE": 20.0}
CENT = 0.005
RESERVE = 0.005


def set_lots(ground: Ground, **steps: str) -> None:
    for asset, step in steps.items():
        pair = f"{asset}/USDT"
        ground.exchange.listing.set_rules(pair, checked_rules(pair, {"step": step, "min_qty": 0}))


def middle(ground: Ground, asset: str) -> float:
    book = ground.exchange.book(f"{asset}/USDT")
    assert book is not None
    bid, ask = (next(book.levels(side)).price for side in (Side.SELL, Side.BUY))
    return float(bid + ask) / 2


def values(ground: Ground) -> dict[str, float]:
    """What the account holds at the prices a bot sees, stake currency."""
    balances = ground.trading.account.balances
    return {
        asset: float(balance.total) * (1.0 if asset == "USDT" else middle(ground, asset))
        for asset, balance in balances.items()
    }


def check_whole(ground: Ground, line: Any, targets: dict[str, float]) -> None:
    """Every weight is within a lot, or a smallest order, of its target; NAV is the ledger's."""
    found = values(ground)
    nav = sum(found.values())
    assert line["nav_after"] == pytest.approx(nav, abs=CENT)
    assert line["outcome"] == "done"
    for asset, target in targets.items():
        market = ground.exchange.listing.of(f"{asset}/USDT")
        lot = float(market.step) * middle(ground, asset)
        allowed = max(lot, float(market.min_notional))
        missing = target * nav * (1 - RESERVE) - found.get(asset, 0.0)
        assert abs(missing) <= allowed, f"{asset}: {missing:.3f} of {target * nav:.3f} USDT"


@pytest.mark.parametrize("cash", [250, 1_000, 10_000])
def test_ten_majors_are_bought_to_the_lot(tmp_path: Path, cash: int) -> None:
    targets = dict.fromkeys(MAJORS, 0.1)
    policy = {"targets": targets, "threshold": 0.03}
    with trading_bot(tmp_path, policy, prices=MAJORS, balances={"USDT": cash}) as (ground, bot):
        bot.start()
        check_whole(ground, closed(bot, 1), targets)
        (line,) = bot.records.journal("round")
        planned = {trade["asset"]: trade["amount"] for trade in line["trades"]}
        orders = ground.trading.account.orders
        assert planned == pytest.approx(
            {order.pair.partition("/")[0]: float(order.amount) for order in orders}
        )
        assert bot.records.complaints == []


def test_coarse_lots_leave_nothing_uncounted(tmp_path: Path) -> None:
    """A fee paid in coins leaves less than a lot, which freqtrade's trade does not show."""
    targets = {"BTC": 0.4, "SOL": 0.3, "DOGE": 0.3}
    policy = {"targets": targets, "threshold": 0.05}
    with trading_bot(tmp_path, policy, prices=COARSE_PRICES) as (ground, bot):
        set_lots(ground, **COARSE)
        bot.start()
        check_whole(ground, closed(bot, 1), targets)
        ground.set_prices(SOL=150.0)
        check_whole(ground, closed(bot, 2), targets)
        bot.wait_loops(5)
        assert len(bot.records.journal("closed")) == 2


BEFORE, AFTER = {"BTC": 0.5, "SOL": 0.5}, {"BTC": 0.5, "BNB": 0.5}
THREE = {"BTC": 40_000.0, "BNB": 300.0, "SOL": 100.0}


def among(bot: LiveBot, targets: dict[str, float]) -> dict[str, Any]:
    """Configuration with these targets and no other pairs."""
    pairs = [f"{asset}/USDT" for asset in targets]
    return {
        "exchange": {**bot.config["exchange"], "pair_whitelist": pairs},
        "rebalance": {**bot.config["rebalance"], "targets": targets},
    }


@pytest.mark.parametrize("step", ["0.01", "0.1", "1"])
def test_a_lot_that_became_coarser_keeps_nothing_from_being_sold(tmp_path: Path, step: str) -> None:
    balances = {"USDT": 3_177.6}
    with trading_bot(tmp_path, prices=THREE, balances=balances) as (ground, bot):
        bot.configure(**among(bot, BEFORE))
        bot.start()
        closed(bot, 1)
        bot.stop()
        assert Decimal(str(bot.records.held()["SOL"])) % Decimal(step)
        set_lots(ground, SOL=step)
        bot.configure(**among(bot, AFTER))
        bot.start()
        check_whole(ground, closed(bot, 2), {})
        nav = sum(values(ground).values())
        assert values(ground)["USDT"] <= 2 * RESERVE * nav
        assert set(bot.records.held()) == {"BTC", "BNB"}
        assert ground.trading.account.balance("SOL").total < Decimal(step)
        bot.wait_loops(3)
        assert len(bot.records.journal("closed")) == 2


def test_other_coins_in_the_account_do_not_pay_for_fees(tmp_path: Path) -> None:
    """freqtrade takes the fee of a buy from them where there are enough: its trade is too large."""
    balances = {"USDT": 3_177.6, "SOL": 50}
    with trading_bot(tmp_path, prices=THREE, balances=balances) as (ground, bot):
        set_lots(ground, SOL="0.01")
        bot.configure(**among(bot, BEFORE))
        bot.start()
        line = closed(bot, 1)
        of_others = 50 * middle(ground, "SOL")
        nav = sum(values(ground).values()) - of_others
        assert line["nav_after"] == pytest.approx(nav, abs=CENT)
        bot.stop()
        bot.configure(**among(bot, AFTER))
        bot.start()
        assert closed(bot, 2)["outcome"] == "done"
        assert set(bot.records.held()) == {"BTC", "BNB"}
        left = ground.trading.account.balance("SOL").total
        assert 50 <= left < Decimal("50.01")
