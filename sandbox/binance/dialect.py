"""Binance as a dialect that the server can speak."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from sandbox.binance.limit_answers import weighed
from sandbox.binance.protocol import refusals_as_json
from sandbox.binance.public_api import public_routes
from sandbox.binance.rate_limits import Limits, RequestWeight
from sandbox.binance.refusals import failure
from sandbox.binance.signed_api import signed_routes
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.trading import Trading


class Binance:
    """Binance's spot API; see `sandbox.serving.dialect.Dialect`.

    Parameters
    ----------
    limits
        How much may be asked. None: as much as Binance allows.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._requests = RequestWeight(limits or Limits())
        self.refusals: Middleware = refusals_as_json

    def set_limits(self, limits: Mapping[str, Any]) -> None:
        """Let other limits hold from now on; the names are those of `Limits`."""
        self._requests.limits = Limits(**limits)

    def limiting(self, exchange: LocalExchange) -> Middleware:
        """Return a middleware that refuses requests beyond the limit."""
        return weighed(exchange, self._requests)

    def routes(self, exchange: LocalExchange, trading: Trading | None) -> list[web.RouteDef]:
        """Return the routes of the API; without an account those that need none."""
        public = public_routes(exchange, self._requests)
        return public if trading is None else public + signed_routes(trading, self._requests)

    def failure(self, status: int) -> dict[str, Any]:
        """Return the body of an answer with an HTTP status that is a failure."""
        return failure(status).body
