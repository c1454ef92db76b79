"""The simulation holds what freqtrade's backtest does: each order, and the money at the end."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rebalancing.policy.policy import Policy
from rebalancing.rounds.tag import parse_tag
from rebalancing.simulate import Simulation, simulate
from tests.support.builders import PROJECT, make_candles, make_config, write_candles
from tests.support.freqtrade_runs import Outcome, backtest

FEE = 0.001
HOURS = np.arange(24 * 60)


def wandering(seed: int, start: float, moves: float = 0.01) -> list[float]:
    steps = np.random.default_rng(seed).normal(0, moves, len(HOURS))
    return list(start * np.exp(np.cumsum(steps)))


def simulated(outcome: Outcome) -> Simulation:
    """Run what a backtest was given."""
    run = outcome.strategy._mode.run
    policy: Policy = run._policy
    cash = policy.settings.investment or outcome.stats["starting_balance"]
    return simulate(policy, run._prices, run._markets, cash)


def check_the_same(outcome: Outcome, found: Simulation) -> None:
    """Every order is of the same time, round, asset and side, its size and price to 1e-9."""
    wanted = outcome.trades.sort_values(["time", "pair"])
    orders = sorted(found.orders, key=lambda order: (order.time, order.asset))
    assert [order.time for order in orders] == list(wanted.time)
    assert [f"{order.asset}/USDT" for order in orders] == list(wanted.pair)
    assert [order.tag for order in orders] == list(wanted.tag)
    signed = wanted.amount.where(wanted.side == "buy", -wanted.amount)
    assert [order.amount for order in orders] == pytest.approx(list(signed), rel=1e-9)
    assert [order.price for order in orders] == pytest.approx(list(wanted.price), rel=1e-12)
    paid = (signed * wanted.price).sum() + FEE * wanted.notional.sum()
    start = outcome.strategy._mode.run._policy.settings.investment
    start = start or outcome.stats["starting_balance"]
    assert found.cash == pytest.approx(start - paid, rel=1e-9, abs=1e-6)


POLICIES = [
    pytest.param({"targets": "equal", "period": "24h"}, id="period"),
    pytest.param({"targets": "equal", "threshold": 0.03}, id="threshold"),
    pytest.param({"targets": "equal", "period": "12h", "threshold": 0.02}, id="both"),
    pytest.param(
        {
            "targets": {"A": 0.4, "B": 0.3, "C": 0.1, "USDT": 0.2},
            "threshold": 0.2,
            "threshold_kind": "relative",
            "destination": "edge",
        },
        id="relative, to the edge, with cash",
    ),
    pytest.param(
        {"targets": "equal", "threshold": 0.02, "scope": "fewest", "cooldown": "6h"}, id="fewest"
    ),
    pytest.param(
        {"targets": "equal", "threshold": 0.02, "scope": "drifted", "destination": 0.5},
        id="half the way of what has drifted",
    ),
    pytest.param(
        {"targets": "equal", "threshold": 0.03, "investment": 90, "min_trade": 8}, id="small money"
    ),
]


@pytest.fixture(scope="module")
def datadir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three assets that wander: one is listed late, one rests for two days, one ends early."""
    late, resting, ended = wandering(1, 100), wandering(2, 3.7), wandering(3, 0.0123)
    frames = {
        "A/USDT": make_candles(late).iloc[100:],
        "B/USDT": make_candles(resting),
        "C/USDT": make_candles(ended).iloc[:-200],
    }
    frames["B/USDT"].loc[700:748, "volume"] = 0
    frames["B/USDT"] = frames["B/USDT"].drop(index=range(700, 749))
    return write_candles(tmp_path_factory.mktemp("data"), "1h", frames)


@pytest.mark.parametrize("block", POLICIES)
def test_it_orders_what_a_backtest_orders(
    tmp_path: Path, datadir: Path, block: dict[str, Any]
) -> None:
    config = make_config(["A/USDT", "B/USDT", "C/USDT"], block, dry_run_wallet=10_000)
    outcome = backtest(tmp_path, config, datadir, "--fee", str(FEE))
    assert len(outcome.trades) > 5
    check_the_same(outcome, simulated(outcome))


def test_its_worth_is_what_it_holds_at_the_prices_of_the_time(
    tmp_path: Path, datadir: Path
) -> None:
    block = {"targets": "equal", "threshold": 0.03}
    config = make_config(["A/USDT", "B/USDT"], block, dry_run_wallet=10_000)
    outcome = backtest(tmp_path, config, datadir, "--fee", str(FEE))
    found = simulated(outcome)
    closes = {
        asset: pd.read_feather(datadir / f"{asset}_USDT-1h.feather").set_index("date").close
        for asset in "AB"
    }
    run, late = outcome.strategy._mode.run, pd.Timestamp("2024-02-10 07:00", tz="UTC")
    known = pd.DataFrame(closes)
    view = run._view(late, run._prices.at(late))
    assert np.array_equal(view.past(), known[known.index < late], equal_nan=True)
    cash, held, orders = 10_000.0, {"A": 0.0, "B": 0.0}, list(found.orders)
    for second, worth in zip(found.times.tolist(), found.nav.tolist(), strict=True):
        moment = pd.Timestamp(second, unit="s", tz="UTC")
        while orders and orders[0].time < moment:
            order = orders.pop(0)
            held[order.asset] += order.amount
            cash -= order.amount * order.price + order.fee
        before = {asset: known[known.index < moment] for asset, known in closes.items()}
        prices = {asset: known.iloc[-1] if len(known) else 0.0 for asset, known in before.items()}
        assert worth == pytest.approx(cash + sum(held[asset] * prices[asset] for asset in held))


RECORDED = PROJECT.parent / "shared" / "parity"
SHORT = ("threshold-cash", "collapse", "crash-detail")


@pytest.mark.slow
@pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded policies are not part of the project"
)
@pytest.mark.parametrize("name", SHORT)
def test_it_orders_what_a_backtest_of_real_candles_orders(tmp_path: Path, name: str) -> None:
    policy = json.loads((RECORDED / "policies.json").read_text())[name]
    pairs = [f"{asset}/{policy['stake']}" for asset in policy["assets"]]
    config = make_config(
        pairs,
        policy["rebalance"],
        timeframe=policy["timeframe"],
        dry_run_wallet=policy.get("wallet", 10_000),
    )
    words = ["--fee", str(FEE)]
    if policy["timerange"]:
        words += ["--timerange", policy["timerange"]]
    if detail := policy.get("detail"):
        words += ["--timeframe-detail", detail]
    folder = PROJECT.parent / "shared" / "data" / policy["data"]
    outcome = backtest(tmp_path, config, folder, *words)
    check_the_same(outcome, simulated(outcome))
    assert {parse_tag(order.tag) for order in simulated(outcome).orders}
