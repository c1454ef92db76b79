"""What a backtest decides on: markets, prices and cash, read without running freqtrade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from freqtrade.exceptions import OperationalException

from rebalancing.config.durations import timeframe_length
from rebalancing.freqtrade_side.backtest.backtest_range import range_findings
from rebalancing.freqtrade_side.backtest.candle_files import read_pairs
from rebalancing.freqtrade_side.backtest.candles import strangers
from rebalancing.freqtrade_side.backtest.decimals import unusable_prices
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.freqtrade_side.setup.first_check import TIMEFRAME
from rebalancing.freqtrade_side.setup.investment import check_investment
from rebalancing.market.markets import Markets
from rebalancing.market.portfolio import Vector
from rebalancing.market.prices import PriceMatrix, first_closes

_WALLET = 1000.0
"""freqtrade's own, where the configuration names none."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """What all policies of a configuration are backtested on.

    Parameters
    ----------
    assets : tuple of str
        Codes, in the order of the configuration.
    stake : str
        Code of the stake currency.
    markets : Markets
        Lots, minimums and fee.
    prices : PriceMatrix
        Of the assets, with opens.
    first : array, shape (assets,)
        The first close of each.
    cash : float
        Stake currency in the account.
    step : timedelta
        Length of a candle.
    remarks : tuple of str
        What is strange about the candles, one line each.
    """

    assets: tuple[str, ...]
    stake: str
    markets: Markets
    prices: PriceMatrix
    first: Vector
    cash: float
    step: timedelta
    remarks: tuple[str, ...]

    def too_small(self, setup: Setup) -> str:
        """Say why the cash cannot follow a policy; empty if it can."""
        try:
            check_investment(setup, self.markets, self.first, self.cash)
        except OperationalException as error:
            return str(error)
        return ""


def read_inputs(config: Mapping[str, Any], setup: Setup, markets: Markets) -> Inputs:
    """Read the candles of a checked configuration, and refuse what its backtest would refuse.

    Parameters
    ----------
    config : mapping
        From `merged_configuration`.
    setup : Setup
        What it says.
    markets : Markets
        Of the setup's pairs.

    Raises
    ------
    OperationalException
        If candles are missing or cannot be used: one line for each problem.
    """
    timeframe = str(config.get("timeframe") or TIMEFRAME)
    step = timeframe_length(timeframe)
    candles = read_pairs(config, setup.pairs, timeframe)
    problems = unusable_prices(candles)
    missing, remarks = range_findings(config, timeframe, setup.pairs, setup.pairs, candles, step)
    if problems := [*problems, *missing]:
        raise OperationalException("\n".join(problems))
    by_asset = {pair.split("/")[0]: found for pair, found in candles.items()}
    prices = PriceMatrix(setup.assets, by_asset, step)
    return Inputs(
        setup.assets,
        setup.stake,
        markets,
        prices,
        first_closes(setup.pairs, candles),
        _wallet(config, setup.stake),
        step,
        (*remarks, *strangers(prices)),
    )


def _wallet(config: Mapping[str, Any], stake: str) -> float:
    wallet = config.get("dry_run_wallet", _WALLET)
    return float(wallet.get(stake, 0.0) if isinstance(wallet, Mapping) else wallet)
