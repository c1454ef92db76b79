"""Markets whose lots and smallest orders nobody names, as in a copy without the local exchange."""

import pytest
from freqtrade.enums import RunMode

from rebalancing.config.settings import read_settings
from rebalancing.freqtrade_side.markets import TICK_SIZE, listed_markets
from rebalancing.market.prices import PriceMatrix
from rebalancing.policy.policy import Policy
from rebalancing.simulate import simulate
from tests.support.price_paths import FIRST, HOUR, steady_prices

ASSETS = ("A", "B", "C")


@pytest.fixture(scope="module")
def prices() -> PriceMatrix:
    return steady_prices(ASSETS, 24 * 40)


def test_a_round_is_over_once_its_orders_are_filled(prices: PriceMatrix) -> None:
    """What fractions leave of an amount is nothing to go on for."""
    markets = listed_markets([{"taker": 0.001}] * 3, TICK_SIZE, {"runmode": RunMode.BACKTEST})
    policy = Policy(read_settings({"targets": "equal", "period": "1d"})[0], ASSETS, "USDT")
    found = simulate(policy, prices, markets, 10_000.0)
    begun = sorted({int(order.time.timestamp()) for order in found.orders})
    assert begun == [FIRST + HOUR + day * 24 * HOUR for day in range(40)]
