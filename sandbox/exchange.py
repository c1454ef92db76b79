"""The state of the local exchange: its markets, its clock and its prices. It knows no HTTP."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from sandbox.candles import CandleFolder, Candles
from sandbox.errors import SandboxError
from sandbox.markets import Market, checked_pairs, markets_of

_DAY_MS = 86_400_000


def wall_clock() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Day:
    """What happened to a market in the 24 hours before the clock; prices in quote currency.

    Attributes
    ----------
    volume, quote_volume
        Amount traded, in base and in quote currency.
    """

    open: float
    high: float
    low: float
    last: float
    volume: float = 0.0
    quote_volume: float = 0.0


class LocalExchange:
    """An exchange that replays candles, or says the prices a test sets.

    Parameters
    ----------
    pairs
        The pairs it lists, such as ``"BTC/USDT"``.
    candles
        Where prices and klines come from. None: only `set_price` gives prices.
    clock
        The exchange's time. Default: the present, so that the last candle on disk is the price.

    Raises
    ------
    SandboxError
        If a name is not a spot pair, or a file of candles is damaged.

    Examples
    --------
    >>> exchange = LocalExchange(["BTC/USDT"])
    >>> exchange.set_price("BTC/USDT", 123.4)
    >>> exchange.price("BTC/USDT")
    123.4
    """

    def __init__(
        self,
        pairs: Iterable[str],
        candles: CandleFolder | None = None,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        listed = markets_of(checked_pairs(pairs), candles)
        self._markets = {market.symbol: market for market in listed}
        self._candles = candles
        self._read: dict[tuple[str, str], Candles | None] = {}
        self._set_prices: dict[str, float] = {}
        self.clock = clock

    @property
    def markets(self) -> tuple[Market, ...]:
        """Every market, in the order of the pairs given."""
        return tuple(self._markets.values())

    def market(self, symbol: str) -> Market | None:
        """Return the market of an exchange's symbol such as ``BTCUSDT``; None if unknown."""
        return self._markets.get(symbol)

    @property
    def now_ms(self) -> int:
        """The clock, milliseconds since the epoch."""
        return int(self.clock().timestamp() * 1000)

    def set_price(self, pair: str, price: float) -> None:
        """Let a pair trade at a price from now on, whatever its candles say.

        Parameters
        ----------
        price
            Quote currency, positive. Klines stay those of the candles.

        Raises
        ------
        SandboxError
            If the pair is not listed or the price is not a positive number.
        """
        if pair not in {market.pair for market in self.markets}:
            raise SandboxError(f"{pair} is not listed here: name it when making the exchange")
        if not (math.isfinite(price) and price > 0):
            raise SandboxError(f"{pair}: the price {price} must be a positive number")
        self._set_prices[pair] = float(price)

    def price(self, pair: str) -> float | None:
        """Return the last price of a pair, quote currency; None where none is known yet."""
        if pair in self._set_prices:
            return self._set_prices[pair]
        known = self._finest(pair)
        return float(known.close[-1]) if known is not None and len(known) else None

    def klines(
        self, pair: str, timeframe: str, start_ms: int | None, end_ms: int | None, limit: int
    ) -> Candles | None:
        """Return candles known at the clock; None where there are none of this timeframe.

        Parameters
        ----------
        start_ms, end_ms
            First and last opening time wanted, both included. Without a start it is the last
            `limit` candles, with one the first, as on the exchange.
        """
        known = self._known(pair, timeframe)
        if known is None:
            return None
        first = 0 if start_ms is None else int(np.searchsorted(known.opened, start_ms, "left"))
        last = len(known)
        if end_ms is not None:
            last = int(np.searchsorted(known.opened, end_ms, "right"))
        wanted = known[first : max(first, last)]
        return wanted[-limit:] if start_ms is None else wanted[:limit]

    def day(self, pair: str) -> Day | None:
        """Return the last 24 hours of a pair; None while it has no price."""
        last = self.price(pair)
        if last is None:
            return None
        known = self._finest(pair)
        if known is not None:
            known = known[int(np.searchsorted(known.opened, self.now_ms - _DAY_MS, "left")) :]
        if known is None or len(known) == 0:
            return Day(last, last, last, last)
        return Day(
            open=float(known.open[0]),
            high=max(last, float(known.high.max())),
            low=min(last, float(known.low.min())),
            last=last,
            volume=float(known.volume.sum()),
            quote_volume=float((known.volume * known.close).sum()),
        )

    def _finest(self, pair: str) -> Candles | None:
        timeframes = self._candles.timeframes(pair) if self._candles else ()
        return self._known(pair, timeframes[0]) if timeframes else None

    def _known(self, pair: str, timeframe: str) -> Candles | None:
        key = (pair, timeframe)
        if key not in self._read:
            self._read[key] = self._candles.read(*key) if self._candles else None
        whole = self._read[key]
        return None if whole is None else whole.known_at(self.now_ms, timeframe)
