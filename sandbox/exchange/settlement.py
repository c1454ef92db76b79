"""Settlement: what an order locks, and what a fill moves between balances."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from sandbox.exchange.book import Level
from sandbox.exchange.fees import Conversion, Discount, Fees, FeeTable, commission
from sandbox.exchange.ledger import ZERO
from sandbox.exchange.orders import Fill, Order, OrderType, Side, Status, rounded
from sandbox.exchange.records import Records

PriceOf = Callable[[str, str], Decimal | None]
"""Says the price of one asset in another; None where it is not known."""


def to_lock(order: Order, fees: Fees) -> Decimal:
    """Return what the rest of an order must have locked: its limit's value, or its amount.

    Notes
    -----
    A market order never rests, so that it locks nothing.
    """
    if order.type is OrderType.MARKET:
        return ZERO
    if order.side is Side.SELL:
        return order.remaining
    return rounded(order.price * order.remaining * (1 + fees.reserve), up=True)


def to_pay(order: Order, found: Iterable[Level], fees: Fees) -> Decimal:
    """Return what must be free for an order to be taken, in the currency it gives."""
    if order.side is Side.SELL:
        return order.amount
    if order.type is not OrderType.MARKET:
        return to_lock(order, fees)
    rate = 1 + fees.reserve
    return sum((rounded(price * amount * rate, up=True) for price, amount in found), ZERO)


def lock(records: Records, order: Order, fees: Fees) -> Order:
    """Set aside what a new order needs and keep the order."""
    locked = to_lock(order, fees)
    records.wallet.change(order.paid_with, "lock", order.id, free=-locked, locked=locked)
    return records.keep(replace(order, locked=locked))


def close(records: Records, order: Order, status: Status) -> Order:
    """End an order and release what it locked."""
    freed = order.locked
    records.wallet.change(order.paid_with, "release", order.id, free=freed, locked=-freed)
    closed = replace(order, status=status, locked=ZERO, updated_ms=records.now_ms())
    return records.keep(closed)


class Settlement:
    """Books fills.

    Parameters
    ----------
    price_of
        Says what the asset of a discount costs in a quote currency.
    """

    def __init__(self, records: Records, fees: FeeTable, price_of: PriceOf) -> None:
        self.fees = fees
        self._records = records
        self._price_of = price_of

    def fill(self, order: Order, level: Level, *, maker: bool) -> Order:
        """Execute a part of an order at one price and return what the order has become."""
        cost = rounded(level.price * level.amount)
        filled = replace(
            order,
            filled=order.filled + level.amount,
            quote_filled=order.quote_filled + cost,
            updated_ms=self._records.now_ms(),
        )
        done = filled.remaining <= 0
        filled = replace(filled, status=Status.FILLED if done else Status.PARTIALLY_FILLED)
        filled = replace(filled, locked=to_lock(filled, self.fees.of(order.pair)))
        released = order.locked - filled.locked
        both = (level.amount, cost)
        brought, given = both if order.side is Side.BUY else reversed(both)
        change = self._records.wallet.change
        change(order.paid_with, "trade", order.id, free=released - given, locked=-released)
        change(order.brings, "trade", order.id, free=brought)
        self._charge(order, level, cost, maker=maker)
        return self._records.keep(filled)

    def _charge(self, order: Order, level: Level, cost: Decimal, *, maker: bool) -> None:
        records = self._records
        base, _, quote = order.pair.partition("/")
        fees = self.fees.of(order.pair)
        fee, asset = commission(
            fees,
            order.side,
            (level.amount, cost),
            (base, quote),
            self._conversion(fees.discount, quote),
            maker=maker,
        )
        records.wallet.change(asset, "fee", order.id, free=-fee)
        booked = Fill(
            id=len(records.fills) + 1,
            order_id=order.id,
            pair=order.pair,
            side=order.side,
            price=level.price,
            amount=level.amount,
            quote_amount=cost,
            fee=fee,
            fee_asset=asset,
            maker=maker,
            time_ms=records.now_ms(),
        )
        records.fills.append(booked)

    def _conversion(self, discount: Discount | None, quote: str) -> Conversion:
        if discount is None:
            return Conversion()
        available = self._records.wallet.balance(discount.asset).free
        return Conversion(self._price_of(discount.asset, quote), available)
