"""Histories of prices made up by a seed: listed late, ended, with gaps and idle hours."""

from datetime import timedelta

import numpy as np

from rebalancing.market.markets import Markets
from rebalancing.market.prices import PairCandles, PriceMatrix

FIRST, HOUR = 1_700_000_000 // 3600 * 3600, 3600


def made_up_prices(random: np.random.Generator, assets: tuple[str, ...], rows: int) -> PriceMatrix:
    """Return prices of hours; each asset has a chance of each irregularity."""
    found = {asset: _candles(random, rows) for asset in assets}
    return PriceMatrix(assets, found, timedelta(hours=1))


def steady_prices(assets: tuple[str, ...], rows: int) -> PriceMatrix:
    """Return prices of hours without any irregularity; the assets wander apart."""
    return PriceMatrix(assets, steady_candles(assets, rows), timedelta(hours=1))


def steady_candles(assets: tuple[str, ...], rows: int) -> dict[str, PairCandles]:
    """Return the candles of these prices."""
    found, dates = {}, FIRST + HOUR * np.arange(rows)
    for number, asset in enumerate(assets):
        closes = np.exp(np.cumsum(np.random.default_rng(number).normal(0, 0.01, rows)))
        columns = (dates, closes, closes, closes, closes, np.ones(rows))
        found[asset] = PairCandles.of(*columns)
    return found


def _candles(random: np.random.Generator, rows: int) -> PairCandles:
    steps = random.normal(0, random.choice([0.002, 0.01, 0.04]), rows)
    closes = np.exp(np.cumsum(steps)) * 10.0 ** random.uniform(-4, 4)
    if random.random() < 0.3:
        closes = np.round(closes, max(0, 3 - int(np.floor(np.log10(closes.min())))))
    opens = np.concatenate([closes[:1], closes[:-1]])
    if random.random() < 0.5:
        opens = opens * np.exp(random.normal(0, 0.003, rows))
    there, volume = np.ones(rows, dtype=bool), np.full(rows, 5.0)
    if random.random() < 0.3:
        there[: random.integers(1, rows // 2)] = False
    if random.random() < 0.2:
        there[-random.integers(1, rows // 3) :] = False
    if random.random() < 0.3:
        there[_stretch(random, rows)] = False
    if random.random() < 0.3:
        idle = _stretch(random, rows)
        closes[idle] = opens[idle] = closes[idle.start]
        volume[idle] = 0.0
    dates = FIRST + HOUR * np.arange(rows)
    highs, lows = np.maximum(opens, closes), np.minimum(opens, closes)
    columns = (dates, opens, highs, lows, closes, volume)
    return PairCandles.of(*(column[there] for column in columns))


def _stretch(random: np.random.Generator, rows: int) -> slice:
    begin = int(random.integers(0, rows - 60))
    return slice(begin, begin + int(random.integers(1, 50)))


def made_up_markets(random: np.random.Generator, prices: PriceMatrix) -> Markets:
    """Return lots of 0.01 to 100 units of money, minimums of value and of coins, and a fee."""
    known = np.nan_to_num(np.nanmedian(prices.known, axis=0), nan=1.0)
    lots = 10.0 ** np.round(np.log10(random.uniform(0.01, 20, len(known)) / known))
    lots *= random.choice([0.0, 1.0, 1.0, 5.0])
    lots = np.array([float(f"{lot:.1e}") for lot in lots])
    return Markets(
        lots,
        cost_minimums=np.full(len(lots), float(random.choice([0.0, 5.0, 10.0]))),
        amount_minimums=lots * float(random.choice([1.0, 10.0])),
        fee=float(random.choice([0.0, 0.001, 0.01])),
        margin=1.1,
        entry_margin=1.1,
        remainder_margin=1.1 * 1.001 * 1.05 / 0.9,
        largest=np.full(len(lots), np.inf),
    )
