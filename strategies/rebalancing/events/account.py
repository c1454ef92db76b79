"""What happens to the account beside the rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rebalancing.events.event import Event, Standing
from rebalancing.numbers import money, percent, quantity

_OUT = "stays out, its weight held in cash, until resume"
_KEPT = "what is left is kept, the rest of its weight held in cash, until resume"


@dataclass(frozen=True)
class CashFlow(Event):
    """Cash came or went; the first flow is what the portfolio starts with.

    Parameters
    ----------
    amount : float
        Stake currency, deposits positive.
    stake : str
        Code of the stake currency.
    opening : bool
        It is the first one.
    number : int
        Of the flow, from 1.
    """

    kind: ClassVar[str] = "flow"

    amount: float
    stake: str
    opening: bool
    number: int

    @property
    def text(self) -> str:
        """Say how much."""
        return money(self.amount, self.stake, "+")

    @property
    def facts(self) -> dict[str, Any]:
        """Return the flow."""
        return {"amount": self.amount, "opening": self.opening}


@dataclass(frozen=True)
class TradeDeleted(Event):
    """A trade was deleted from freqtrade's database, and with it what its orders had cost.

    Parameters
    ----------
    amount : float
        Stake currency, negative if the orders had cost something.
    stake, asset : str
        Codes.
    number : int
        Of the flow, from 1.
    """

    kind: ClassVar[str] = "flow"

    amount: float
    stake: str
    asset: str
    number: int

    @property
    def text(self) -> str:
        """Say how much, and of what."""
        return (
            f"{money(self.amount, self.stake, '+')}: a trade of {self.asset} was deleted, "
            "and with it what its orders had cost"
        )

    @property
    def facts(self) -> dict[str, Any]:
        """Return the flow."""
        return {"amount": self.amount, "asset": self.asset, "opening": False}


@dataclass(frozen=True)
class TradeReopened(Event):
    """freqtrade had closed a trade with coins left; `coins` are those."""

    kind: ClassVar[str] = "trade reopened"
    is_told: ClassVar[bool] = True

    asset: str
    coins: float

    @property
    def text(self) -> str:
        """Say which trade, and how many coins."""
        return (
            f"freqtrade closed the trade of {self.asset} with {quantity(self.coins)} {self.asset} "
            "left, and it is open again"
        )

    @property
    def facts(self) -> dict[str, Any]:
        """Return the coins."""
        return {"asset": self.asset, "coins": self.coins}


@dataclass(frozen=True)
class CoinsLeft(Event):
    """Coins of the portfolio have left the account.

    Parameters
    ----------
    asset : str
        Their code.
    coins : float
        How many, positive.
    price : float
        Stake currency for one.
    stake : str
        Code of the stake currency.
    """

    kind: ClassVar[str] = "flow"
    is_told: ClassVar[bool] = True

    asset: str
    coins: float
    price: float
    stake: str

    @property
    def text(self) -> str:
        """Say how many, and what they were worth."""
        worth = money(self.coins * self.price, self.stake)
        return (
            f"{quantity(-self.coins)} {self.asset} left the account: a withdrawal of {worth} at "
            f"{quantity(self.price)}"
        )

    @property
    def facts(self) -> dict[str, Any]:
        """Return the flow, in stake currency and in coins."""
        return {
            "amount": -self.coins * self.price,
            "asset": self.asset,
            "coins": -self.coins,
            "price": self.price,
            "opening": False,
        }


@dataclass(frozen=True)
class Adopted(Event):
    """Coins of the account have become part of the portfolio; the fields are as in `CoinsLeft`."""

    kind: ClassVar[str] = "adopted"
    is_told: ClassVar[bool] = True

    asset: str
    coins: float
    price: float
    stake: str

    @property
    def text(self) -> str:
        """Say how many, at which price."""
        return (
            f"adopted {quantity(self.coins)} {self.asset} of the account at "
            f"{quantity(self.price)} {self.stake}"
        )

    @property
    def facts(self) -> dict[str, Any]:
        """Return what was adopted."""
        return {"asset": self.asset, "amount": self.coins, "price": self.price}


@dataclass(frozen=True)
class TakenOver(Event):
    """A person has taken assets into their own hands.

    Parameters
    ----------
    deleted, sold, reduced : frozenset of str
        Assets whose trade was deleted, that were sold, and sold in part.
    assets : tuple of str
        All that are out now, those of before among them.
    """

    kind: ClassVar[str] = "hands off"
    is_told: ClassVar[bool] = True

    deleted: frozenset[str]
    sold: frozenset[str]
    reduced: frozenset[str]
    assets: tuple[str, ...]

    @property
    def text(self) -> str:
        """Say what was done to which assets, and what becomes of them."""
        kinds = (
            (self.deleted, f"trade deleted: {_OUT}"),
            (self.sold, f"sold by hand: {_OUT}"),
            (self.reduced, f"sold in part by hand: {_KEPT}"),
        )
        return "; ".join(f"{', '.join(sorted(assets))} {what}" for assets, what in kinds if assets)

    @property
    def facts(self) -> dict[str, Any]:
        """Return all assets that are out."""
        return {"assets": self.assets}


@dataclass(frozen=True)
class EverythingSold(Event):
    """A person has sold the whole portfolio: the bot pauses."""

    kind: ClassVar[str] = "paused"
    is_told: ClassVar[bool] = True
    why: ClassVar[str] = "everything was sold by hand"

    @property
    def text(self) -> str:
        """Say why the bot pauses."""
        return f"{self.why}: paused until resume"


@dataclass(frozen=True)
class HigherFee(Event):
    """The exchange charges more than is configured; both are fractions of the notional."""

    kind: ClassVar[str] = "fee"
    is_told: ClassVar[bool] = True

    charged: float
    configured: float

    @property
    def text(self) -> str:
        """Say both rates, and what to configure."""
        charged, configured = (percent(rate, digits=3) for rate in (self.charged, self.configured))
        return (
            f"the exchange charges a fee of {charged}, {configured} is configured: "
            f'rounds are planned with {charged}; set "fee": {self.charged:.6g}'
        )


@dataclass(frozen=True)
class Debt(Standing):
    """The portfolio cannot pay what was taken out; `nav` is its value in stake currency."""

    kind: ClassVar[str] = "debt"
    is_told: ClassVar[bool] = True

    nav: float
    stake: str

    @property
    def fact(self) -> str:
        """Return whether it owes something."""
        return "yes" if self.nav < 0 else ""

    @property
    def text(self) -> str:
        """Say how much, and what to do."""
        if not self.fact:
            return "over"
        return (
            "more was taken out than the portfolio is worth, its value is "
            f"{money(self.nav, self.stake)}: no round starts; raise rebalance.investment"
        )
