"""What Binance answers when it refuses: its codes and words."""

from typing import Any

from sandbox.exchange.refusals import Reason, RefusalError


class AnswerError(Exception):
    """An answer that Binance gives instead of data.

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


_PARAMETERS = {
    "amount": "quantity",
    "price": "price",
    "stop_price": "stopPrice",
    "quote_amount": "quoteOrderQty",
}
_ANSWERS = {
    Reason.NOT_LISTED: (-1121, "Invalid symbol."),
    Reason.HALTED: (-1013, "Market is closed."),
    Reason.NO_PRICE: (-1112, "No orders on book for symbol."),
    Reason.TOO_PRECISE: (-1111, "Parameter '{}' has too much precision."),
    Reason.PRICE_STEP: (-1013, "Filter failure: PRICE_FILTER"),
    Reason.LOT: (-1013, "Filter failure: LOT_SIZE"),
    Reason.MARKET_LOT: (-1013, "Filter failure: MARKET_LOT_SIZE"),
    Reason.TOO_SMALL: (-1013, "Filter failure: NOTIONAL"),
    Reason.NAME_TAKEN: (-2010, "Duplicate order sent."),
    Reason.WOULD_TAKE: (-2010, "Order would immediately match and take."),
    Reason.STOP_PASSED: (-2010, "Stop price would trigger immediately."),
    Reason.NOT_COVERED: (-2010, "Account has insufficient balance for requested action."),
    Reason.NOT_OPEN: (-2011, "Unknown order sent."),
}


def answer_to(refusal: RefusalError) -> AnswerError:
    """Say in Binance's words why the exchange refused."""
    if refusal.reason is Reason.NOT_POSITIVE:
        is_price = "price" in refusal.number
        return AnswerError(-1013, "Invalid price." if is_price else "Invalid quantity.")
    code, words = _ANSWERS[refusal.reason]
    return AnswerError(code, words.format(_PARAMETERS.get(refusal.number, "")))


def missing(name: str) -> AnswerError:
    """Return the refusal of a request without a parameter it needs."""
    return AnswerError(
        -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
    )


def not_required(name: str) -> AnswerError:
    """Return the refusal of a parameter that does not belong to the request."""
    return AnswerError(-1106, f"Parameter '{name}' sent when not required.")


def too_much_weight(limit: int, retry_after: int) -> AnswerError:
    """Return the refusal of a request beyond the weight of a minute."""
    message = (
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API."
    )
    return AnswerError(-1003, message, 429, retry_after=retry_after)


def banned(until_ms: int, retry_after: int) -> AnswerError:
    """Return the refusal of every request of a client that went on after refusals."""
    message = (
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans."
    )
    return AnswerError(-1003, message, 418, retry_after=retry_after)


def too_many_orders(limit: int, per: str, retry_after: int) -> AnswerError:
    """Return the refusal of an order beyond the number of unfilled ones; `per` names the time."""
    message = f"Too many new orders; current limit is {limit} orders per {per}."
    return AnswerError(-1015, message, 429, retry_after=retry_after)


_UNKNOWN = (-1000, "An unknown error occurred while processing the request.")
_FAILURES = {
    418: (-1003, "Way too much request weight used; IP banned."),
    429: (
        -1003,
        "Too much request weight used; current limit is 6000 request weight per 1 MINUTE.",
    ),
    503: (-1000, "System is under maintenance."),
    504: (
        -1007,
        "Timeout waiting for response from backend server. "
        "Send status unknown; execution status unknown.",
    ),
}


def failure(status: int) -> AnswerError:
    """Return what Binance says when a request fails with an HTTP status."""
    code, message = _FAILURES.get(status, _UNKNOWN)
    return AnswerError(code, message, status)
