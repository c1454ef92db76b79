"""Durations and lengths of candles."""

from datetime import timedelta

import pytest

from rebalancing.config.durations import duration_remedy, parse_duration, timeframe_length

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1s", timedelta(seconds=1)),
        ("5m", timedelta(minutes=5)),
        ("4h", timedelta(hours=4)),
        ("1d", DAY),
        ("2w", 14 * DAY),
        ("1M", 30 * DAY),
        ("3M", 90 * DAY),
        ("1y", 365 * DAY),
        ("9999m", timedelta(minutes=9999)),
    ],
)
def test_a_candle_has_a_length(text: str, length: timedelta) -> None:
    assert timeframe_length(text) == length


@pytest.mark.parametrize("text", ["", "h", "1", "0h", "1 h", "1H", "1mo", "10000m", "-1h"])
def test_what_is_no_timeframe_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=f'"{text}" is not a timeframe'):
        timeframe_length(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("0m", timedelta(0)),
        ("30m", timedelta(minutes=30)),
        ("24h", DAY),
        ("7d", 7 * DAY),
        ("2w", 14 * DAY),
        ("999999m", timedelta(minutes=999_999)),
    ],
)
def test_a_duration_has_a_length(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        (True, None),
        ("soon", None),
        ("1 fortnight", None),
        (24, 'write "24h" if hours are meant'),
        ("1 day", 'write "1d"'),
        ("3 Hours", 'write "3h"'),
        ("10 mins", 'write "10m"'),
        ("2 wk", 'write "2w"'),
        ("2M", 'write "60d", a month has no fixed length'),
        ("1 mo", 'write "30d", a month has no fixed length'),
        ("2 years", 'write "730d", a year has no fixed length'),
    ],
)
def test_a_person_is_told_what_to_write(value: object, remedy: str | None) -> None:
    assert duration_remedy(value) == remedy
