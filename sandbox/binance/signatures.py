"""Who may ask for an account: key, signature and time stamp of a request."""

import hmac
import re
from urllib.parse import parse_qsl

from sandbox.binance.refusals import AnswerError, missing
from sandbox.exchange.keys import Keys

_KEY_FORM = re.compile(r"[A-Za-z0-9]{64}")
_SIGNATURE = re.compile(r"(?:^|&)signature=[^&]*")
_WINDOW_MS = 5_000
_LONGEST_WINDOW_MS = 60_000
_AHEAD_MS = 1_000
_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_WINDOW = re.compile(r"[0-9]{1,20}(\.[0-9]{1,3})?", re.ASCII)


def parameters(query: str, body: str) -> dict[str, str]:
    """Return the parameters of a request; both texts as they were sent, still encoded."""
    return dict(parse_qsl(f"{query}&{body}", keep_blank_values=True))


def verified(keys: Keys, now_ms: int, key: str | None, query: str, body: str) -> dict[str, str]:
    """Return the parameters of a signed request, those of the signature left out.

    Parameters
    ----------
    key
        What the header ``X-MBX-APIKEY`` says; None where it is missing.
    query, body
        As they were sent, still encoded.

    Raises
    ------
    AnswerError
        If the key is not ours, the time stamp or the signature is missing or wrong.
    """
    if key is None or not _KEY_FORM.fullmatch(key):
        raise AnswerError(-2014, "API-key format invalid.", 401)
    if not hmac.compare_digest(key, keys.key):
        raise AnswerError(-2015, "Invalid API-key, IP, or permissions for action.", 401)
    sent = parameters(query, body)
    _check_time(sent, now_ms)
    signature = sent.pop("signature", "")
    if not signature:
        raise missing("signature")
    payload = _SIGNATURE.sub("", query) + _SIGNATURE.sub("", body)
    if not hmac.compare_digest(signature.encode(), keys.signature(payload).encode()):
        raise AnswerError(-1022, "Signature for this request is not valid.")
    return {name: value for name, value in sent.items() if name not in {"timestamp", "recvWindow"}}


def _check_time(sent: dict[str, str], now_ms: int) -> None:
    stamp, window = sent.get("timestamp", ""), sent.get("recvWindow", str(_WINDOW_MS))
    if not _NUMBER.fullmatch(stamp):
        raise missing("timestamp")
    if not _WINDOW.fullmatch(window):
        raise missing("recvWindow")
    if float(window) > _LONGEST_WINDOW_MS:
        raise AnswerError(-1131, "recvWindow must be less than 60000.")
    if int(stamp) >= now_ms + _AHEAD_MS:
        raise AnswerError(
            -1021, "Timestamp for this request was 1000ms ahead of the server's time."
        )
    if now_ms - int(stamp) > float(window):
        raise AnswerError(-1021, "Timestamp for this request is outside of the recvWindow.")
