"""What a dialect has to say to be served: an exchange's API over HTTP."""

from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Middleware

from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.trading import Trading


class Dialect(Protocol):
    """An exchange's API. One folder of the sandbox holds all that is particular to it.

    Attributes
    ----------
    refusals
        A middleware that answers what the exchange or the dialect refuse.
    """

    refusals: Middleware

    def set_limits(self, limits: Mapping[str, Any]) -> None:
        """Let other limits of requests and orders hold from now on.

        Raises
        ------
        SandboxError, TypeError
            If there is no limit of such a name, or it cannot be this.
        """

    def limiting(self, exchange: LocalExchange) -> Middleware:
        """Return a middleware that refuses requests beyond the limit and tells each its use."""

    def routes(self, exchange: LocalExchange, trading: Trading | None) -> list[web.RouteDef]:
        """Return the routes of the API; those of the account where there is one."""

    def failure(self, status: int) -> dict[str, Any]:
        """Return the body of an answer with an HTTP status that is a failure."""
