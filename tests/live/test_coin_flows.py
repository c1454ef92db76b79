"""When coins that are missing count as withdrawn, answer by answer of an exchange."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from freqtrade.persistence import init_db

from rebalancing.freqtrade_side.live.coin_flows import CoinFlows
from rebalancing.freqtrade_side.records.own_orders import Holding

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAN = float("nan")
NONE: Mapping[str, float] = {}


def booked(
    answers: Sequence[float], price: float = 100.0, last: Mapping[str, float] = NONE
) -> tuple[list[bool], list[tuple[float, float]]]:
    """Hold 10 BTC and let the exchange answer; return what was decided on, and what was booked:
    coins and their price."""
    init_db("sqlite://")
    held, released = {"BTC/USDT": 10.0}, []
    account = iter(answers)

    def release(pair: str, amount: float, price: float, _: datetime) -> None:
        released.append((amount, price))
        held[pair] -= amount

    parts: Any = SimpleNamespace(
        setup=SimpleNamespace(assets=("BTC",), pairs=("BTC/USDT",), stake="USDT"),
        account=SimpleNamespace(coins=lambda _: next(account)),
        release=release,
        write=lambda *_: None,
    )
    quotes: Any = SimpleNamespace(trusted=np.array([price]))
    flows, sure = CoinFlows(parts, parts, parts), []
    for _ in answers:
        trades = {pair: Holding(pair, amount, 0, 0) for pair, amount in held.items()}
        sure.append(flows.book(NOW, quotes, trades, last))
    return sure, released


@pytest.mark.parametrize(
    ("answers", "sure", "released"),
    [
        pytest.param((10, 9.9, 10), (True, True, True), [], id="a fee may explain it"),
        pytest.param((10, 4, 10), (True, False, True), [], id="one answer is a delay"),
        pytest.param((4, 10, 4, 10), (False, True, False, True), [], id="so is one now and then"),
        pytest.param((4, 4, 4), (False, True, True), [6], id="two that agree are a withdrawal"),
        pytest.param((4, 3, 3), (False, False, True), [7], id="two that differ are not"),
        pytest.param((0, 0), (False, True), [10], id="all of it"),
        pytest.param((4, 4, 1, 1), (False, True, False, True), [6, 3], id="one after another"),
    ],
)
def test_coins_are_withdrawn_once_two_answers_agree(
    answers: tuple[float, ...], sure: tuple[bool, ...], released: list[float]
) -> None:
    assert booked(answers) == (list(sure), [(amount, 100.0) for amount in released])


@pytest.mark.parametrize(
    ("price", "last", "released"),
    [
        pytest.param(NAN, {}, [], id="none yet: they wait for one"),
        pytest.param(NAN, {"BTC": 90.0}, [(6, 90.0)], id="none any more: the last one counts"),
        pytest.param(100.0, {"BTC": 90.0}, [(6, 100.0)], id="that of now, where there is one"),
    ],
)
def test_the_price_at_which_coins_are_withdrawn(
    price: float, last: Mapping[str, float], released: list[tuple[float, float]]
) -> None:
    assert booked((4, 4, 4), price, last) == ([False, True, True], released)
