"""The sandbox's own keys. It knows no others."""

import hashlib
import hmac
import re
import secrets
import string
from dataclasses import dataclass, field

from sandbox.exchange.errors import SandboxError

_PREFIX = "sandbox"
_LENGTH = 64
_OWN = re.compile(rf"{_PREFIX}[A-Za-z0-9]{{{_LENGTH - len(_PREFIX)}}}")


@dataclass(frozen=True)
class Keys:
    """An API key and its secret; neither is shown when the object is printed.

    Raises
    ------
    SandboxError
        If one is not a key of the sandbox: 64 letters and digits that begin with ``sandbox``.

    Notes
    -----
    The form keeps the keys of a real account out: they are refused before they are stored.
    """

    key: str = field(repr=False)
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _OWN.fullmatch(self.key) or not _OWN.fullmatch(self.secret):
            raise SandboxError(
                f"these are no keys of the sandbox: {_LENGTH} letters and digits that begin with "
                f"{_PREFIX!r}; leave them out to have some made"
            )

    @classmethod
    def generate(cls) -> "Keys":
        """Make keys that nobody can guess."""
        letters = string.ascii_letters + string.digits
        length = _LENGTH - len(_PREFIX)
        made = ["".join(secrets.choice(letters) for _ in range(length)) for _ in range(2)]
        return cls(*(_PREFIX + text for text in made))

    def signature(self, payload: str) -> str:
        """Return the signature a client must send with a payload, hexadecimal."""
        return hmac.new(self.secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
