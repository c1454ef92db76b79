"""Refusals of the exchange, with Binance's codes and words."""

from typing import Any


class RefusalError(Exception):
    """An answer the exchange gives instead of data.

    Attributes
    ----------
    code
        Binance's error code, negative.
    status
        The HTTP status.
    retry_after
        Seconds to wait before the next request; None where waiting changes nothing.
    data
        What was done all the same, as Binance tells it; None where nothing was.
    """

    def __init__(
        self,
        code: int,
        message: str,
        status: int = 400,
        *,
        retry_after: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.retry_after = retry_after
        self.data = data

    @property
    def body(self) -> dict[str, Any]:
        """The answer as JSON holds it."""
        told = {"code": self.code, "msg": str(self)}
        return told if self.data is None else {**told, "data": self.data}


def filter_failure(name: str) -> RefusalError:
    """Return the refusal of an order that breaks one of the market's rules, e.g. ``LOT_SIZE``."""
    return RefusalError(-1013, f"Filter failure: {name}")


def market_closed() -> RefusalError:
    """Return the refusal of an order in a market that is halted."""
    return RefusalError(-1013, "Market is closed.")


def invalid_symbol() -> RefusalError:
    """Return the refusal of whatever names a market that is not listed, or no longer."""
    return RefusalError(-1121, "Invalid symbol.")


def rejected(reason: str) -> RefusalError:
    """Return the refusal of an order that is well formed and cannot be taken."""
    return RefusalError(-2010, reason)


def insufficient_balance() -> RefusalError:
    """Return the refusal of an order the account cannot pay."""
    return rejected("Account has insufficient balance for requested action.")


def unknown_order(*, cancelling: bool = False) -> RefusalError:
    """Return the refusal for an order that is not there, or no longer open when `cancelling`."""
    if cancelling:
        return RefusalError(-2011, "Unknown order sent.")
    return RefusalError(-2013, "Order does not exist.")


def missing(name: str) -> RefusalError:
    """Return the refusal of a request without a parameter it needs."""
    return RefusalError(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def not_required(name: str) -> RefusalError:
    """Return the refusal of a parameter that does not belong to the request."""
    return RefusalError(-1106, f"Parameter '{name}' sent when not required.")


def too_much_weight(limit: int, retry_after: int) -> RefusalError:
    """Return the refusal of a request beyond the weight of a minute."""
    message = (
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    return RefusalError(-1003, message, 429, retry_after=retry_after)


def banned(until_ms: int, retry_after: int) -> RefusalError:
    """Return the refusal of every request of a client that went on after refusals."""
    message = (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    return RefusalError(-1003, message, 418, retry_after=retry_after)


def too_many_orders(limit: int, per: str, retry_after: int) -> RefusalError:
    """Return the refusal of an order beyond the number of unfilled ones; `per` names the time."""
    message = f"Too many new orders; current limit is {limit} orders per {per}."
    return RefusalError(-1015, message, 429, retry_after=retry_after)
