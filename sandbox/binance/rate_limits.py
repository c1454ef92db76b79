"""How much a client may ask, and how many orders an account may leave unfilled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from sandbox.binance.refusals import banned, too_many_orders, too_much_weight
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.orders import Order

MINUTE_MS = 60_000
_LONGEST_BAN_SECONDS = 3 * 86_400


@dataclass(frozen=True)
class Limits:
    """What an exchange allows. The defaults are Binance's.

    Parameters
    ----------
    weight
        Of the requests of one client within a minute.
    orders_10s, orders_day
        Orders of the account within ten seconds and within a day that have not filled at all.
    ban_after
        Requests refused for their weight, from one minute to the next without a pause, after
        which the client is banned. Binance does not say how many it allows.
    ban_seconds
        Length of the first ban; each further one is twice as long, three days at most.

    Raises
    ------
    SandboxError
        If a number is not a whole one above zero.
    """

    weight: int = 6_000
    orders_10s: int = 100
    orders_day: int = 200_000
    ban_after: int = 100
    ban_seconds: int = 120

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if type(value) is not int or value < 1:
                raise SandboxError(f"{name} {value!r}: must be a whole number above zero")


class RequestWeight:
    """The weight that the requests of a client have used.

    Attributes
    ----------
    limits
        May be replaced at any time.
    used
        Within the present minute of the exchange's clock, refused requests included.

    Notes
    -----
    All who ask are one client: they come from one address.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.used = 0
        self._minute = 0
        self._refused = 0
        self._bans = 0
        self._banned_until_ms = 0

    def count(self, weight: int, now_ms: int) -> None:
        """Count a request.

        Raises
        ------
        AnswerError
            If the minute's weight is used up (429), or the client is banned (418).
        """
        self._turn(now_ms // MINUTE_MS)
        if now_ms < self._banned_until_ms:
            raise banned(self._banned_until_ms, _seconds(self._banned_until_ms - now_ms))
        self.used += weight
        if self.used <= self.limits.weight:
            return
        self._refused += 1
        if self._refused > self.limits.ban_after:
            self._ban(now_ms)
            raise banned(self._banned_until_ms, _seconds(self._banned_until_ms - now_ms))
        left_ms = MINUTE_MS - now_ms % MINUTE_MS
        raise too_much_weight(self.limits.weight, _seconds(left_ms))

    def _turn(self, minute: int) -> None:
        if minute == self._minute:
            return
        if minute != self._minute + 1 or self.used <= self.limits.weight:
            self._refused = 0
        self._minute, self.used = minute, 0

    def _ban(self, now_ms: int) -> None:
        seconds = min(self.limits.ban_seconds * 2**self._bans, _LONGEST_BAN_SECONDS)
        self._bans += 1
        self._refused = 0
        self._banned_until_ms = now_ms + seconds * 1000


@dataclass(frozen=True)
class OrderLimit:
    """How many orders may be unfilled within a time; `letter` is that of Binance's header."""

    interval: str
    number: int
    letter: str
    length_ms: int
    limit: int

    def count(self, orders: Iterable[Order], now_ms: int) -> int:
        """Return how many orders placed in the present interval have not filled at all.

        Parameters
        ----------
        orders
            Newest first.
        """
        start_ms = now_ms - now_ms % self.length_ms
        recent = takewhile(lambda order: order.created_ms >= start_ms, orders)
        return sum(not order.filled for order in recent)


def order_limits(limits: Limits) -> tuple[OrderLimit, OrderLimit]:
    """Return the limits of an account's orders, that of the shorter time first."""
    return (
        OrderLimit("SECOND", 10, "S", 10_000, limits.orders_10s),
        OrderLimit("DAY", 1, "D", 86_400_000, limits.orders_day),
    )


def check_orders(limits: Limits, orders: tuple[Order, ...], now_ms: int) -> None:
    """Check that one more order may be placed.

    Parameters
    ----------
    orders
        All of the account, oldest first.

    Raises
    ------
    AnswerError
        If too many are unfilled.
    """
    for rule in order_limits(limits):
        if rule.count(reversed(orders), now_ms) >= rule.limit:
            left_ms = rule.length_ms - now_ms % rule.length_ms
            per = f"{rule.number} {rule.interval}"
            raise too_many_orders(rule.limit, per, _seconds(left_ms))


def counts(
    limits: Limits, orders: tuple[Order, ...], now_ms: int
) -> Iterator[tuple[OrderLimit, int]]:
    """Yield each limit of an account's orders with what has been used of it."""
    for rule in order_limits(limits):
        yield rule, rule.count(reversed(orders), now_ms)


def _seconds(milliseconds: int) -> int:
    return -(-milliseconds // 1000)
