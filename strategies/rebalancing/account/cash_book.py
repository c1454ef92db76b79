"""The portfolio's cash, and the cash flows that did not come from its own orders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

QUIET_TOLERANCE = 1e-6
"""Fraction of the NAV below which a change of the balance is rounding."""


@dataclass(frozen=True)
class Booked:
    """Which orders are in the book.

    Parameters
    ----------
    last_order : int
        The highest number in the database; 0 for none. It alone does not tell an order that came
        later: a database gives the number of a deleted order again.
    since : datetime or None
        UTC; None: no order has been booked, or an older version did.
    names : tuple of str
        What the exchange calls the orders made since then.
    """

    last_order: int = 0
    since: datetime | None = None
    names: tuple[str, ...] = ()

    def ends_with(self, number: int, name: str) -> bool:
        """Tell that an order was the newest one when these were booked."""
        return number == self.last_order and name in self.names


@dataclass(frozen=True)
class CashBook:
    """What cash the portfolio should have, order by order.

    Parameters
    ----------
    expected : float
        Stake currency, own open orders included.
    invested : float
        Sum of all cash flows, the opening one included, stake currency.
    last_order : int
        As in `Booked`; version 0.1.0 kept no more.
    investment : float or None
        The configured one at that time, stake currency; None: all of the account.
    missing : float
        What the account has been short of an investment, stake currency: it comes back first.
    since : datetime or None
        As in `Booked`.
    names : tuple of str
        As in `Booked`.
    """

    expected: float
    invested: float
    last_order: int = 0
    investment: float | None = None
    missing: float = 0.0
    since: datetime | None = None
    names: tuple[str, ...] = ()

    @property
    def booked(self) -> Booked:
        """Which orders are booked."""
        return Booked(self.last_order, self.since, self.names)

    @classmethod
    def opened(
        cls, investment: float | None, account: float, effect: float, booked: Booked
    ) -> CashBook:
        """Open the book: what the portfolio starts with is its first cash flow.

        Parameters
        ----------
        investment : float or None
            As configured; None: all of the account.
        account : float
            Stake currency the account has.
        effect : float
            What orders made before the book was opened have brought; 0 if there were none.
        booked : Booked
            Which these are.
        """
        start = account - effect
        if investment is None:
            return cls(account, start).after_orders(0.0, booked)
        missing = max(0.0, investment - start)
        start = min(investment, start)
        book = cls(start, start, investment=investment, missing=missing)
        return book.after_orders(effect, booked)

    def after_orders(self, effect: float, booked: Booked) -> CashBook:
        """Book own orders: `effect` is what they brought, fees taken off, negative if spent."""
        return replace(
            self,
            expected=self.expected + effect,
            last_order=booked.last_order,
            since=booked.since,
            names=booked.names,
        )

    def settle(self, account: float, nav: float, doubt: float) -> tuple[CashBook, float]:
        """Compare with the account, and book the difference as a cash flow.

        Parameters
        ----------
        account : float
            Stake currency the account has, open orders included.
        nav : float
            Stake currency, for the tolerance.
        doubt : float
            By how much the fees booked since the last comparison may be wrong, stake currency.

        Returns
        -------
        CashBook
            From now on.
        float
            The cash flow, deposits positive; 0 if there was none. With an investment the rest of
            the account is not the portfolio's: only what the account is short of it is a flow, and
            what of that comes back.
        """
        flow = account - self.expected
        if self.investment is not None:
            flow = min(flow, self.missing)
        if flow == 0.0:
            return self, 0.0
        # Fees that were estimated make a small difference: it is no flow, but it is gone.
        known = replace(self, expected=self.expected + flow)
        if abs(flow) <= QUIET_TOLERANCE * nav + doubt:
            return known, 0.0
        if self.investment is not None:
            known = replace(known, missing=max(0.0, self.missing - flow))
        return replace(known, invested=self.invested + flow), flow

    def without(self, amount: float, unbooked: float) -> CashBook:
        """Return the book after a withdrawal for which no cash moved.

        Parameters
        ----------
        amount : float
            What left, stake currency.
        unbooked : float
            What of it is still missing in the book as spent, stake currency.
        """
        return replace(self, expected=self.expected - unbooked, invested=self.invested - amount)

    def invest(self, investment: float | None, account: float) -> tuple[CashBook, float]:
        """Take over a changed investment: raised or lowered, the difference is a cash flow.

        Parameters
        ----------
        investment : float or None
            As configured now; None: all of the account belongs to the portfolio.
        account : float
            Stake currency the account has, open orders included.

        Returns
        -------
        CashBook
            From now on. Its cash is negative where more is taken out than is there: coins will
            be sold for it.
        """
        if investment == self.investment:
            return self, 0.0
        missing = 0.0
        if investment is None:
            flow = account - self.expected
        else:
            flow = investment - (self.invested if self.investment is None else self.investment)
            # What never came, or is gone already, cannot be taken out.
            never = min(self.missing, max(0.0, -flow))
            flow, missing = flow + never, self.missing - never
        book = replace(
            self,
            expected=self.expected + flow,
            invested=self.invested + flow,
            investment=investment,
            missing=missing,
        )
        return book, flow
