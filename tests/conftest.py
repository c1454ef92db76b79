"""What pytest is told before it imports a test."""

import pytest

# The checks that several tests share show the values that differ, as the tests' own do.
pytest.register_assert_rewrite("tests.live_bots", "tests.portfolio_bots", "tests.bot_clock")
