"""The kernel makes the orders of `simulate`, to the last bit, interpreted and compiled."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.config.settings import read_settings
from rebalancing.explore.compiled import compiled_walk
from rebalancing.explore.kernel.memory import AMOUNTS, CASH, ORDERS
from rebalancing.explore.kernel.walk import walk
from rebalancing.explore.translate import (
    as_lists,
    candles_of,
    log_of,
    memory_of,
    place,
    terms_of,
)
from rebalancing.freqtrade_side.backtest.candles import read_candles
from rebalancing.market.markets import Markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate
from tests.support.builders import PROJECT
from tests.support.price_paths import made_up_markets, made_up_prices

ROWS, ROOM = 240, 20_000
Orders = list[tuple[int, int, str, float, float]]
Found = tuple[Orders, list[float], float]
"""Time, round, asset, amount and price of each order; coins and cash at the end."""


def simulated(policy: Policy, prices: PriceMatrix, markets: Markets, cash: float) -> Found:
    found = simulate(policy, prices, markets, cash)
    orders = [
        (int(o.time.timestamp()), int(o.tag.split()[0][1:]), o.asset, o.amount, o.price)
        for o in found.orders
    ]
    return orders, found.amounts.tolist(), found.cash


def walked(policy: Policy, prices: PriceMatrix, markets: Markets, cash: float) -> Found:
    """Follow the policy with the interpreted kernel."""
    candles, log = candles_of(prices), log_of(ROOM)
    memory = memory_of(markets, candles)
    place(policy, memory.desk)
    desk, marks = memory.desk.tolist(), memory.marks.tolist()
    walk(as_lists(candles), terms_of(policy, markets, cash), desk, marks, log)
    return read(policy, prices, log, marks, desk)


def read(policy: Policy, prices: PriceMatrix, log: Any, marks: Any, desk: Any) -> Found:
    count = marks[ORDERS]
    rows, rounds, assets = (place[:count].tolist() for place in log.places)
    amounts, paid = (trade[:count].tolist() for trade in log.trades)
    times = [prices.first + prices.seconds * row for row in rows]
    names = [policy.assets[asset] for asset in assets]
    orders = list(zip(times, rounds, names, amounts, paid, strict=True))
    held = [float(amount) for amount in desk[AMOUNTS : AMOUNTS + len(policy.assets)]]
    return orders, held, float(desk[CASH])


FRACTIONS = st.floats(0.002, 0.1)
DURATIONS = st.sampled_from(["1h", "3h", "12h", "24h", "7d"])


@st.composite
def blocks(draw: st.DrawFn, assets: tuple[str, ...]) -> dict[str, Any]:
    """Draw a policy over these assets; it may be invalid."""
    members = [*assets, *(["USDT"] if draw(st.booleans()) else [])]
    block: dict[str, Any] = {"targets": "equal", "cooldown": draw(st.sampled_from(["0m", "30h"]))}
    if draw(st.booleans()):
        shares = draw(st.lists(st.integers(0, 9), min_size=len(members), max_size=len(members)))
        whole = sum(shares) or 1
        block["targets"] = {
            name: share / whole for name, share in zip(members, shares, strict=True)
        }
    if draw(st.booleans()):
        block["period"] = draw(DURATIONS)
    if "period" not in block or draw(st.booleans()):
        block["threshold_kind"] = draw(st.sampled_from(["absolute", "relative"]))
        some = st.dictionaries(st.sampled_from(members), FRACTIONS, min_size=1)
        block["threshold"] = draw(FRACTIONS | some)
        block["combine"] = draw(st.sampled_from(["and", "or"]))
        block["scope"] = draw(st.sampled_from(["all", "drifted", "fewest"]))
    if block.get("scope") != "fewest":
        edge = ["edge"] if "threshold" in block else []
        block["destination"] = draw(st.sampled_from(["target", 0.5, 0.9, *edge]))
    if draw(st.booleans()):
        block["min_trade"] = draw(st.floats(1, 60))
    return block


@st.composite
def cases(draw: st.DrawFn) -> tuple[Policy, PriceMatrix, Markets, float]:
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    assets = tuple("ABCDEFGHIJKL"[: draw(st.integers(2, 12))])
    prices = made_up_prices(random, assets, ROWS)
    found, problems = read_settings(draw(blocks(assets).filter(lambda b: not read_settings(b)[1])))
    assert not problems
    cash = draw(st.sampled_from([50.0, 300.0, 12345.678, 1e6]))
    return Policy(found, assets, "USDT"), prices, made_up_markets(random, prices), cash


@settings(max_examples=40)
@given(cases())
def test_it_makes_the_orders_of_a_simulation(
    case: tuple[Policy, PriceMatrix, Markets, float],
) -> None:
    assert walked(*case) == simulated(*case)


@pytest.fixture(scope="module")
def compiled() -> Callable[..., None]:
    pytest.importorskip("numba")
    return compiled_walk()


Compiled = Callable[..., None]


def walked_compiled(
    compiled: Compiled, policy: Policy, prices: PriceMatrix, markets: Markets, cash: float
) -> Found:
    candles, log = candles_of(prices), log_of(ROOM)
    memory = memory_of(markets, candles)
    place(policy, memory.desk)
    compiled(candles, terms_of(policy, markets, cash), *memory, log)
    return read(policy, prices, log, memory.marks.tolist(), memory.desk)


@settings(max_examples=60)
@given(case=cases())
def test_compiled_it_makes_the_same_to_the_last_bit(
    compiled: Compiled, case: tuple[Policy, PriceMatrix, Markets, float]
) -> None:
    assert walked_compiled(compiled, *case) == walked(*case)


RECORDED = PROJECT.parent / "shared" / "parity" / "policies.json"
SHORT = ("all-and", "relative-edge-or", "fewest-map", "collapse", "crash-detail")


@pytest.mark.skipif(not RECORDED.is_file(), reason="recorded policies are not on this machine")
@pytest.mark.parametrize("name", SHORT)
def test_on_real_candles_it_makes_the_orders_of_a_simulation(name: str, compiled: Compiled) -> None:
    case = recorded(name)
    wanted = simulated(*case)
    assert len(wanted[0]) > 10
    assert walked(*case) == wanted
    assert walked_compiled(compiled, *case) == wanted


def recorded(name: str) -> tuple[Policy, PriceMatrix, Markets, float]:
    told = json.loads(RECORDED.read_text())[name]
    found, _ = read_settings(told["rebalance"])
    targets = told["rebalance"]["targets"]
    assets = tuple(told["assets"] if targets == "equal" else [a for a in targets if a != "USDT"])
    folder, frame = RECORDED.parents[1] / "data" / told["data"], told["timeframe"]
    candles = {}
    for asset in assets:
        rows = pd.read_feather(folder / f"{asset}_USDT-{frame}.feather")
        if told["timerange"]:
            begin, end = (pd.Timestamp(day, tz="UTC") for day in told["timerange"].split("-"))
            rows = rows[(rows.date >= begin) & (rows.date <= end)].reset_index(drop=True)
        candles[asset] = read_candles(rows)
    prices = PriceMatrix(assets, candles, timedelta(pd.Timedelta(frame) / pd.Timedelta(days=1)))
    ones = np.ones(len(assets))
    markets = Markets(ones * 1e-5, ones * 5, ones * 1e-5, 0.001, 1.1, 1.1, 1.28, ones * np.inf)
    return Policy(found, assets, "USDT"), prices, markets, told.get("wallet", 10_000.0)
