"""Which closes are prices, and what is known of them when."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from rebalancing.market.prices import PairCandles, PriceMatrix, first_closes

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NAN = float("nan")


def candles(
    closes: list[float], fillers: list[int] | None = None, hours: list[int] | None = None
) -> PairCandles:
    """Candles of an hour; opens are the closes plus a half."""
    dates = 3600 * np.array(hours if hours is not None else range(len(closes)))
    idle = np.isin(np.arange(len(closes)), fillers or [])
    found = np.array(closes, dtype=float)
    return PairCandles(dates, found, idle, found + 0.5)


def at(hour: float) -> datetime:
    return datetime.fromtimestamp(3600 * hour, UTC)


def flat(closes: list[float], volume: list[float], opens: list[float] | None = None) -> PairCandles:
    """Take freqtrade's columns of candles in which the price does not move."""
    found = np.array(closes)
    begun = found if opens is None else np.array(opens)
    dates = 3600 * np.arange(len(found))
    return PairCandles.of(dates, begun, found, found, found, np.array(volume))


@pytest.mark.parametrize(
    ("pair", "fillers"),
    [
        pytest.param(flat([5, 5, 5], [1, 0, 1]), [False, True, False], id="nobody traded"),
        pytest.param(flat([5, 5, 5], [0, 0, 0]), [False] * 3, id="candles without any volume"),
        pytest.param(flat([5, 5, 5], [0, 1, 0]), [False, False, True], id="volume begins later"),
        pytest.param(flat([5, 6, 6], [1, 0, 0]), [False, False, True], id="the price moved"),
        pytest.param(
            flat([5, 5, 5], [1, 0, 0], [5, 4, 5]), [False, False, True], id="it opened elsewhere"
        ),
    ],
)
def test_a_candle_that_only_fills_a_gap_is_no_price(pair: PairCandles, fillers: list[bool]) -> None:
    assert pair.fillers.tolist() == fillers


def test_a_price_of_nothing_is_none() -> None:
    np.testing.assert_equal(flat([5, 0, -1], [1, 1, 1]).closes, [5, NAN, NAN])


@pytest.mark.parametrize(
    ("step", "fresh"),
    [
        pytest.param(HOUR, [1, 0, 0, 0, 1], id="an hour is too long"),
        pytest.param(30 * MINUTE, [1, 1, 0, 0, 1], id="one half hour is not"),
        pytest.param(24 * HOUR, [1, 0, 0, 0, 1], id="a day is"),
    ],
)
def test_a_price_that_nobody_trades_at_is_fresh_for_an_hour(
    step: timedelta, fresh: list[int]
) -> None:
    pair = candles([5, 5, 5, 5, 6], fillers=[1, 2, 3])
    assert pair.is_fresh(step).tolist() == [bool(one) for one in fresh]


@pytest.mark.parametrize(
    ("closes", "hours", "begins"),
    [
        pytest.param([1, 11], [0, 2], 2, id="ten times as much after a gap"),
        pytest.param([11, 1], [0, 2], 2, id="a tenth after a gap"),
        pytest.param([1, 10], [0, 2], None, id="just ten times as much"),
        pytest.param([1, 11], [0, 1], None, id="without a gap"),
        pytest.param([1, 11, 200], [0, 2, 9], 2, id="the first of two"),
        pytest.param([1], [0], None, id="one candle"),
    ],
)
def test_a_symbol_comes_back_as_another_coin(
    closes: list[float], hours: list[int], begins: int | None
) -> None:
    pair = candles(closes, hours=hours)
    assert pair.stranger_from(HOUR) == (None if begins is None else 3600 * begins)
    prices = PriceMatrix(("A",), {"A": pair}, HOUR)
    assert prices.strangers == ({} if begins is None else {"A": 3600 * begins})
    assert np.isfinite(prices.closes[-1, 0]) == (begins is None)


def test_first_closes_are_told_for_each_pair() -> None:
    known = {"A": candles([5, 6]), "B": candles([])}
    np.testing.assert_equal(first_closes(("B", "A", "C"), known), [NAN, 5, NAN])


def test_without_candles_there_are_no_prices() -> None:
    for none in ({}, {"A": candles([])}):
        with pytest.raises(ValueError, match="there are no candles for any pair"):
            PriceMatrix(("A",), none, HOUR)


def test_a_close_is_known_when_the_next_candle_begins() -> None:
    """B is listed three hours later, A has a gap, nobody trades C for an hour."""
    prices = PriceMatrix(
        ("A", "B", "C", "D"),
        {
            "A": candles([1, 2, 4], hours=[0, 1, 3]),
            "B": candles([7], hours=[3]),
            "C": candles([9, 9, 9, 9], fillers=[2]),
        },
        HOUR,
    )
    assert (prices.first, prices.seconds) == (0, 3600)
    np.testing.assert_equal(
        prices.closes, [[1, NAN, 9, NAN], [2, NAN, 9, NAN], [NAN] * 4, [4, 7, 9, NAN]]
    )
    np.testing.assert_equal(
        prices.known, [[NAN] * 4, [1, NAN, 9, NAN], [NAN] * 4, [NAN, NAN, NAN, NAN]]
    )
    np.testing.assert_equal(prices.newest(), [[0] * 4, [1, 0, 9, 0], [2, 0, 9, 0], [2, 0, 9, 0]])
    np.testing.assert_equal(
        prices.opens(),
        [[1.5, NAN, 9.5, NAN], [2.5, NAN, 9.5, NAN], [NAN, NAN, 9.5, NAN], [4.5, 7.5, 9.5, NAN]],
    )


def test_what_is_known_at_a_moment() -> None:
    prices = PriceMatrix(("A", "B"), {"A": candles([1, 2, 3], hours=[5, 6, 7])}, HOUR)
    np.testing.assert_equal(prices.at(at(6)), [1, NAN])
    np.testing.assert_equal(prices.at(at(7.99)), [2, NAN])
    for nothing in (4.9, 5, 8, 1000):
        assert prices.at(at(nothing)) is None
    assert [len(prices.past(at(hour))) for hour in (0, 5, 6, 7.5, 8, 1000)] == [0, 0, 1, 2, 3, 3]


def test_a_minute_in_which_nobody_trades_is_quiet_and_no_more() -> None:
    pair = PairCandles(60 * np.arange(3), np.array([1.0, 1, 1]), np.array([False, True, True]))
    prices = PriceMatrix(("A",), {"A": pair}, MINUTE)
    np.testing.assert_equal(prices.known[:, 0], [NAN, 1, 1])
    assert np.isnan(prices.opens()).all(), "nobody needs to know them"
