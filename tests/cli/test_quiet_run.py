"""What a person is told of freqtrade's log, and of how far freqtrade is."""

from pathlib import Path

import pytest

from rebalancing.launch.freqtrade_log import Entry, LogTail
from rebalancing.launch.progress import ProgressDisplay, in_words, seconds_left

AT = "2026-01-01 10:00:00,123"
LOG = f"""{AT} - freqtrade - INFO - freqtrade 2026.9
{AT} - rebalancing.freqtrade_side.modes - INFO - Policy: every 24h
{AT} - rebalancing.freqtrade_side.modes - INFO - period 24h: from the configuration
{AT} - freqtrade.data.history - WARNING - data starts late
{AT} - SmartRebalance - WARNING - freqtrade 1.0 was not tested
                BACKTESTING REPORT
{AT} - freqtrade.strategy.strategy_wrapper - ERROR - Unexpected error KeyError('x') calling y
Traceback (most recent call last):
  File "z.py", line 1, in y
KeyError: 'x'
{AT} - freqtrade.exchange.exchange - ERROR - Could not load markets.
Traceback (most recent call last):
freqtrade.exceptions.TemporaryError: no network
{AT} - freqtrade - ERROR - rebalance.targets: weights sum to 0.97, must sum to 1
rebalance.treshold: unknown key, did you mean "threshold"?
"""


def read_in_pieces(tmp_path: Path, text: str, size: int) -> list[Entry]:
    file = tmp_path / "log"
    tail = LogTail(file)
    assert tail.new() == []
    entries = []
    raw = text.encode()
    for start in range(0, len(raw), size):
        with file.open("ab") as stream:
            stream.write(raw[start : start + size])
        entries += tail.new()
    return [*entries, *tail.new(ended=True)]


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_news_and_problems_are_the_same_however_the_log_grows(tmp_path: Path, size: int) -> None:
    entries = read_in_pieces(tmp_path, LOG.replace("late", "late \u2014 \u20bf"), size)
    assert [entry.news for entry in entries if entry.news] == [
        "Policy: every 24h",
        "warning: freqtrade 1.0 was not tested",
    ]
    assert [line for entry in entries for line in entry.problems] == [
        "Unexpected error KeyError('x') calling y",
        "Could not load markets.",
        "rebalance.targets: weights sum to 0.97, must sum to 1",
        'rebalance.treshold: unknown key, did you mean "threshold"?',
    ]
    assert [entry.is_swallowed for entry in entries].count(True) == 1


def test_a_fatal_exception_is_told_without_its_traceback(tmp_path: Path) -> None:
    text = f"""{AT} - freqtrade - ERROR - Fatal exception!
Traceback (most recent call last):
  File "main.py", line 1, in main
ZeroDivisionError: division by zero
"""
    (entry,) = read_in_pieces(tmp_path, text, 50)
    assert entry.problems == ("Fatal exception! ZeroDivisionError: division by zero",)


@pytest.mark.parametrize(("linear", "squared"), [(100, 0), (0, 100), (30, 70)])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_time_left_counts_that_later_candles_cost_more(
    linear: float, squared: float, share: float
) -> None:
    points = [step / 100 for step in range(1, 101) if step / 100 <= share]
    seen = [(x, linear * x + squared * x * x) for x in points]
    left = linear * (1 - share) + squared * (1 - share**2)
    assert seconds_left(seen) == pytest.approx(left)


@pytest.mark.parametrize("seen", [[], [(0.5, 10.0)], [(0.001, 0.1), (0.002, 0.2)]])
def test_the_time_left_is_unknown_at_first(seen: list[tuple[float, float]]) -> None:
    assert seconds_left(seen) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (99, "99 s"), (150, "2 min"), (5399, "90 min"), (9000, "2.5 h")],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_away_from_a_terminal_progress_is_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    with ProgressDisplay("backtest", lambda: now) as display:
        display.say("Policy: every [24h]")
        for second in range(100):
            now = float(second)
            display.show(None if second < 10 else (second - 9, 100))
    shown = capsys.readouterr()
    assert shown.err == ""
    lines = shown.out.splitlines()
    assert lines[:2] == ["Policy: every [24h]", "backtest: under way after 5 s"]
    assert 3 < len(lines) < 8
    assert lines[-1] == "backtest: 71 %, 30 s left after 80 s"


def test_a_search_shows_how_many_policies_a_second_and_leaves_standard_output_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    with ProgressDisplay("explore", lambda: now, unit="policies", stderr=True) as display:
        for second in range(0, 11, 2):
            now = float(second)
            display.show((second * 50, 1000))
        now = 60.0
        display.tick()
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "explore: 30 %, 50 policies a second, 14 s left after 6 s",
        "explore: 50 %, 50 policies a second, 10 s left after 60 s",
    ]
