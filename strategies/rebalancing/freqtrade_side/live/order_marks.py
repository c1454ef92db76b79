"""Marks in the exchange's identifiers of orders: they tell which bot meant an order, and which."""

from __future__ import annotations

import re
import secrets
from string import ascii_letters

from freqtrade.exchange import Exchange

from rebalancing.freqtrade_side.internals import ccxt_options

_OF_A_BOT = re.compile(r"rb-[0-9a-f]{8}-")

LETTERS = [letter for letter in ascii_letters if letter not in "abcdef"]
"""What tells orders of one bot apart: ccxt goes on with digits and letters from a to f."""


class OrderMarks:
    """Sets how the identifiers begin that ccxt makes for orders.

    Parameters
    ----------
    exchange : Exchange
        freqtrade's.
    mark : str
        Of the bot: at most 12 letters, digits and dashes.

    Attributes
    ----------
    mark : str
        Of the bot; empty where orders bear none.

    Notes
    -----
    freqtrade gives a strategy no way to name an order, and sends it right after it has asked for
    its amount. ccxt begins the identifiers it makes for Binance with a word that its options name,
    and adds 22 characters; Binance takes 36. Other exchanges' orders bear no mark.
    """

    def __init__(self, exchange: Exchange, mark: str) -> None:
        brokers = ccxt_options(exchange).get("broker")
        self._brokers = brokers if isinstance(brokers, dict) and "spot" in brokers else {}
        self.mark = mark if self._brokers else ""
        self._newest = ""
        self.end()

    def next(self) -> str:
        """Mark the order that is sent next unlike those before; return the mark, empty for none."""
        if not self.mark:
            return ""
        before = self._newest
        while self._newest == before:
            self._newest = "".join(secrets.choice(LETTERS) for _ in range(2))
        self._brokers["spot"] = self.mark + self._newest
        return self.mark + self._newest

    def is_by_hand(self, identifier: str) -> bool:
        """Tell whether neither a round of this bot nor another bot has made an order.

        Parameters
        ----------
        identifier : str
            The client's, empty if there is none. Where orders bear no mark it says nothing.
        """
        if not self.mark:
            return True
        if not identifier.startswith(self.mark):
            return _OF_A_BOT.match(identifier) is None
        return identifier[len(self.mark) :][:1] not in LETTERS

    def end(self) -> None:
        """Let orders bear the mark of the bot alone, as those that nobody has intended."""
        if self.mark:
            self._brokers["spot"] = self.mark
