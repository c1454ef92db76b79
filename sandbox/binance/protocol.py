"""How Binance's REST API speaks: refusals with a code, request parameters, numbers as text."""

import re
from collections.abc import Mapping
from decimal import Decimal

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.binance.refusals import AnswerError, answer_to, missing
from sandbox.exchange.refusals import RefusalError

INTERVALS = frozenset(
    [
        *("1s", "1m", "3m", "5m", "15m", "30m"),
        *("1h", "2h", "4h", "6h", "8h", "12h"),
        *("1d", "3d", "1w", "1M"),
    ]
)


@web.middleware
async def refusals_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is refused the way the exchange does."""
    try:
        return await handler(request)
    except AnswerError as answer:
        return refusal_answer(answer)
    except RefusalError as refusal:
        return refusal_answer(answer_to(refusal))


def refusal_answer(answer: AnswerError) -> web.Response:
    """Write a answer."""
    wait = {} if answer.retry_after is None else {"Retry-After": str(answer.retry_after)}
    return web.json_response(answer.body, status=answer.status, headers=wait)


def as_text(value: float | Decimal) -> str:
    """Write a price or an amount with eight decimals, as the exchange does.

    >>> as_text(0.00001)
    '0.00001000'
    """
    return f"{value:.8f}"


def whole_number(query: Mapping[str, str], name: str) -> int | None:
    """Return a parameter that is a number without a sign; None where it is not sent.

    Raises
    ------
    AnswerError
        If it is anything else.
    """
    text = query.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,20}", text, re.ASCII):
        raise AnswerError(
            -1100,
            f"Illegal characters found in parameter '{name}'; legal range is '^[0-9]{{1,20}}$'.",
        )
    return int(text)


def limited(query: Mapping[str, str], default: int, largest: int) -> int:
    """Return the parameter ``limit``: `default` where it is not sent, at most `largest`.

    Raises
    ------
    AnswerError
        If it is zero or not a number.
    """
    limit = whole_number(query, "limit")
    if limit == 0:
        raise AnswerError(-1130, "Data sent for parameter 'limit' is not valid.")
    return min(default if limit is None else limit, largest)


def required(query: Mapping[str, str], name: str) -> str:
    """Return a parameter that must be sent.

    Raises
    ------
    AnswerError
        If it is missing or empty.
    """
    if not query.get(name):
        raise missing(name)
    return query[name]
