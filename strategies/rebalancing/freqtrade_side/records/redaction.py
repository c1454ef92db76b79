"""Keep signed queries and keys out of freqtrade's log."""

from __future__ import annotations

import logging
import re
import traceback

_SECRET = re.compile(
    r"((?:signature|apiKey|api_key|secret|listenKey|X-MBX-APIKEY)[\"']?\s*[=:]\s*[\"']?)[\w%+/=-]{8,}",
    re.IGNORECASE,
)


class Redaction(logging.Filter):
    """Replaces signatures and keys in every record, its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, cleaned."""
        message = record.getMessage()
        cleaned = redacted(message)
        if cleaned != message:
            record.msg, record.args = cleaned, ()
        if record.exc_info and not record.exc_text:
            record.exc_text = redacted("".join(traceback.format_exception(*record.exc_info))[:-1])
        elif record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True


def redacted(text: str) -> str:
    """Return a text without signatures and keys.

    Examples
    --------
    >>> redacted("GET /order?symbol=BTCUSDT&signature=0123456789abcdef")
    'GET /order?symbol=BTCUSDT&signature=***'
    """
    return _SECRET.sub(r"\1***", text)


def redact_logs() -> None:
    """Put the filter before every handler of the root logger, once."""
    for handler in logging.getLogger().handlers:
        if not any(isinstance(known, Redaction) for known in handler.filters):
            handler.addFilter(Redaction())
