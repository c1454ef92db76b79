"""Prices of all pairs at one moment, asked of the exchange in one request, and whether they can
be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from freqtrade.exceptions import ExchangeError, FreqtradeException
from freqtrade.exchange import Exchange

from rebalancing.durations import parse_duration
from rebalancing.freqtrade_side.candles import STALE_AFTER, PairCandles
from rebalancing.freqtrade_side.configuration import Setup
from rebalancing.portfolio import Vector
from rebalancing.quoted import Quoted, doubt

CONFIRMED_WITHIN = 0.05
"""How far the middle of the order book may be from a price that jumped, as a fraction."""


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
    """

    prices: Vector
    trouble: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)


class QuoteBoard:
    """Asks for the prices and keeps what is needed to judge them.

    Parameters
    ----------
    exchange : Exchange
        freqtrade's.
    setup : Setup
        Pairs and limits.
    now : datetime
        From now on an asset without a price is waited for, for an hour.
    """

    def __init__(self, exchange: Exchange, setup: Setup, now: datetime) -> None:
        self._exchange = exchange
        self._pairs, self._stake = setup.pairs, setup.stake
        self._jump, self._spread = setup.settings.max_price_jump, setup.settings.max_spread
        self._age = parse_duration(setup.settings.max_price_age)
        self._fresh_at = dict.fromkeys(setup.pairs, now)
        self._confirmed: dict[str, float] = {}

    def at(self, now: datetime, candles: Mapping[str, PairCandles]) -> Quotes:
        """Ask for the prices of all pairs and judge them.

        Parameters
        ----------
        now : datetime
            UTC.
        candles : mapping of str to PairCandles
            By pair; their last closes tell whether a price is absurd.

        Raises
        ------
        FreqtradeException
            If the exchange does not answer.
        """
        tickers = self._tickers()
        newest = max((_moment(ticker) or now for ticker in tickers.values()), default=now)
        prices, trouble = np.full(len(self._pairs), np.nan), []
        left_out: dict[str, str] = {}
        for i, pair in enumerate(self._pairs):
            asset = pair.split("/")[0]
            if not self._is_traded(pair):
                left_out[asset] = "the exchange does not trade it"
                continue
            ticker = tickers.get(pair, {})
            quoted = self._quoted(pair, ticker)
            price = quoted.middle or np.nan
            fault = self._fault(now, newest, ticker, quoted, candles.get(pair))
            fault = fault or self._absurd(pair, price, candles[pair])
            if fault is None:
                prices[i], self._fresh_at[pair] = price, now
            elif now - self._fresh_at[pair] < STALE_AFTER:
                trouble.append(f"{pair}: {fault}")
            else:
                left_out[asset] = f"no price for an hour that can be trusted: {fault}"
        return Quotes(prices, tuple(trouble), left_out)

    def _quoted(self, pair: str, ticker: Mapping[str, Any]) -> Quoted:
        """Read bid and ask, from the order book where the exchange's tickers hold neither."""
        bid, ask = ticker.get("bid"), ticker.get("ask")
        if not bid and not ask and ticker:
            book = self._book(pair)
            bid, ask = _best(book, "bids"), _best(book, "asks")
        return Quoted(bid, ask, ticker.get("last"))

    def _book(self, pair: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._exchange.fetch_l2_order_book(pair, 5)
        except (ExchangeError, FreqtradeException):
            return {}
        return found

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

    def _absurd(self, pair: str, price: float, candles: PairCandles) -> str | None:
        """Say if a price is too far from the last candle and the order book does not confirm it."""
        last = _last_close(candles)
        if last is None or abs(price / last - 1) <= self._jump:
            self._confirmed.pop(pair, None)
            return None
        known = self._confirmed.get(pair)
        if known is not None and abs(price / known - 1) <= CONFIRMED_WITHIN:
            return None
        book = self._book(pair)
        real = middle({side[:-1]: _best(book, side) for side in ("bids", "asks")})
        if abs(price / real - 1) <= CONFIRMED_WITHIN:
            self._confirmed[pair] = price
            return None
        return (
            f"its price {price:.8g} is {price / last - 1:+.0%} from the last candle "
            f"({last:.8g}) and the order book does not confirm it"
        )


def middle(ticker: Mapping[str, Any]) -> float:
    """Return the middle of best bid and ask, or the last price where one of them is missing;
    NaN if there is none. A last price outside of bid and ask is of no interest."""
    bid, ask = ticker.get("bid") or 0.0, ticker.get("ask") or 0.0
    if bid > 0 and ask > 0:
        return (float(bid) + float(ask)) / 2
    return float(ticker.get("last") or np.nan)


def _best(book: Mapping[str, Any], side: str) -> float | None:
    levels = book.get(side) or []
    return float(levels[0][0]) if levels else None


def _last_close(candles: PairCandles) -> float | None:
    known = candles.closes[np.isfinite(candles.closes)]
    return float(known[-1]) if len(known) else None


def _moment(ticker: Mapping[str, Any]) -> datetime | None:
    stamp = ticker.get("timestamp")
    return None if stamp is None else datetime.fromtimestamp(stamp / 1000, UTC)
