"""Cases for the kernel, and what it makes of them beside a simulation."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rebalancing.config.settings import read_settings
from rebalancing.explore.kernel.memory import (
    AMOUNTS,
    CASH,
    DRAWDOWN,
    DRIFTED_PLACES,
    DRIFTS,
    FEES,
    ORDERS,
    ROUNDS,
    TURNOVER,
)
from rebalancing.explore.kernel.walk import walk
from rebalancing.explore.translate import (
    as_lists,
    candles_of,
    log_of,
    memory_of,
    place,
    terms_of,
)
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import weights_of
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.policy.targets import over_available
from rebalancing.simulate import simulate
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


Compiled = Callable[..., None]


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


def measured(
    follow: Compiled, policy: Policy, prices: PriceMatrix, markets: Markets, cash: float
) -> list[float]:
    """Return rounds, fees, turnover, drawdown and mean drift."""
    candles = candles_of(prices)
    desk, marks = memory_of(markets, candles)
    place(policy, desk)
    follow(candles, terms_of(policy, markets, cash), desk, marks, log_of(0))
    drift = desk[DRIFTS] / max(1, desk[DRIFTED_PLACES])
    return [float(marks[ROUNDS]), desk[FEES], desk[TURNOVER], desk[DRAWDOWN], drift]


def measured_by_hand(
    policy: Policy, prices: PriceMatrix, markets: Markets, cash: float
) -> list[float]:
    """Return the same of a simulation, from its NAV and its orders."""
    found = simulate(policy, prices, markets, cash)
    orders, navs = found.orders, dict(zip(found.times.tolist(), found.nav.tolist(), strict=True))
    later = [order for order in orders if not order.tag.startswith("r0 ")]
    notionals = [(order.time.timestamp(), abs(order.amount) * order.price) for order in later]
    amounts, drifts, left = np.zeros(len(policy.assets)), [], [*orders]
    for row, second in enumerate(found.times.tolist()):
        if len(left) < len(orders):
            values = np.append(np.nan_to_num(amounts * prices.known[row]), cash)
            there = np.append(np.isfinite(prices.known[row]), True)
            away = np.abs(weights_of(values) - over_available(policy.targets, there))
            drifts += away[there & (policy.targets > 0)].tolist()
        while left and left[0].time.timestamp() == second:
            order = left.pop(0)
            amounts[policy.assets.index(order.asset)] += order.amount
            cash -= order.amount * order.price + order.fee
    return [
        float(len({order.tag for order in later})),
        sum(order.fee for order in orders),
        sum(notional / (2 * navs[second]) for second, notional in notionals),
        float((1 - found.nav / np.maximum.accumulate(found.nav)).max()),
        float(np.mean(drifts)) if drifts else 0.0,
    ]
