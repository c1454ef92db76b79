"""What is known after the life of a bot: the exchange's books, freqtrade's, and the journal."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.exchange.ledger import ZERO, Balance, Entry
from sandbox.exchange.markets import Market
from sandbox.exchange.orders import Fill, Order, Side
from sandbox.exchange.trading import Refused
from tests.campaign.scenario import Scenario
from tests.campaign.witnessed import (
    DELETED,
    PART_SOLD,
    SOLD,
    WITHDRAWN,
    Death,
    Frozen,
    Happened,
    Intruder,
    Move,
    Payment,
    Renamed,
    Touched,
)

if TYPE_CHECKING:
    pass

_TAG = re.compile(r"r(\d+) ")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """All that checks look at.

    Attributes
    ----------
    orders, fills, ledger, balances, refused
        The exchange's books, at true times.
    kept_orders, kept_trades
        Rows of freqtrade's database.
    kept_flows
        Cash flows the bot has booked: milliseconds since the epoch, stake currency.
    journal
        Its lines, each as it was read; None for one that is torn.
    written
        Everything written by the bot, by file, without white space.
    secrets
        What must not be found there.
    loops
        How many the bot completed while prices stood still.
    happened
        The actions of the script, first to last.
    fired
        The kind of every fault that a request has met.
    coarsest
        The largest lot a coin ever had, where its lots have changed.
    dearest_fee
        The highest rate that fills have cost.
    ended
        The coins whose pairs have ended.
    renamed
        Those of them that go on under another name.
    touched, withdrawn, resumed
        What was done to coins by hand, how many left the account, and when the bot was told to
        go on.
    locked_databases
        From when to when.
    intruders, adopters
        What became of processes that were started on the same database, and of bots that were to
        adopt beside an investment.
    neighbour
        What there is of another bot on the same account, with orders and fills of its own.
    """

    scenario: Scenario
    markets: Mapping[str, Market]
    orders: tuple[Order, ...] = ()
    fills: tuple[Fill, ...] = ()
    ledger: tuple[Entry, ...] = ()
    balances: Mapping[str, Balance] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()
    moves: tuple[Move, ...] = ()
    frozen: tuple[Frozen, ...] = ()
    payments: tuple[Payment, ...] = ()
    deaths: tuple[Death, ...] = ()
    disturbances: int = 0
    starts: int = 1
    stubborn: bool = False
    kept_orders: tuple[Row, ...] = ()
    kept_trades: tuple[Row, ...] = ()
    kept_flows: tuple[Payment, ...] = ()
    journal: tuple[Row | None, ...] = ()
    log: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    loops: int = 0
    happened: tuple[Happened, ...] = ()
    fired: tuple[str, ...] = ()
    coarsest: Mapping[str, Decimal] = field(default_factory=dict)
    dearest_fee: Decimal = ZERO
    ended: frozenset[str] = frozenset()
    renamed: tuple[Renamed, ...] = ()
    touched: tuple[Touched, ...] = ()
    withdrawn: tuple[tuple[str, Decimal], ...] = ()
    resumed: tuple[int, ...] = ()
    locked_databases: tuple[tuple[int, int], ...] = ()
    intruders: tuple[Intruder, ...] = ()
    adopters: tuple[Intruder, ...] = ()
    neighbour: "Evidence | None" = None

    def without(self, numbers: Collection[int]) -> "Evidence":
        """Return the evidence without orders, given by the exchange's numbers."""
        return replace(
            self,
            orders=tuple(order for order in self.orders if order.id not in numbers),
            fills=tuple(fill for fill in self.fills if fill.order_id not in numbers),
            ledger=tuple(entry for entry in self.ledger if entry.order_id not in numbers),
        )

    def done_by_hand(self, *kinds: str) -> Iterator[Touched]:
        """Yield what was done by hand of some kinds, first to last."""
        return (touched for touched in self.touched if touched.kind in kinds)

    def until_resumed(self, touched: Touched) -> float:
        """Return when the bot was next told to go on; infinity if never."""
        return min((at for at in self.resumed if at > touched.begun_ms), default=float("inf"))

    @cached_property
    def left_alone(self) -> frozenset[str]:
        """The coins that were sold by hand or whose trades were deleted, and not resumed."""
        done = self.done_by_hand(DELETED, SOLD, PART_SOLD)
        return frozenset(one.asset for one in done if self.until_resumed(one) == float("inf"))

    def lot(self, asset: str) -> float:
        """Return the largest lot that a coin ever had."""
        return float(self.coarsest.get(asset, self.markets[asset].step))

    def fee_rate(self) -> float:
        """Return the highest rate that fills may have cost."""
        return float(max(self.dearest_fee, self.scenario.fees.taker))

    def events(self, *names: str) -> Iterator[Row]:
        """Yield the lines of the journal of some events, oldest first."""
        return (line for line in self.journal if line is not None and line.get("event") in names)

    @cached_property
    def prices(self) -> dict[str, float]:
        """The last price of every asset, stake currency."""
        return {asset: price for _, asset, price in self.moves}

    def times_of_changes(self) -> list[int]:
        """Return when prices changed, milliseconds since 1970."""
        shown, times = dict(self.scenario.prices), []
        for move in self.moves:
            if move.price != shown.get(move.asset):
                shown[move.asset] = move.price
                times.append(move.time_ms)
        return times

    @cached_property
    def order_ids(self) -> frozenset[int]:
        """The exchange's numbers of the orders that freqtrade knows."""
        names = (str(row["order_id"]) for row in self.kept_orders)
        return frozenset(int(name) for name in names if name.isdigit())

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tag freqtrade has given to an order, by the exchange's number."""
        return {str(row["order_id"]): row["ft_order_tag"] or "" for row in self.kept_orders}

    @cached_property
    def legs(self) -> dict[tuple[int, str], list["Leg"]]:
        """What was executed for each round and asset."""
        found: dict[tuple[int, str], list[Leg]] = {}
        for leg in self._dry_legs() if self.scenario.dry_run else self._live_legs():
            if leg.round is not None and leg.amount:
                found.setdefault((leg.round, leg.asset), []).append(leg)
        return found

    def held(self, until_ms: float = float("inf")) -> dict[str, float]:
        """Return what the bot's fills up to a moment have left of each asset of the portfolio.

        Notes
        -----
        Not the account's balances: those hold coins that are not the portfolio's, too. What was
        withdrawn, renamed, or in a trade that was deleted is gone.
        """
        amounts = dict.fromkeys(self.scenario.assets, 0.0)
        gone = [(one.ended_ms, one) for one in self.done_by_hand(DELETED, WITHDRAWN)]
        gone += [(one.time_ms, Touched(WITHDRAWN, one.old, 0, 0)) for one in self.renamed]
        happened: list[tuple[int, Fill | Touched]] = [(fill.time_ms, fill) for fill in self.fills]
        for time_ms, what in sorted([*happened, *gone], key=lambda one: one[0]):
            asset = what.asset if isinstance(what, Touched) else what.pair.partition("/")[0]
            if time_ms > until_ms or asset not in amounts:
                continue
            if isinstance(what, Touched):
                left = what.left if what.kind == WITHDRAWN else 0.0
                amounts[asset] = min(amounts[asset], left)
                continue
            amounts[asset] += (1 if what.side is Side.BUY else -1) * float(what.amount)
            fees = self.scenario.fees
            if what.fee_asset == asset and fees.asset == "received" and not fees.discount:
                amounts[asset] -= float(what.fee)
        return amounts

    def prices_between(self, asset: str, begun_ms: float, ended_ms: float) -> list[float]:
        """Return all that a coin traded at, or showed, from one moment to another."""
        found = [self.scenario.prices[asset]]
        for move in self.moves:
            if move.asset != asset or move.time_ms > max(begun_ms, ended_ms):
                continue
            if move.time_ms < begun_ms:
                found.clear()
            found.append(move.price)
        frozen = [one for one in self.frozen if one.was_shown(asset, int(begun_ms), int(ended_ms))]
        return found + [one.price for one in frozen]

    def _live_legs(self) -> Iterator["Leg"]:
        for order in self.orders:
            yield Leg(
                round=round_of(self.tags.get(str(order.id), "")),
                asset=order.pair.partition("/")[0],
                time_ms=order.created_ms,
                amount=float(order.filled) * (1 if order.side is Side.BUY else -1),
                value=float(order.quote_filled) * (1 if order.side is Side.BUY else -1),
            )

    def _dry_legs(self) -> Iterator["Leg"]:
        for row in self.kept_orders:
            sign = 1 if row["ft_order_side"] == "buy" else -1
            filled = row["filled"] or 0.0
            yield Leg(
                round=round_of(row["ft_order_tag"] or ""),
                asset=row["ft_pair"].partition("/")[0],
                time_ms=in_ms(row["order_filled_date"] or row["order_date"]),
                amount=sign * filled,
                value=sign * filled * (row["average"] or row["price"] or 0.0),
            )


class Leg(NamedTuple):
    """An order that was executed: signed amount in coins, signed value in stake currency."""

    round: int | None
    asset: str
    time_ms: int
    amount: float
    value: float


def round_of(tag: str) -> int | None:
    """Return the number of the round an order was made for; None where its tag names none."""
    match = _TAG.match(tag)
    return int(match[1]) if match else None


def in_ms(moment: str) -> int:
    """Return a moment as milliseconds since the epoch; UTC where it names no zone."""
    read = datetime.fromisoformat(moment)
    return int((read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp() * 1000)
