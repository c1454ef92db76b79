"""Numbers as people read them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from rebalancing import numbers

NAN, INF = float("nan"), float("inf")
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stake", "digits"),
    [
        *[(stake, 2) for stake in ("USDT", "FDUSD", "USD", "EUR", "EURI", "GBP", "DAI")],
        *[(stake, 0) for stake in ("JPY", "KRW")],
        *[("BTC", 8), ("ETH", 5), ("BNB", 3)],
    ],
)
def test_money_has_the_digits_that_a_person_pays_with(stake: str, digits: int) -> None:
    assert numbers.decimals(stake) == digits
    whole, _, rest = numbers.money(1234.123456789, stake, name=False).partition(".")
    assert (whole, len(rest)) == ("1,234", digits)


@pytest.mark.parametrize(
    ("write", "value", "words", "text"),
    [
        (numbers.money, 1234.5, {"stake": "USDT"}, "1,234.50 USDT"),
        (numbers.money, 1234.5, {"stake": "USDT", "sign": "+", "name": False}, "+1,234.50"),
        (numbers.money, -0.001, {"stake": "USDT"}, "0.00 USDT"),
        (numbers.quantity, 1234.5, {}, "1,234.5"),
        (numbers.quantity, 1200.0, {"sign": "+"}, "+1,200"),
        (numbers.quantity, 0.0, {}, "0"),
        (numbers.quantity, 1e-6, {}, "0.000001"),
        (numbers.quantity, 9.99e-7, {}, "9.99e-07"),
        (numbers.quantity, -1.23456e-8, {"sign": "+"}, "-1.235e-08"),
        (numbers.percent, 12.34567, {}, "1,234.57 %"),
        (numbers.percent, 0.1, {"sign": "+", "digits": 0}, "+10 %"),
        (numbers.percent, -0.00001, {}, "0.00 %"),
        (numbers.weight, 0.4, {}, "40.0 %"),
        (numbers.points, 0.034, {"sign": "+"}, "+3.40 points"),
        (numbers.points, -0.0349, {"digits": 1}, "-3.5 points"),
        (numbers.ratio, 1234.567, {}, "1,234.57"),
        (numbers.millions, 1e6, {}, "1.0"),
        (numbers.millions, 999_999.0, {}, "1"),
        (numbers.millions, 12_345.0, {}, "0.012"),
    ],
)
def test_a_number_is_written(
    write: Callable[..., str], value: float, words: dict[str, Any], text: str
) -> None:
    assert write(value, **words) == text


@pytest.mark.parametrize("value", [None, NAN, INF, -INF])
@pytest.mark.parametrize(
    ("write", "words", "text"),
    [
        (numbers.money, {"stake": "USDT"}, "not known"),
        (numbers.money, {"stake": "USDT", "missing": "-"}, "-"),
        (numbers.quantity, {}, "not known"),
        (numbers.percent, {}, "not defined"),
        (numbers.weight, {}, "not known"),
        (numbers.points, {}, "not defined"),
        (numbers.ratio, {}, "not defined"),
    ],
)
def test_what_is_no_number_is_said_to_be_missing(
    write: Callable[..., str], words: dict[str, Any], text: str, value: float | None
) -> None:
    assert write(value, **words) == text


def test_moments_are_told_in_utc() -> None:
    east = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert numbers.minute(east) == "2026-01-02 03:04"
    assert numbers.second(east) == "2026-01-02 03:04:05"
    assert numbers.second(None) == "-"
    assert numbers.distance(MOMENT, MOMENT + timedelta(minutes=5)) == "5 minutes ago"
