"""The private names of freqtrade and ccxt, against the freqtrade that is installed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode, State
from freqtrade.freqtradebot import FreqtradeBot
from freqtrade.persistence import KeyValueStore, Trade
from freqtrade.wallets import Wallets
from sqlalchemy import select

from rebalancing.freqtrade_side import internals
from sandbox.binance.dialect import Binance
from sandbox.exchange.trading import Trading
from sandbox.serving.server import running
from tests.support.builders import make_config
from tests.support.exchanges import live_config, make_exchange

STRATEGY = """
from freqtrade.strategy import IStrategy, RealParameter

class Tiny(IStrategy):
    timeframe = "1h"
    stoploss = -1.0
    minimal_roi = {}
    threshold = RealParameter(0.01, 0.2, default=0.05, space="buy")

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    populate_entry_trend = populate_exit_trend = populate_indicators
"""
PARAMETERS = '{"strategy_name": "Tiny", "params": {"buy": {"threshold": 0.1}}}'


@dataclass(frozen=True)
class Ground:
    """A bot of freqtrade's own, and its configuration."""

    bot: Any
    config: dict[str, Any]


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder: Path = tmp_path_factory.mktemp("internals")
    (folder / "Tiny.py").write_text(STRATEGY)
    (folder / "Tiny.json").write_text(PARAMETERS)
    exchange = make_exchange(BTC=100)
    trading = Trading(exchange, balances={"USDT": 1000})
    with running(exchange, Binance(), trading=trading) as url:
        config = make_config(["BTC/USDT"], {}, strategy="Tiny", strategy_path=str(folder))
        config |= live_config(url, trading.keys, ["BTC/USDT"])
        config |= {"db_url": "sqlite://", "user_data_dir": folder, "datadir": folder}
        bot = FreqtradeBot(config)
        try:
            yield Ground(bot, config)
        finally:
            bot.cleanup()
            Trade.session.remove()


def test_the_exchange_of_a_data_provider(ground: Ground) -> None:
    assert internals.exchange_of(ground.bot.dataprovider) is ground.bot.exchange


@pytest.mark.parametrize("state", [State.RUNNING, State.PAUSED, State.STOPPED])
def test_the_state_of_freqtrade(ground: Ground, state: State) -> None:
    ground.bot.state = state
    assert internals.freqtrade_state(ground.bot.dataprovider) is state


def test_the_options_of_ccxt(ground: Ground) -> None:
    """What a mark of our orders is made with, and how long a request may be on its way."""
    options = internals.ccxt_options(ground.bot.exchange)
    options["broker"]["spot"] = "rb-0badcafe-"
    order = ground.bot.exchange.create_order(
        pair="BTC/USDT", ordertype="market", side="buy", amount=0.1, rate=100.0, leverage=1.0
    )
    assert order["clientOrderId"].startswith("rb-0badcafe-")
    assert float(options["recvWindow"]) > 0


def test_orders_go_through_a_function(ground: Ground) -> None:
    heard: list[str] = []

    def listen(*, pair: str, side: str, **order: Any) -> Any:
        heard.append(f"{side} {pair}")
        return before(pair=pair, side=side, **order)

    before = internals.take_over_orders(ground.bot.exchange, listen)
    try:
        ground.bot.execute_entry("BTC/USDT", 50.0)
    finally:
        internals.take_over_orders(ground.bot.exchange, before)
    assert heard == ["buy BTC/USDT"]
    assert Trade.get_open_trade_count() == 1


def test_what_a_simulated_wallet_began_with(ground: Ground) -> None:
    wallets = Wallets(
        {**ground.config, "dry_run": True, "runmode": RunMode.DRY_RUN}, ground.bot.exchange
    )
    before = wallets.get_total("USDT")
    internals.starting_wallet(wallets)["USDT"] += 5.0
    wallets.update()
    assert wallets.get_total("USDT") == before + 5.0


def test_the_parameters_beside_a_strategy(ground: Ground) -> None:
    assert internals.parameters_from_file(ground.bot.strategy) == {"buy": {"threshold": 0.1}}


@pytest.mark.usefixtures("ground")
def test_a_row_of_the_key_value_store() -> None:
    KeyValueStore.store_value("rebalance.test", "a text")  # type: ignore[arg-type]
    row = internals.KeyValueRow
    found = row.session.execute(
        select(row.key, row.string_value, row.id).where(row.key == "rebalance.test")
    ).one()
    assert found[:2] == ("rebalance.test", "a text")
    assert found[2] > 0
