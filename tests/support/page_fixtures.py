"""A backtest and a browser that tests of pages share: a plugin of pytest, which they name."""

from collections.abc import Iterator

import pytest

from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.performance.record import Record
from tests.support.browser import Page, browser_page
from tests.support.builders import PROJECT, make_config
from tests.support.freqtrade_runs import Outcome, backtest

CANDLES = PROJECT / "user_data" / "data" / "binance"
PAIRS = ["BTC/USDT", "ETH/USDT", "BNB/USDT", "SOL/USDT"]


@pytest.fixture(scope="session")
def page_run(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Run four assets over the sample candles, with more rounds than their table shows at once."""
    config = make_config(
        PAIRS, {"targets": "equal", "threshold": 0.007}, timeframe="4h", dry_run_wallet=10000
    )
    return backtest(tmp_path_factory.mktemp("page_run"), config, CANDLES)


@pytest.fixture(scope="session")
def page_record(page_run: Outcome) -> Record:
    """Read the result of this run."""
    (found,) = read_records(page_run.result, CANDLES).values()
    return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Start a browser for all pages."""
    with browser_page(tmp_path_factory.mktemp("browser")) as page:
        yield page
