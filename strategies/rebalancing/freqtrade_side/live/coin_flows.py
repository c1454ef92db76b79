"""Coins of the portfolio that left the account: withdrawals in kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from rebalancing.events.account import CoinsLeft
from rebalancing.freqtrade_side.live.diary import Diary
from rebalancing.freqtrade_side.live.trade_writer import TradeWriter
from rebalancing.freqtrade_side.present.quotes import Quotes
from rebalancing.freqtrade_side.present.snapshots import Snapshots
from rebalancing.freqtrade_side.records import own_orders
from rebalancing.freqtrade_side.records.own_orders import Holding

ENOUGH = 0.98
"""Share of a trade's coins with which freqtrade, too, takes them for complete: fees are paid."""

SAME = 1e-6
"""Fraction by which two answers of the exchange may differ and still say the same."""


class CoinFlows:
    """Corrects trades that hold more than the account has."""

    def __init__(self, snapshots: Snapshots, trade_writer: TradeWriter, diary: Diary) -> None:
        self._setup = snapshots.setup
        self._account = snapshots.account
        self._trade_writer = trade_writer
        self._diary = diary
        self._gone: dict[str, float] = {}

    def book(self, now: datetime, quotes: Quotes, held: Mapping[str, Holding]) -> bool:
        """Book the coins that two answers of the exchange show to be gone.

        Parameters
        ----------
        now : datetime
            UTC; no order may be open.
        quotes : Quotes
            Prices that can be trusted. What has none is booked when it has one.
        held : mapping of str to Holding
            The open trades by pair.

        Returns
        -------
        bool
            False if coins have only just gone: a balance may lag behind, and freqtrade asks the
            exchange for a sale by hand before it answers again.
        """
        before, self._gone = self._gone, self._missing(held)
        sure = [
            asset
            for asset, amount in self._gone.items()
            if abs(amount - before.get(asset, 0.0)) <= SAME * amount
        ]
        if len(sure) < len(self._gone):
            return False
        for asset in sure:
            price = float(quotes.trusted[self._setup.assets.index(asset)])
            if np.isfinite(price):
                self._withdraw(now, asset, self._gone.pop(asset), price)
        return True

    def _missing(self, held: Mapping[str, Holding]) -> dict[str, float]:
        """Return the coins that trades hold and the account does not."""
        missing = {}
        for asset, pair in zip(self._setup.assets, self._setup.pairs, strict=True):
            there = self._account.coins(asset)
            if pair in held and there < held[pair].amount * ENOUGH:
                # What fees and sells left of a lot is in no trade, and is gone as well.
                most = max(held[pair].amount, own_orders.coins_left().get(asset, 0.0))
                missing[asset] = most - there
        return missing

    def _withdraw(self, now: datetime, asset: str, amount: float, price: float) -> None:
        stake = self._setup.stake
        self._trade_writer.release(f"{asset}/{stake}", amount, price, now)
        self._diary.write(now, CoinsLeft(asset, amount, price, stake))
