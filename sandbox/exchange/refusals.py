"""Why the exchange does not do what it is asked, without the words of any API."""

from enum import StrEnum


class Reason(StrEnum):
    """A reason; its value says it for a person."""

    NOT_LISTED = "the market is not listed, or no longer"
    HALTED = "the market is halted"
    NO_PRICE = "the market has no price"
    TOO_PRECISE = "a number has more decimals than the exchange keeps"
    NOT_POSITIVE = "a number is not above zero"
    PRICE_STEP = "the price is no multiple of the tick, or out of range"
    LOT = "the amount is no multiple of the lot, or out of range"
    MARKET_LOT = "the amount is more than one market order may have"
    TOO_SMALL = "its value is below the smallest of the market"
    NAME_TAKEN = "an open order has the same name"
    WOULD_TAKE = "it would take from the book and must not"
    STOP_PASSED = "the price has passed its stop already"
    NOT_COVERED = "the account has not enough free to pay it"
    NOT_OPEN = "there is no open order of this number"


class RefusalError(Exception):
    """Say why something was not done; nothing has changed.

    Parameters
    ----------
    number
        The number of the `OrderRequest` that is at fault, such as ``price``; empty where none is.
    """

    def __init__(self, reason: Reason, number: str = "") -> None:
        super().__init__(f"{number}: {reason}" if number else str(reason))
        self.reason = reason
        self.number = number
