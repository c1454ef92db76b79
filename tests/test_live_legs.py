"""Trades that never become an order: known before where they can be, told where they cannot."""

from decimal import Decimal
from pathlib import Path

import pytest

from rebalancing.cli.journal import event_line
from sandbox.fees import Fees
from tests.portfolio_bots import closed, trading_bot

pytestmark = pytest.mark.slow
HALTED = "ETH: buy refused: binance Market is closed"


def test_a_round_that_gives_up_says_which_trade_and_why(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, bot):
        bot.start()
        assert closed(bot, 1)["reason"] is None
        ground.exchange.halted.add("ETH/USDT")
        ground.set_prices(BTC=120)
        line = closed(bot, 2)
        assert line["outcome"] == "gave up"
        assert line["reason"] == HALTED
        assert f"gave up ({HALTED})" in event_line(line)
        assert f"gave up ({HALTED})" in bot.records.log
        assert HALTED in "".join(bot.records.values().values())


DEAR = Decimal("0.012")
QUOTE = Fees(maker=DEAR, taker=DEAR, asset="quote")


@pytest.mark.parametrize(
    "targets",
    [
        pytest.param({"BTC": 0.5, "ETH": 0.5}, id="the first fill tells the rate"),
        pytest.param({"BTC": 0.995, "USDT": 0.005}, id="the first order is refused"),
    ],
)
def test_a_fee_above_the_configured_one_keeps_nothing_from_being_bought(
    tmp_path: Path, targets: dict[str, float]
) -> None:
    prices = {asset: 100.0 for asset in targets if asset != "USDT"}
    policy = {"targets": targets}
    config = {"fee": 0.001}
    with trading_bot(tmp_path, policy, prices=prices, fees=QUOTE, config=config) as (_, bot):
        bot.start()
        line = closed(bot, 1)
        assert line["outcome"] == "done"
        for asset in prices:
            assert line["weights_after"][asset] == pytest.approx(targets[asset], abs=0.035)
        bot.wait_loops(2)
        (told,) = bot.records.journal("fee")
        assert "charges a fee of 1.200%, 0.100% is configured" in told["text"]
        bot.restart()
        bot.wait_loops(2)
        assert len(bot.records.journal("fee")) == 1
