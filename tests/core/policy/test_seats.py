"""Choices that the settings name are heard in their seats, and see the past of the prices."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType
from typing import Annotated, Any

import numpy as np
import pytest

from rebalancing.config.policy_words import describe
from rebalancing.config.seat import Seat
from rebalancing.config.settings import Settings
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Mask, Vector
from rebalancing.market.prices import PairCandles, PriceMatrix
from rebalancing.policy import reason
from rebalancing.policy.policy import Policy
from rebalancing.policy.reason import Reason
from rebalancing.rounds import tag
from rebalancing.rounds.events import RoundDeclined
from rebalancing.rounds.plan import OmissionReason
from rebalancing.rounds.round_plans import HeldBack, plan_around
from rebalancing.simulate import Simulation, simulate
from rebalancing.state import State
from rebalancing.view import View
from tests.support.builders import START, make_portfolio, make_rules

HOUR = timedelta(hours=1)


class Chosen(Settings):
    """Settings with a made-up choice of each seat."""

    newest: Annotated[int | None, Seat.WEIGHTS] = None
    idle_cash: Annotated[float | None, Seat.TRIGGER] = None
    after_fall: Annotated[float | None, Seat.GUARD] = None


def weights(policy: Policy, view: View, targets: Vector) -> Vector:
    """Weigh by the means of the last closes."""
    assert isinstance(policy.settings, Chosen)
    assert policy.settings.newest is not None
    past = view.past()[-policy.settings.newest :]
    if len(past) < policy.settings.newest:
        return targets
    return np.append(past.mean(axis=0) / past.mean(axis=0).sum(), 0.0)


def trigger(
    policy: Policy, _state: State, view: View, targets: Vector, _tradable: Mask
) -> Reason | None:
    """Find more cash than is wanted."""
    assert isinstance(policy.settings, Chosen)
    assert policy.settings.idle_cash is not None
    idle = float(view.portfolio.weights[-1] - targets[-1])
    is_due = idle > policy.settings.idle_cash
    return Reason("idle cash", policy.stake, idle) if is_due else None


def guard(policy: Policy, view: View) -> Mask:
    """Forbid to buy what has fallen since the last candle but one."""
    assert isinstance(policy.settings, Chosen)
    assert policy.settings.after_fall is not None
    past = view.past()[-2:]
    if len(past) < 2:
        return policy.no_asset
    fell: Mask = past[-1] < (1 - policy.settings.after_fall) * past[0]
    return fell


FILES: dict[str, Callable[..., Any]] = {
    "weights.newest": weights,
    "triggers.idle_cash": trigger,
    "guards.after_fall": guard,
}


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the choices where the settings look for them."""
    for name, function in FILES.items():
        module = ModuleType(name)
        setattr(module, function.__name__, function)
        monkeypatch.setitem(sys.modules, f"rebalancing.policy.{name}", module)
    monkeypatch.setattr(reason, "CAUSES", (*reason.CAUSES, "idle cash"))
    return iter([None])


def prices(**closes: list[float]) -> PriceMatrix:
    """Candles that close at these prices, and open where the one before closed."""
    dates = np.arange(max(map(len, closes.values()))) * 3600 + int(START.timestamp())
    candles = {
        asset: PairCandles.of(
            dates[: len(known)],
            np.array([known[0], *known[:-1]]),
            np.array(known) + 1,
            np.array(known) - 1,
            np.array(known),
            np.ones(len(known)),
        )
        for asset, known in closes.items()
    }
    return PriceMatrix(tuple(closes), candles, HOUR)


def follow(found: PriceMatrix, cash: float = 1000.0, **values: Any) -> Simulation:
    """Simulate equal weights of A and B, without fees, lots or minimums."""
    none = np.zeros(2)
    markets = Markets(
        none, none + 1e-9, none, 0.0, margin=1, entry_margin=1, remainder_margin=1, largest=none
    )
    settings = Chosen.model_validate({"targets": "equal", **values})
    return simulate(Policy(settings, ("A", "B"), "USDT"), found, markets, cash)


def test_a_view_holds_the_closes_of_the_candles_that_have_ended_and_none_after() -> None:
    matrix = prices(A=[10.0, 11.0, 12.0, 13.0], B=[5.0, 5.0])
    past = matrix.past(START + 2 * HOUR)
    assert past.tolist() == [[10.0, 5.0], [11.0, 5.0]]
    assert matrix.past(START + 2.9 * HOUR).tolist() == past.tolist()
    assert matrix.past(START).shape == (0, 2)
    assert matrix.past(START - HOUR).shape == (0, 2)
    assert np.isnan(matrix.past(START + 9 * HOUR)).tolist() == [
        *([[False, False]] * 2),
        *([[False, True]] * 2),
    ]


def test_the_past_is_a_part_of_the_matrix_and_no_copy() -> None:
    matrix = prices(A=[10.0] * 50, B=[5.0] * 50)
    assert np.shares_memory(matrix.past(START + 40 * HOUR), matrix.closes)


def test_a_trigger_that_is_chosen_starts_rounds_between_the_boundaries() -> None:
    halved = prices(A=[10.0, 10, 10, 5, 5, 5], B=[10.0, 10, 10, 5, 5, 5])
    targets = {"A": 0.4, "B": 0.4, "USDT": 0.2}
    without = follow(halved, targets=targets, period="7d")
    chosen = follow(halved, targets=targets, period="7d", idle_cash=0.1)
    assert [order.tag for order in without.orders] == ["r0 initial"] * 2
    assert [order.tag for order in chosen.orders[2:]] == ["r1 idle cash USDT +13.3pp"] * 2
    assert chosen.cash == pytest.approx(0.2 * 600)


def test_its_orders_are_known_by_their_tags() -> None:
    spec = importlib.util.spec_from_file_location("tag_beside", tag.__file__)
    assert spec is not None
    assert spec.loader is not None
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    found = fresh.parse_tag("r12 idle cash USDT +13.3pp")
    assert found == (12, Reason("idle cash", "USDT", 0.133))
    assert found.reason.is_policy
    assert fresh.parse_tag("r12 cash") is None
    assert fresh.parse_tag("r3 threshold BTC +3.4pp") == (3, Reason("threshold", "BTC", 0.034))


def test_a_word_that_no_tag_can_be_read_with_is_no_cause() -> None:
    with pytest.raises(ValueError, match='"telegram" is no cause'):
        Reason("telegram")


def test_a_source_that_is_chosen_moves_the_weights_with_the_prices() -> None:
    moved = prices(A=[10.0, 10, 30, 30, 30, 30], B=[10.0] * 6)
    found = follow(moved, period="2h", newest=2)
    values = found.amounts * np.array([30, 10])
    assert values / values.sum() == pytest.approx([0.75, 0.25])
    assert found.orders[0].amount * 10 == pytest.approx(500), "too short a past: as configured"


def test_a_guard_that_is_chosen_forbids_buys_and_says_so() -> None:
    fallen = prices(A=[10.0, 10, 10, 8, 8, 8, 8], B=[10.0] * 7)
    free = follow(fallen, threshold=0.03, cooldown="0m")
    guarded = follow(fallen, threshold=0.03, cooldown="0m", after_fall=0.1)
    assert [order.time - START for order in free.orders[2:]] == [4 * HOUR] * 2
    assert [order.time - START for order in guarded.orders[2:]] == [5 * HOUR] * 2
    declined = [event for _, event in guarded.events if isinstance(event, RoundDeclined)]
    assert {item.asset: item.why for item in declined[0].plan.omitted} == {
        "A": OmissionReason.GUARDED,
        "B": OmissionReason.NO_USE,
    }


def test_a_guard_lets_sell_what_it_forbids_to_buy() -> None:
    portfolio = make_portfolio(A=0.6, B=0.4)
    both, none = np.array([True, True]), np.array([False, False])
    aim = np.array([0.4, 0.4, 0.2])
    plan = plan_around(HeldBack(none, both), portfolio, aim, both, make_rules(2), 0.0)
    assert [(trade.asset, trade.is_sell) for trade in plan.trades] == [("A", True)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({"idle_cash": 0.1}, "whenever a trigger asks for it; idle_cash 0.1", id="-"),
        pytest.param(
            {"period": "24h", "newest": 2, "after_fall": 0.3},
            "every 24h; newest 2; after_fall 0.3",
            id="beside a period",
        ),
    ],
)
def test_the_policy_names_what_is_chosen(values: dict[str, Any], words: str) -> None:
    settings = Chosen.model_validate({"targets": "equal", **values})
    assert describe(settings) == words
    assert settings.needs_boundary is ("idle_cash" not in values)
