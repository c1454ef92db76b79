"""Symbols: a pair as Binance writes it, ``BTCUSDT``, and the markets that requests name so."""

import json
import re
from collections.abc import Mapping

from sandbox.binance.protocol import required
from sandbox.binance.refusals import AnswerError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.markets import Market
from sandbox.exchange.refusals import Reason, RefusalError

_SYMBOL = re.compile(r"[\w.&-]{1,50}")


def symbol_of(pair: str) -> str:
    """Write a pair.

    >>> symbol_of("BTC/USDT")
    'BTCUSDT'
    """
    return pair.replace("/", "")


def named_market(exchange: LocalExchange, query: Mapping[str, str]) -> Market:
    """Return the market the parameter ``symbol`` names.

    Raises
    ------
    AnswerError
        If it is missing or malformed.
    RefusalError
        If it is not listed.
    """
    return _listed(exchange, required(query, "symbol"))


def chosen_markets(
    exchange: LocalExchange, query: Mapping[str, str]
) -> Market | tuple[Market, ...]:
    """Return one market for ``symbol``, several for ``symbols``, all where neither is sent.

    Raises
    ------
    AnswerError
        If both are sent, or one is malformed.
    RefusalError
        If one is not listed.
    """
    if "symbol" in query and "symbols" in query:
        raise AnswerError(-1128, "Combination of optional parameters invalid.")
    if "symbol" in query:
        return named_market(exchange, query)
    if "symbols" not in query:
        return exchange.markets
    try:
        names = json.loads(query["symbols"])
    except ValueError:
        names = None
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise AnswerError(-1100, "Illegal characters found in parameter 'symbols'.")
    return tuple(_listed(exchange, name) for name in names)


def _listed(exchange: LocalExchange, symbol: str) -> Market:
    for market in exchange.markets:
        if symbol_of(market.pair) == symbol:
            return market
    if not _SYMBOL.fullmatch(symbol) or symbol != symbol.upper():
        legal = "'^[\\w\\-._&&[^a-z]]{1,50}$'"
        raise AnswerError(
            -1100, f"Illegal characters found in parameter 'symbol'; legal range is {legal}."
        )
    raise RefusalError(Reason.NOT_LISTED)
