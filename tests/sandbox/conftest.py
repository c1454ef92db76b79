"""Fixtures that the tests of the local exchange share."""

from collections.abc import Iterator

import pytest

from sandbox.binance.dialect import Binance
from sandbox.serving.server import running
from tests.support.exchanges import Caller, make_trading


@pytest.fixture
def call() -> Iterator[Caller]:
    """Serve an account that trades, and call it by hand."""
    trading = make_trading()
    with running(trading.exchange, Binance(), trading=trading) as url:
        yield Caller(url, trading)
