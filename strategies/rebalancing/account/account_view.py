"""What an account shows of itself, beside the open round."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rebalancing.account.cash_book import Booked
from rebalancing.account.known_trade import KnownTrade
from rebalancing.market.portfolio import Vector


@dataclass(frozen=True, eq=False)
class Unbooked:
    """The filled orders that are not in the cash book yet.

    Parameters
    ----------
    effect : float
        What they brought, stake currency with fees, negative if they cost something.
    doubt : float
        By how much `effect` may be wrong, stake currency.
    count : int
        How many there are.
    booked : callable
        Gives the orders of now, these among them, for the book.
    exact : callable
        Gives `effect` by the exchange's own list of fills; None if it does not tell.
    """

    effect: float = 0.0
    doubt: float = 0.0
    count: int = 0
    booked: Callable[[], Booked] = Booked
    exact: Callable[[], float | None] = lambda: None


@dataclass(frozen=True)
class SeenTrades:
    """What the trades in freqtrade's database tell.

    Parameters
    ----------
    known : tuple of KnownTrade, or None
        All of now; None: they are as they are known.
    reduced : collection of str
        Assets of which a person has sold a part since the newest resume.
    """

    known: tuple[KnownTrade, ...] | None = None
    reduced: Collection[str] = ()


@dataclass(frozen=True)
class UnknownSell:
    """A sell that the exchange has and no trade knows.

    Parameters
    ----------
    order : str
        What the exchange calls it.
    coins : float
        How many it has sold.
    """

    order: str
    coins: float


@dataclass(frozen=True, eq=False)
class AccountView:
    """What an account and freqtrade's trades show while no order is open.

    Parameters
    ----------
    balance : float
        Stake currency that the account has.
    coins : array, shape (assets,)
        What it has of each coin, whoever owns it.
    in_trades : array, shape (assets,)
        Coins in open trades; NaN where no trade is open.
    unbooked : Unbooked
        Orders that the cash book does not have.
    left : callable
        Gives, by asset, what all orders have left of a coin, lots or not.
    unknown_sells : callable
        Gives the sells of an asset since the newest check that no trade knows, newest first. It
        asks the exchange.
    trades : callable
        Gives what the trades tell.
    deleted : collection of KnownTrade
        Those of the known trades that are there no longer.
    closed : callable
        Gives the assets whose newest trade a person has closed since the newest resume.
    """

    balance: float
    coins: Vector
    in_trades: Vector
    unbooked: Unbooked = Unbooked()
    left: Callable[[], Mapping[str, float]] = dict
    unknown_sells: Callable[[str], Sequence[UnknownSell]] = lambda _asset: ()
    trades: Callable[[], SeenTrades] = SeenTrades
    deleted: Collection[KnownTrade] = ()
    closed: Callable[[], Collection[str]] = tuple
