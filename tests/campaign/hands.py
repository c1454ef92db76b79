"""What people do to a bot beside its back: in freqtrade's REST API and in the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.campaign.actions import STAKE
from tests.campaign.other_hands import now_ms
from tests.campaign.witnessed import DELETED, PART_SOLD, SOLD

if TYPE_CHECKING:
    from tests.campaign.life import Life

_LOCKED_FOR = timedelta(days=1)  # at most: repaired long before


@dataclass(frozen=True)
class DeleteTrade:
    """The trade of a coin is deleted from freqtrade's database.

    Notes
    -----
    Not in the loop of its newest order: without the order the bot could not tell it from one whose
    answer was lost.
    """

    asset: str

    def happen(self, life: "Life") -> None:
        """Delete it, if there is one that rests."""
        hands, records = life.hands, life.bot.records
        before = records.orders()
        life.wait(2)
        if (trade := hands.trade(self.asset)) is None or before != records.orders():
            return
        rows = [row for row in before if row["ft_trade_id"] == trade["id"]]
        begun = now_ms()
        hands.ask("DELETE", f"trades/{trade['id']}")
        kept = [row for row in records.trades() if row["base_currency"] == self.asset]
        if trade["open_date"] not in [row["open_date"] for row in kept]:
            hands.deleted_rows += [{**row, "deleted": True} for row in rows]
            hands.touch(DELETED, self.asset, begun)


@dataclass(frozen=True)
class SellByHand:
    """A coin, or a share of it, is sold with /forceexit."""

    asset: str
    share: float = 1.0

    def happen(self, life: "Life") -> None:
        """Sell it, if the bot has it."""
        hands = life.hands
        if (trade := hands.trade(self.asset)) is None:
            return
        order: dict[str, Any] = {"tradeid": str(trade["id"]), "ordertype": "market"}
        if self.share < 1:
            order["amount"] = trade["amount"] * self.share
        begun, before = now_ms(), hands.sells_by_hand(self.asset)
        hands.ask("POST", "forceexit", order)
        if hands.sells_by_hand(self.asset) > before:
            hands.touch(SOLD if self.share == 1 else PART_SOLD, self.asset, begun)


@dataclass(frozen=True)
class LockPair:
    """A pair is locked until `Repair`, maybe after its coins were sold and given free again."""

    asset: str
    is_sold: bool

    def happen(self, life: "Life") -> None:
        """Lock it."""
        life.hands.lock(f"{self.asset}/{STAKE}", datetime.now(UTC) + _LOCKED_FOR)
        if self.is_sold:
            SellByHand(self.asset).happen(life)
            Resume().happen(life)


@dataclass(frozen=True)
class Resume:
    """The bot is told to go on with what was sold by hand or deleted."""

    def happen(self, life: "Life") -> None:
        """Tell it, when it has had the time to notice."""
        life.wait(2)
        life.hands.resume()


@dataclass(frozen=True)
class WithdrawCoins:
    """Prices move, and right after the first order that comes of it coins leave the account."""

    asset: str
    prices: Mapping[str, float]
    share: float

    def happen(self, life: "Life") -> None:
        """Withdraw a share of what is free of the coin."""
        life.move(self.prices)
        life.wait_for_order()
        life.hands.withdraw_coins(self.asset, self.share)


@dataclass(frozen=True)
class PayInRound:
    """Prices move, and right after the first order that comes of it a little cash comes or goes."""

    amount: float
    prices: Mapping[str, float]

    def happen(self, life: "Life") -> None:
        """Pay it."""
        life.move(self.prices)
        life.wait_for_order()
        if self.amount > 0 or life.hands.spare_cash > -self.amount:
            life.hands.pay(self.amount)


BY_API = (DeleteTrade, SellByHand, LockPair)
"""What needs freqtrade's REST API."""
