"""A policy as each of the three is asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from rebalancing.market.portfolio import Vector
from tests.peers.ours import Outcome, by_us, names

STAKE = "USDT"


@dataclass(frozen=True, eq=False)
class Case:
    """A policy on prices.

    Attributes
    ----------
    prices
        Shape (rows, assets); a row is a moment at which is decided and traded.
    step
        From row to row.
    weights
        Of the assets; what is missing to 1 is cash.
    cash, fee
        At the start, and of every trade.
    period
        As configured; None looks at every row.
    every
        The same in rows.
    band
        Share of its weight by which an asset must be off; None trades at every look.
    call_seq
        The order in which vectorbt trades.
    """

    prices: Vector
    step: timedelta
    weights: Sequence[float]
    cash: float
    fee: float
    period: str | None = None
    every: int = 1
    band: float | None = None
    call_seq: str = "auto"

    @property
    def block(self) -> Mapping[str, Any]:
        """Return it as it is configured."""
        targets = dict(zip(names(len(self.weights)), self.weights, strict=True))
        if (left := 1 - sum(self.weights)) > 1e-9:
            targets[STAKE] = left
        band = {} if self.band is None else {"threshold": self.band, "threshold_kind": "relative"}
        return {"targets": targets, **band} | ({"period": self.period} if self.period else {})

    def own(self) -> Outcome:
        """Simulate it."""
        return by_us(self.block, self.prices, self.step, self.cash, self.fee)

    def questions(self, file: Path, rounds: Sequence[int]) -> list[dict[str, Any]]:
        """Ask bt and vectorbt for the same.

        Parameters
        ----------
        file
            For the prices.
        rounds
            When vectorbt trades, which has no bands of its own.
        """
        np.save(file, self.prices)
        same = {"prices": str(file), "weights": [*self.weights], "cash": self.cash, "fee": self.fee}
        looks = [*range(0, len(self.prices), self.every)]
        return [
            {"who": "bt", "looks": looks, "tolerance": self.band, **same},
            {"who": "vectorbt", "rounds": [[*rounds]], "call_seq": self.call_seq, **same},
        ]
