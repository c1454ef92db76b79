"""What pytest is told before it imports a test."""

import signal
import threading
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings

HERE = Path(__file__).parent

# The checks that several tests share show the values that differ, as the tests' own do.
pytest.register_assert_rewrite(
    "tests.support.live_bots", "tests.support.portfolio_bots", "tests.support.bot_clock"
)

# A shell lets what it runs in the background ignore interrupts, and so would all we start.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("any machine", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=10)  # `./setup.sh check`
settings.load_profile("any machine")


def is_drawn(item: pytest.Item) -> bool:
    """Tell whether it is a test of tests/core with examples that Hypothesis draws."""
    return all(item.get_closest_marker(name) is not None for name in ("core", "hypothesis"))


def turn(item: pytest.Item) -> int:
    """Say when the file of a test has its turn where several processes share them.

    Those of tests/core and doctests are short and come last, so that all processes end together;
    the others in a mixed order that is always the same, as some of them wait and some work.
    """
    is_short = HERE not in item.path.parents or item.get_closest_marker("core") is not None
    return 2**32 if is_short else crc32(item.path.name.encode())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark a test with the folder that it is in: ``-m live`` runs those of tests/live.

    Those that draw many examples come last: a plain one says sooner what is wrong.
    """
    for item in items:
        if HERE in item.path.parent.parents:
            item.add_marker(item.path.relative_to(HERE).parts[0])
    items.sort(key=is_drawn)
    if hasattr(config, "workerinput"):
        items.sort(key=turn)
