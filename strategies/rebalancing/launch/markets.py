"""The markets of a backtest: those that the local exchange would list, without starting it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from freqtrade.exceptions import FreqtradeException

from rebalancing.freqtrade_side.markets import TICK_SIZE, listed_markets
from rebalancing.launch.errors import LaunchError
from rebalancing.market.markets import Markets

_FEE = 0.001
"""Of Binance, whose API the local exchange speaks, where the configuration names no fee."""


def local_markets(config: Mapping[str, Any], pairs: Sequence[str]) -> tuple[Markets, str]:
    """Return the markets of the local exchange, and what is to be said of them.

    Parameters
    ----------
    config
        freqtrade's, with `runmode` and `datadir`.

    Raises
    ------
    LaunchError
        If a file of candles is damaged.
    """
    try:
        from sandbox.exchange.candles import CandleFolder
        from sandbox.exchange.errors import SandboxError
        from sandbox.exchange.markets import Market, markets_of
    except ModuleNotFoundError:
        nothing = {"taker": _FEE}
        return listed_markets([nothing] * len(pairs), TICK_SIZE, config), (
            "lots and smallest orders are not counted, as the project's local exchange (its folder "
            "sandbox) is not here; --online asks the real exchange for them"
        )

    def listed(market: Market) -> dict[str, Any]:
        smallest = {"min": float(market.smallest_amount)}
        return {
            "precision": {"amount": float(market.step)},
            "limits": {"cost": {"min": float(market.min_notional)}, "amount": smallest},
            "taker": _FEE,
        }

    try:
        found = markets_of(pairs, CandleFolder.open(Path(config["datadir"])))
    except SandboxError as error:
        raise LaunchError(*error.problems) from None
    return listed_markets([listed(market) for market in found], TICK_SIZE, config), ""


def online_markets(config: Mapping[str, Any], pairs: Sequence[str]) -> Markets:
    """Ask the real exchange.

    Raises
    ------
    LaunchError
        If it does not answer, or a pair is not traded there.
    """
    from freqtrade.resolvers import ExchangeResolver

    from rebalancing.freqtrade_side.markets import markets_of

    try:
        exchange = ExchangeResolver.load_exchange(dict(config), validate=False)
        try:
            if absent := [pair for pair in pairs if pair not in exchange.markets]:
                raise LaunchError(f"{exchange.name} has no market for {', '.join(absent)}")
            return markets_of(exchange, config, pairs)
        finally:
            exchange.close()
    except FreqtradeException as error:
        raise LaunchError(str(error)) from None
