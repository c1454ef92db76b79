"""What is allowed and probably not meant."""

from typing import Any

import pytest

from rebalancing.config.cautions import cautions
from tests.support.builders import make_settings

HALVES = {"BTC": 0.5, "ETH": 0.5}
FIFTHS = dict.fromkeys(("A", "B", "C", "D", "E"), 0.2)


def said(targets: dict[str, float], fee: float = 0.001, **policy: Any) -> list[str]:
    """Return the cautions of a portfolio of 1000 USDT."""
    settings = make_settings(targets=targets, **policy)
    assets = [asset for asset in targets if asset != "USDT"]
    return cautions(settings, assets, "USDT", fee, 1000.0)


@pytest.mark.parametrize(
    ("fee", "warned"),
    [(0, False), (0.001, False), (0.012, False), (0.015, False), (0.0151, True), (0.1, True)],
)
def test_a_fee_that_no_exchange_charges(fee: float, warned: bool) -> None:
    assert bool(said(HALVES, fee)) == warned


def test_the_fee_that_was_probably_meant_is_named() -> None:
    assert said(HALVES, 0.1) == [
        "fee: 0.1 is 10 % of every trade; it is a fraction, if 0.1 % was meant write 0.001"
    ]


@pytest.mark.parametrize(("investment", "warned"), [(None, 0), (500, 0), (1000, 0), (1001, 1)])
def test_an_investment_above_what_there_is(investment: float | None, warned: int) -> None:
    found = said(HALVES, investment=investment)
    assert len(found) == warned
    if warned:
        assert found[0].startswith("rebalance.investment: 1001 USDT is more than there is, 1000")


@pytest.mark.parametrize(
    ("targets", "policy", "factor"),
    [
        pytest.param(HALVES, {"threshold": 0.03}, None, id="a usual one"),
        pytest.param(HALVES, {"threshold": 0.4}, None, id="a ninefold price"),
        pytest.param(HALVES, {"threshold": 0.45}, "19x", id="a nineteenfold price"),
        pytest.param(HALVES, {"threshold": 0.6}, "", id="no price at all"),
        pytest.param(HALVES, {"threshold": 0.5}, "", id="the last coin would be worthless"),
        pytest.param(FIFTHS, {"threshold": 0.4}, None, id="one of five rises"),
        pytest.param(FIFTHS, {"threshold": 0.7}, "36x", id="one of five would have to be all"),
        pytest.param(FIFTHS, {"threshold": 0.8}, "", id="more than the rest"),
        pytest.param(
            HALVES, {"threshold": 0.95, "threshold_kind": "relative"}, "39x", id="relative"
        ),
        pytest.param(
            FIFTHS,
            {"threshold": 0.95, "threshold_kind": "relative"},
            None,
            id="relative to a small weight",
        ),
        pytest.param({"BTC": 0.9, "USDT": 0.1}, {"threshold": 0.1}, None, id="beside cash"),
        pytest.param({"BTC": 0.9, "USDT": 0.1}, {"threshold": 0.9}, "", id="more than BTC has"),
    ],
)
def test_a_threshold_out_of_reach(
    targets: dict[str, float], policy: dict[str, Any], factor: str | None
) -> None:
    found = said(targets, **policy)
    assert len(found) == (factor is not None)
    if factor is not None:
        reason = f" before a price changes {factor}" if factor else ""
        value = policy["threshold"]
        line = f"rebalance.threshold: {value} is out of reach{reason}; set a smaller one"
        assert found == [line]


def test_a_map_is_judged_asset_by_asset() -> None:
    assert said(HALVES, threshold={"BTC": 0.03, "ETH": 0.7}) == [
        "rebalance.threshold: ETH's is out of reach; set a smaller one"
    ]
