"""Which assets have candles for the whole of a run."""

from datetime import UTC, datetime, timedelta

import pytest

from rebalancing.performance.coverage import incomplete, sentences

HOUR = timedelta(hours=1)
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "late", "early"),
    [
        pytest.param(0, 100, False, False, id="whole"),
        pytest.param(1, 100, True, False, id="a candle late"),
        pytest.param(0, 99, False, True, id="a candle early"),
        pytest.param(40, 60, True, True, id="both"),
    ],
)
def test_one_candle_decides(first: int, last: int, late: bool, early: bool) -> None:
    found = incomplete({"BTC": (at(0), at(100)), "SOL": (at(first), at(last))}, HOUR)
    assert [(item.starts_late, item.ends_early) for item in found] == (
        [(late, early)] if late or early else []
    )


def test_a_range_that_was_asked_for_counts_instead_of_the_candles() -> None:
    spans = {"BTC": (at(10), at(90)), "SOL": (at(10), at(90))}
    found = incomplete(spans, HOUR, at(0), at(100))
    assert [(item.asset, item.starts_late, item.ends_early) for item in found] == [
        ("BTC", True, True),
        ("SOL", True, True),
    ]
    assert incomplete(spans, HOUR, at(9.5), at(90.5)) == ()


def test_an_asset_without_candles_neither_starts_nor_ends() -> None:
    (found,) = incomplete({"BTC": (at(0), at(100)), "SOL": None}, HOUR)
    assert (found.is_missing, found.starts_late, found.ends_early) == (True, False, False)
    assert found.sentence == "SOL: no candle from 2024-01-01 00:00 to 2024-01-05 04:00"


def test_the_dates_and_their_meaning_are_said() -> None:
    (found,) = incomplete({"BTC": (at(0), at(100)), "SOL": (at(24), at(48))}, HOUR)
    assert found.sentence == (
        "SOL: candles start at 2024-01-02 00:00 instead of 2024-01-01 00:00 and end at "
        "2024-01-03 00:00 instead of 2024-01-05 04:00; bought only then and cannot be sold "
        "afterwards"
    )


def test_assets_with_the_same_dates_share_a_sentence() -> None:
    late = (at(24), at(100))
    spans = {"BTC": (at(0), at(100)), "A": late, "B": None, "C": late, "D": None}
    assert [line.split(":")[0] for line in sentences(incomplete(spans, HOUR))] == ["A, C", "B, D"]


def test_without_candles_and_without_a_range_there_is_no_run() -> None:
    assert incomplete({"BTC": None}, HOUR) == ()
