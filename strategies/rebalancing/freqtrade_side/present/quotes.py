"""Prices of all pairs at one moment, and whether they can be trusted.

They are asked of the exchange in one request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from freqtrade.exchange import Exchange

from rebalancing.config.durations import parse_duration
from rebalancing.freqtrade_side.present.order_books import order_book
from rebalancing.freqtrade_side.setup.configuration import Setup
from rebalancing.market.order_book import SHARE, Book
from rebalancing.market.portfolio import Mask, Vector
from rebalancing.market.prices import STALE_AFTER, PairCandles, Past, PriceMatrix, no_past
from rebalancing.market.quoted import APART, Quoted, doubt
from rebalancing.numbers import percent, quantity

_SHALLOW = (
    "and its order book does not confirm it: each side must hold "
    f"{percent(SHARE, digits=0)} of the portfolio within {percent(APART, digits=0)}"
)


@dataclass(frozen=True, eq=False)
class Quotes:
    """What the exchange quotes at one moment.

    Parameters
    ----------
    prices : array, shape (assets,)
        Middle of the best bid and ask, stake currency for one coin; NaN where the asset cannot
        be traded.
    trouble : tuple of str
        What forbids to start a round now, one line each; empty if all prices can be trusted.
    left_out : mapping of str to str
        Assets without a price that rounds do not wait for, and why.
    trusted : array, shape (assets,)
        The prices, and for the assets in trouble the newest ones that could be trusted; NaN where
        there was none since the start.
    doubted : bool array, shape (assets,)
        The assets in trouble.
    past : callable
        Gives the closes of the candles.
    """

    prices: Vector
    trusted: Vector
    doubted: Mask
    trouble: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    past: Past = no_past


class QuoteBoard:
    """Asks for the prices and keeps what is needed to judge them.

    Parameters
    ----------
    setup : Setup
        Pairs and limits.
    now : datetime
        From now on an asset without a price is waited for, for an hour.
    step : timedelta
        The timeframe.
    """

    def __init__(self, exchange: Exchange, setup: Setup, now: datetime, step: timedelta) -> None:
        self._exchange = exchange
        self._pairs, self._assets, self._step = setup.pairs, setup.assets, step
        self._jump, self._spread = setup.settings.max_price_jump, setup.settings.max_spread
        self._age = parse_duration(setup.settings.max_price_age)
        self._fresh_at = dict.fromkeys(setup.pairs, now)
        self._confirmed: dict[str, float] = {}
        self._trusted = np.full(len(setup.pairs), np.nan)
        self._last: dict[str, tuple[float | None, datetime]] = {}

    def at(self, now: datetime, candles: Mapping[str, PairCandles], worth: float) -> Quotes:
        """Ask for the prices of all pairs and judge them.

        Parameters
        ----------
        now : datetime
            UTC.
        candles : mapping of str to PairCandles
            By pair; their last closes tell whether a price is absurd.
        worth : float
            Value of the portfolio, stake currency: a share of it tells whether a book is deep.

        Raises
        ------
        FreqtradeException
            If the exchange does not answer.
        """
        tickers = self._tickers()
        newest = max((_moment(ticker) or now for ticker in tickers.values()), default=now)
        prices, trouble = np.full(len(self._pairs), np.nan), []
        doubted = np.zeros(len(self._pairs), dtype=bool)
        left_out: dict[str, str] = {}
        for i, pair in enumerate(self._pairs):
            asset = pair.split("/")[0]
            if not self._is_traded(pair):
                left_out[asset] = "the exchange does not trade it"
                continue
            ticker = tickers.get(pair, {})
            quoted = self._quoted(pair, ticker)
            fault = self._fault(now, newest, ticker, quoted, candles.get(pair))
            fault = fault or self._absurd(now, pair, quoted, candles[pair], worth)
            if fault is None:
                prices[i] = self._trusted[i] = quoted.middle
                self._fresh_at[pair] = now
            elif now - self._fresh_at[pair] < STALE_AFTER:
                trouble.append(f"{pair}: {fault}")
                doubted[i] = True
            else:
                left_out[asset] = f"no price for an hour that can be trusted: {fault}"
        trusted = np.where(doubted, self._trusted, prices)

        def past() -> Vector:
            known = {p.split("/")[0]: found for p, found in candles.items() if len(found.dates)}
            return PriceMatrix(self._assets, known, self._step).past(now) if known else no_past()

        return Quotes(prices, trusted, doubted, tuple(trouble), left_out, past)

    def _quoted(self, pair: str, ticker: Mapping[str, Any]) -> Quoted:
        """Read bid and ask, from the order book where the exchange's tickers hold neither."""
        bid, ask = ticker.get("bid"), ticker.get("ask")
        if not bid and not ask and ticker:
            bids, asks = order_book(self._exchange, pair) or Book((), ())
            bid, ask = (side[0].price if side else None for side in (bids, asks))
        return Quoted(bid, ask, ticker.get("last"))

    def _tickers(self) -> Mapping[str, Any]:
        wanted = [pair for pair in self._pairs if self._is_traded(pair)]
        if not wanted:
            return {}
        if self._exchange.exchange_has("fetchTickers"):
            found: Mapping[str, Any] = self._exchange.get_tickers(wanted)
            return found
        return {pair: self._exchange.fetch_ticker(pair) for pair in wanted}

    def lists(self, pair: str) -> bool:
        """Tell whether the exchange has a market of a pair, open or halted."""
        return pair in self._exchange.markets

    def _is_traded(self, pair: str) -> bool:
        market = self._exchange.markets.get(pair)
        return bool(market) and market.get("active") is not False

    def _fault(
        self,
        now: datetime,
        newest: datetime,
        ticker: Mapping[str, Any],
        quoted: Quoted,
        candles: PairCandles | None,
    ) -> str | None:
        """Say what is wrong with a price at first sight; None if nothing is."""
        moment = _moment(ticker)
        # The exchange's clock may be ahead of ours: then its other tickers show it.
        if moment is not None and (age := max(newest, now) - moment) > self._age:
            return f"its price is {int(age.total_seconds())} seconds old"
        if candles is None or not len(candles.closes):
            return "no candles yet"
        return doubt(quoted, self._spread)

    def _absurd(
        self, now: datetime, pair: str, quoted: Quoted, candles: PairCandles, worth: float
    ) -> str | None:
        """Say if a price is too far from the last trade or the last candle.

        An order book that bears it out may stand against the candle, and against an old trade.
        """
        price, close = quoted.middle, _last_close(candles)
        assert price is not None
        is_recent = self._is_recent(now, pair, quoted.last)
        moved = 0.0 if close is None else price / close - 1
        if quoted.is_apart:
            fault = (
                f"its last trade ({quantity(quoted.last)}) is far from bid and ask "
                f"({quantity(price)})"
            )
            if is_recent:
                return fault
        elif abs(moved) > self._jump:
            fault = (
                f"its price {quantity(price)} is {percent(moved, '+', 0)} from the last candle "
                f"({quantity(close)})"
            )
        else:
            self._confirmed.pop(pair, None)
            return None
        return None if self._is_borne_out(pair, price, worth) else f"{fault} {_SHALLOW}"

    def _is_borne_out(self, pair: str, price: float, worth: float) -> bool:
        """Tell whether the order book is deep at a price; once is enough while it stays there."""
        known = self._confirmed.get(pair)
        if known is not None and abs(price / known - 1) <= APART:
            return True
        book = order_book(self._exchange, pair)
        is_deep = book is not None and book.bears_out(price, worth)
        if is_deep:
            self._confirmed[pair] = price
        return is_deep

    def _is_recent(self, now: datetime, pair: str, last: float | None) -> bool:
        """Tell whether the last trade may have been made within the largest age of a price.

        Notes
        -----
        Tickers do not say when it was made. Where it has been the same for so long it is older.
        """
        before, since = self._last.get(pair, (None, now))
        if before != last:
            since = now
        self._last[pair] = last, since
        return now - since < self._age


def middle(ticker: Mapping[str, Any]) -> float:
    """Return the middle of best bid and ask, or the last price where one of them is missing.

    NaN if there is none. A last price outside of bid and ask is of no interest.
    """
    bid, ask = ticker.get("bid") or 0.0, ticker.get("ask") or 0.0
    if bid > 0 and ask > 0:
        return (float(bid) + float(ask)) / 2
    return float(ticker.get("last") or np.nan)


def _last_close(candles: PairCandles) -> float | None:
    known = candles.closes[np.isfinite(candles.closes)]
    return float(known[-1]) if len(known) else None


def _moment(ticker: Mapping[str, Any]) -> datetime | None:
    stamp = ticker.get("timestamp")
    return None if stamp is None else datetime.fromtimestamp(stamp / 1000, UTC)
