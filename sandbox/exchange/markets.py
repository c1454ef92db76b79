"""The markets a local exchange lists: tick, lot step and smallest order that fit the prices."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.errors import SandboxError

SMALLEST = Decimal("0.00000001")
LARGEST = Decimal("9000000000000000")
_LARGEST_STEP = Decimal(1)
_MIN_NOTIONAL = {"BTC": Decimal("0.0001"), "ETH": Decimal("0.001"), "BNB": Decimal("0.01")}
_DEFAULT_MIN_NOTIONAL = Decimal(5)
_STEP_SHARE = Decimal("0.00002")
_SAMPLE = 2_000
_PAIR = re.compile(r"[^\s/:]+/[^\s/:]+")
_WILDCARD = re.compile(r"[*+?|^\\()\[\]{}]")


@dataclass(frozen=True)
class Market:
    """What an exchange prescribes for a pair.

    Attributes
    ----------
    tick
        Price step, quote currency.
    step
        Amount step, base currency.
    min_notional
        Smallest order, quote currency.
    min_qty, max_qty
        Smallest and largest order, base currency; a step is the smallest in any case.
    max_market_qty
        Largest market order, base currency.
    """

    pair: str
    tick: Decimal = SMALLEST
    step: Decimal = SMALLEST
    min_notional: Decimal = _DEFAULT_MIN_NOTIONAL
    min_qty: Decimal = SMALLEST
    max_qty: Decimal = LARGEST
    max_market_qty: Decimal = LARGEST

    def with_rules(self, rules: Mapping[str, Decimal]) -> "Market":
        """Return the market with some rules, by name, changed."""
        changed: dict[str, Any] = dict(rules)
        return replace(self, **changed)

    @property
    def base(self) -> str:
        """The currency bought and sold."""
        return self.pair.partition("/")[0]

    @property
    def quote(self) -> str:
        """The currency paid with."""
        return self.pair.partition("/")[2]

    @property
    def smallest_amount(self) -> Decimal:
        """The smallest order, base currency."""
        return max(self.step, self.min_qty)

    @property
    def decimals(self) -> int:
        """How many decimals the tick has."""
        exponent = self.tick.normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0


def checked_pairs(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names that are pairs, wildcards such as ``.*/USDT`` left out.

    Raises
    ------
    SandboxError
        If a name is neither a spot pair nor a wildcard.
    """
    pairs = []
    for name in names:
        if isinstance(name, str) and _WILDCARD.search(name):
            continue
        if not isinstance(name, str) or not _PAIR.fullmatch(name):
            raise SandboxError(f"{name!r} is not a spot pair: write it like BTC/USDT")
        pairs.append(name)
    return tuple(dict.fromkeys(pairs))


def markets_of(pairs: Iterable[str], candles: CandleFolder | None) -> tuple[Market, ...]:
    """List a market for every pair, fitted to its candles where there are any."""
    return tuple(_market(pair, candles) for pair in pairs)


def _market(pair: str, candles: CandleFolder | None) -> Market:
    min_notional = _MIN_NOTIONAL.get(pair.partition("/")[2], _DEFAULT_MIN_NOTIONAL)
    timeframes = candles.timeframes(pair) if candles else ()
    # The first price, not the highest: what comes later must not change the lots of today.
    prices = candles.read(pair, timeframes[-1]) if candles and timeframes else None
    if prices is None or len(prices) == 0:
        return Market(pair, min_notional=min_notional)
    return Market(
        pair,
        tick=Decimal(1).scaleb(-price_decimals(prices.close)),
        step=lot_step(float(prices.open[0]), min_notional),
        min_notional=min_notional,
    )


def lot_step(price: float, min_notional: Decimal) -> Decimal:
    """Return the largest power of ten worth at most 0.002 % of the smallest order.

    Parameters
    ----------
    price
        The first price known, quote currency, positive.

    Notes
    -----
    Never below 1e-8 nor above 1, as on the exchange. A step this small leaves every weight of a
    portfolio at its target, so that rounding does not hide what a test looks for.

    >>> lot_step(40000.0, Decimal(5)), lot_step(0.00001, Decimal(5))
    (Decimal('1E-8'), Decimal('1'))
    """
    worth = min_notional * _STEP_SHARE / Decimal(repr(price))
    return max(SMALLEST, min(_LARGEST_STEP, Decimal(1).scaleb(worth.adjusted())))


def price_decimals(prices: NDArray[np.float64]) -> int:
    """Count the decimals an evenly spread sample of prices needs, at most 8."""
    sample = prices[:: max(1, len(prices) // _SAMPLE)]
    for decimals in range(8):
        if (np.abs(np.round(sample, decimals) - sample) <= np.abs(sample) * 1e-13).all():
            return decimals
    return 8
