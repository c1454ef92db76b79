"""When coins that are missing count as withdrawn, answer by answer of an exchange."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from freqtrade.persistence import init_db

from rebalancing.freqtrade_side.live.coin_flows import CoinFlows
from rebalancing.freqtrade_side.records.own_orders import Holding

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def booked(answers: Sequence[float], price: float = 100.0) -> tuple[list[bool], list[float]]:
    """Hold 10 BTC and let the exchange answer; return what was decided on, and what was booked."""
    init_db("sqlite://")
    held, released = {"BTC/USDT": 10.0}, []
    account = iter(answers)

    def release(pair: str, amount: float, *_: Any) -> None:
        released.append(amount)
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
        sure.append(flows.book(NOW, quotes, trades))
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
    assert booked(answers) == (list(sure), released)


def test_coins_without_a_price_wait_for_one() -> None:
    assert booked((4, 4, 4), float("nan")) == ([False, True, True], [])
