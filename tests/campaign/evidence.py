"""What is known after the life of a bot: the exchange's books, freqtrade's, and the journal."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sandbox.ledger import ZERO, Balance, Entry
from sandbox.markets import Market
from sandbox.orders import Fill, Order, Side
from sandbox.trading import Refused
from tests.campaign.scenario import STAKE, Scenario
from tests.campaign.true_times import true_books

if TYPE_CHECKING:
    from tests.campaign.life import Life

_TAG = re.compile(r"r(\d+) ")
Row = Mapping[str, Any]


class Move(NamedTuple):
    """A price that was set: when, of what, stake currency."""

    time_ms: int
    asset: str
    price: float


class Frozen(NamedTuple):
    """A price that a pair went on showing while it traded at others: of what, stake currency, from
    when to when."""

    asset: str
    price: float
    begun_ms: int
    ended_ms: int

    def was_shown(self, asset: str, begun_ms: int, ended_ms: int) -> bool:
        """Tell whether it was the asset's at any time between two moments."""
        return asset == self.asset and begun_ms <= self.ended_ms and self.begun_ms <= ended_ms


class Payment(NamedTuple):
    """A deposit, or a withdrawal where negative; stake currency."""

    time_ms: int
    amount: float


class Death(NamedTuple):
    """A bot that ended by itself, or not as it should; whether anything had gone wrong before."""

    status: int
    disturbed: bool


class Happened(NamedTuple):
    """An action of the script: its kind, its coin if it has one, from when to when it lasted."""

    kind: str
    asset: str | None
    begun_ms: int
    ended_ms: int


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
        Not the account's balances: those hold coins that are not the portfolio's, too.
        """
        amounts = dict.fromkeys(self.scenario.assets, 0.0)
        for fill in self.fills:
            asset = fill.pair.partition("/")[0]
            if fill.time_ms > until_ms or asset not in amounts:
                continue
            sign = 1 if fill.side is Side.BUY else -1
            amounts[asset] += sign * float(fill.amount)
            if fill.fee_asset == asset and self.scenario.fees.asset == "received":
                amounts[asset] -= float(fill.fee)
        return amounts

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


def collect(life: "Life", loops: int) -> Evidence:
    """Read all books of a bot that has ended."""
    records, trading = life.bot.records, life.ground.trading
    with life.ground.exchange.lock:
        books = true_books(trading, life.clock_changes)
        books["balances"] = trading.account.balances
    return Evidence(
        scenario=life.scenario,
        markets={
            asset: life.ground.exchange.listing.of(f"{asset}/{STAKE}")
            for asset in life.scenario.prices
        },
        **books,
        moves=tuple(life.moves),
        frozen=tuple(life.frozen),
        payments=tuple(life.payments),
        deaths=tuple(life.deaths),
        disturbances=life.disturbances,
        starts=life.starts,
        stubborn=life.stubborn,
        kept_orders=tuple(records.orders()),
        kept_trades=tuple(records.trades()),
        kept_flows=tuple(
            Payment(int(when.timestamp() * 1000), amount) for when, amount in records.flows()
        ),
        journal=tuple(map(_line, records.journal_text.splitlines())),
        log=records.log,
        written=dict(records.written()),
        secrets=(trading.keys.key, trading.keys.secret),
        loops=loops,
        happened=tuple(life.happened),
        fired=tuple(fault.kind for fault, _, _ in life.ground.faults.fired),
        coarsest=dict(life.coarsest),
        dearest_fee=life.dearest_fee,
    )


def _line(text: str) -> Row | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
