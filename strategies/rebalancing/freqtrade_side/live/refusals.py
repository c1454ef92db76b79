"""Refusals of orders, by freqtrade and by the exchange."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import ccxt
from freqtrade.exceptions import FreqtradeException, InsufficientFundsError
from freqtrade.exchange import Exchange

from rebalancing.freqtrade_side.internals import take_over_orders
from rebalancing.freqtrade_side.records.redaction import redacted

NOT_SENT = "freqtrade sent no order, its log says why"
NO_CASH = "not enough cash for the smallest order"
NOT_FILLED = "its orders did not fill"

_ANSWER = re.compile(r"\{.*\}")


class Refusals:
    """Hears every order that freqtrade sends, and keeps the newest refusal of each asset.

    Notes
    -----
    freqtrade tells a strategy of orders that are made, and of those that are not only its log, in
    sentences that change with its version and know neither side nor code. So its function is
    wrapped; it does what it did.

    Attributes
    ----------
    by_asset : dict of str to str
        Why the newest order of an asset was refused; an asset whose order was accepted is absent.
    lacks_cash : bool
        A buy has been refused for want of cash since this was last set to False.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.by_asset: dict[str, str] = {}
        self.lacks_cash = False
        self._handed_out: set[str] = set()
        self._send = take_over_orders(exchange, self._create_order)

    def handed_out(self, asset: str) -> None:
        """Freqtrade has been told to trade an asset."""
        self.by_asset[asset] = NOT_SENT
        self._handed_out.add(asset)

    def not_sent(self, asset: str, reason: str, is_assets: bool) -> None:
        """Note that an order was kept back before freqtrade was told of it.

        Parameters
        ----------
        is_assets : bool
            It is a matter of the asset alone: an order of another one would be made.
        """
        self.by_asset[asset] = reason
        if is_assets:
            self._handed_out.add(asset)

    def take(self) -> tuple[dict[str, str], set[str]]:
        """Return what became of the orders since the last call.

        Assets that were refused and why, and those whose order was made. Each is told once.
        """
        asked, self._handed_out = self._handed_out, set()
        refused = {asset: self.by_asset[asset] for asset in asked if asset in self.by_asset}
        return refused, asked - set(refused)

    def reason(self, assets: Sequence[str]) -> str:
        """Say why the trades of these assets were not made, in a line."""
        return "; ".join(f"{asset}: {self.by_asset.get(asset, NOT_FILLED)}" for asset in assets)

    def _create_order(self, *, pair: str, side: Any, **order: Any) -> Any:
        asset = pair.split("/")[0]
        try:
            made = self._send(pair=pair, side=side, **order)
        except FreqtradeException as error:
            self.by_asset[asset] = f"{side} refused: {reason_of(error)}"
            lacks_cash = side == "buy" and isinstance(error, InsufficientFundsError)
            self.lacks_cash = self.lacks_cash or lacks_cash
            if lacks_cash or isinstance(error.__cause__, ccxt.NetworkError):
                self._handed_out.discard(asset)  # the asset is not to blame
            raise
        self.by_asset.pop(asset, None)
        return made


def reason_of(error: Exception) -> str:
    """Return what the exchange itself said, as far as an error tells.

    Examples
    --------
    >>> reason_of(ValueError('Not made. Message: binance {"code":-1013,"msg":"Too large."}'))
    'Too large (-1013)'
    >>> reason_of(ValueError("Not made. Message: binance Market is closed."))
    'binance Market is closed'
    """
    text = " ".join(redacted(str(error)).split())
    text = text.rpartition("Message: ")[2].rstrip(".")
    found = _ANSWER.search(text)
    if found is None:
        return text
    try:
        answer = json.loads(found[0])
        return f"{str(answer['msg']).rstrip('.')} ({answer['code']})"
    except (ValueError, KeyError, TypeError):
        return text
