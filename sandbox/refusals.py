"""What the exchange answers when it refuses, with Binance's codes and words."""


class RefusalError(Exception):
    """An answer the exchange gives instead of data.

    Attributes
    ----------
    code
        Binance's error code, negative.
    status
        The HTTP status.
    """

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


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
