"""What was written: no secrets, and no error but those the exchange's faults explain."""

import re
from collections.abc import Iterator

from tests.campaign.evidence import Evidence

_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (\S+) - ([A-Z]+) - ", re.MULTILINE)
_OURS = re.compile(r"/strategies/|\brebalancing\b|SmartRebalance")
# What freqtrade and ccxt raise when the exchange fails; the last line of a traceback.
_OF_THE_EXCHANGE = re.compile(
    r"^(ccxt\.base\.errors\.\w+|freqtrade\.exceptions\."
    r"(TemporaryError|DDosProtection|ExchangeError|RetryableOrderError|InvalidOrderException)"
    r"|requests\.exceptions\.\w+|aiohttp\.\w+(\.\w+)*|urllib3\.exceptions\.\w+|TimeoutError)\b"
)
# Ctrl-C in the middle of a query of freqtrade's.
_INTERRUPTED = re.compile(r"^KeyboardInterrupt$", re.MULTILINE)
OLD_DATABASE = "Your database seems to be very old"
"""What freqtrade says once of a database in which it was killed while it made its tables."""
_API = "uvicorn.error"
# How freqtrade's API answers a forced exit of coins that have left the account.
_COINS_GONE = re.compile(r"^freqtrade\.exceptions\.DependencyException: Not enough amount to exit")
_SIGNED = re.compile(r"signature=(?!\*\*\*)")
_START_FAILS = re.compile(r"OperationalException: (Could not load markets|.*markets)")


def nothing_secret_was_written(seen: Evidence) -> Iterator[str]:
    """Look for keys, secrets and signed queries in every file."""
    for name, text in seen.written.items():
        if any(secret in text for secret in seen.secrets):
            yield f"{name} contains a key"
        if _SIGNED.search(text):
            yield f"{name} contains a signed query"


def the_log_is_clean(seen: Evidence) -> Iterator[str]:
    """Look for tracebacks and errors that no fault of the exchange explains."""
    for source, level, text in _records(seen.log):
        first = text.splitlines()[0]
        if "Traceback (most recent call last)" in text:
            if reason := _unexplained(seen, source, text):
                yield f"traceback: {reason} ({source}: {first[:120]})"
        elif OLD_DATABASE in first:
            continue
        elif level in ("ERROR", "CRITICAL") and (_OURS.search(first) or not seen.disturbances):
            yield f"{source}: {first[:200]}"


def _records(log: str) -> Iterator[tuple[str, str, str]]:
    """Yield source, level and text of each record, tracebacks included."""
    starts = list(_RECORD.finditer(log))
    ends = [match.start() for match in starts[1:]] + [len(log)]
    for match, end in zip(starts, ends, strict=True):
        yield match[1], match[2], log[match.end() : end].strip() or "(nothing)"


def _unexplained(seen: Evidence, source: str, text: str) -> str | None:
    last = text.strip().splitlines()[-1]
    if _INTERRUPTED.search(text):
        return None
    if source == _API and _COINS_GONE.match(last) and (seen.withdrawn or seen.renamed):
        return None
    if not seen.disturbances:
        return f"{last[:160]} without any fault"
    if not (_OF_THE_EXCHANGE.match(last) or _START_FAILS.search(last)):
        return last[:160]
    if _OURS.search(text) and source != _API:  # which logs whatever a sale by hand meets
        return f"{last[:160]} through our own code"
    return None
