"""What pytest is told before it imports a test."""

import signal
import threading

import pytest
from hypothesis import settings

# The checks that several tests share show the values that differ, as the tests' own do.
pytest.register_assert_rewrite(
    "tests.support.live_bots", "tests.support.portfolio_bots", "tests.support.bot_clock"
)

# A shell lets what it runs in the background ignore interrupts, and so would all we start.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
