"""Orders, their fills and their states; values only."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.ledger import ZERO
from sandbox.exchange.markets import SMALLEST

Amount = Decimal | int | float | str


class Side(StrEnum):
    """Whether an order takes or gives the base currency."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """How an order finds its price.

    ``LIMIT_MAKER`` never takes what is on the book. ``STOP_LOSS_LIMIT`` is none of the book's
    orders until the last price reaches its stop, and a ``LIMIT`` order from then on.
    """

    MARKET = "MARKET"
    LIMIT = "LIMIT"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"


class TimeInForce(StrEnum):
    """What becomes of the part that does not fill at once."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class Status(StrEnum):
    """Where an order stands."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"


OPEN = frozenset([Status.NEW, Status.PARTIALLY_FILLED])


@dataclass(frozen=True)
class OrderRequest:
    """What a client asks for.

    Attributes
    ----------
    amount
        Base currency; None for a market order given by `quote_amount`.
    price
        Quote currency; None for a market order.
    quote_amount
        What a market order is to spend or to bring, quote currency; else None.
    stop_price
        Quote currency; None for an order that is to work at once.
    client_id
        The name the client gave it; made up where it is None.
    """

    pair: str
    side: Side
    type: OrderType
    amount: Decimal | None = None
    price: Decimal | None = None
    quote_amount: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    client_id: str | None = None


@dataclass(frozen=True)
class Order:
    """An order the exchange has taken.

    Attributes
    ----------
    price
        Limit, quote currency; zero for a market order.
    amount, filled
        Base currency.
    quote_amount, quote_filled
        Quote currency.
    locked
        What is set aside for the rest: quote currency for a buy, base for a sell.
    created_ms, updated_ms
        The exchange's clock.
    stop_price
        What the last price must reach before it works, quote currency; zero for other orders.
    triggered_ms
        When it did; None for other orders too.
    """

    id: int
    client_id: str
    pair: str
    side: Side
    type: OrderType
    time_in_force: TimeInForce
    price: Decimal
    amount: Decimal
    created_ms: int
    updated_ms: int
    status: Status = Status.NEW
    quote_amount: Decimal = ZERO
    filled: Decimal = ZERO
    quote_filled: Decimal = ZERO
    locked: Decimal = ZERO
    stop_price: Decimal = ZERO
    triggered_ms: int | None = None

    @classmethod
    def taken(cls, request: OrderRequest, number: int, amount: Decimal, now_ms: int) -> "Order":
        """Return the order a request becomes.

        Parameters
        ----------
        amount
            Base currency; what a request by quote amount comes to.
        """
        return cls(
            id=number,
            client_id=request.client_id or f"sandbox-{number}",
            pair=request.pair,
            side=request.side,
            type=request.type,
            time_in_force=request.time_in_force,
            price=request.price or ZERO,
            amount=amount,
            created_ms=now_ms,
            updated_ms=now_ms,
            quote_amount=request.quote_amount or ZERO,
            stop_price=request.stop_price or ZERO,
        )

    @property
    def paid_with(self) -> str:
        """The currency it gives."""
        base, _, quote = self.pair.partition("/")
        return quote if self.side is Side.BUY else base

    @property
    def brings(self) -> str:
        """The currency it takes."""
        base, _, quote = self.pair.partition("/")
        return base if self.side is Side.BUY else quote

    @property
    def is_open(self) -> bool:
        """Whether it rests on the book."""
        return self.status in OPEN

    @property
    def waits(self) -> bool:
        """Whether its stop has not been reached."""
        return bool(self.stop_price) and self.triggered_ms is None

    def stopped_at(self, price: Decimal) -> bool:
        """Return whether a price reaches its stop: from below for a buy, from above for a sell."""
        return price >= self.stop_price if self.side is Side.BUY else price <= self.stop_price

    @property
    def remaining(self) -> Decimal:
        """What has not filled, base currency."""
        return self.amount - self.filled


@dataclass(frozen=True)
class Fill:
    """A part of an order that was executed at one price.

    Attributes
    ----------
    amount, quote_amount
        Base and quote currency.
    fee, fee_asset
        What it cost, in units of the asset.
    maker
        Whether it rested on the book before.
    """

    id: int
    order_id: int
    pair: str
    side: Side
    price: Decimal
    amount: Decimal
    quote_amount: Decimal
    fee: Decimal
    fee_asset: str
    maker: bool
    time_ms: int


def rounded(amount: Decimal, *, up: bool = False) -> Decimal:
    """Cut an amount to the eight decimals the exchange counts in."""
    return amount.quantize(SMALLEST, ROUND_UP if up else ROUND_DOWN)


def exact(amount: Amount) -> Decimal:
    """Return an amount as a decimal number.

    Raises
    ------
    SandboxError
        If it is not a number.
    """
    try:
        return Decimal(str(amount))
    except ArithmeticError:
        raise SandboxError(f"{amount!r} is not an amount") from None
