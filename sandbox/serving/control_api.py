"""Change the local exchange from another process: prices, books, rules, fees, faults, deposits."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.exchange.book import Level
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.listing import MarketStatus
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.market_rules import RULES, checked_rules
from sandbox.exchange.orders import exact
from sandbox.exchange.renaming import Renaming
from sandbox.exchange.trading import Trading
from sandbox.serving.dialect import Dialect
from sandbox.serving.faults import Fault, Faults

CONTROL = "/control/"
_LOCAL_HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Controls:
    """What the control endpoint may change and tell.

    Attributes
    ----------
    asked
        How many requests the server got, by method and path.
    trading
        None where the exchange has no account.
    """

    exchange: LocalExchange
    faults: Faults
    dialect: Dialect
    asked: Mapping[str, int]
    trading: Trading | None = None

    @property
    def account(self) -> Trading:
        """The account.

        Raises
        ------
        SandboxError
            If the exchange has none.
        """
        if self.trading is None:
            raise SandboxError("this exchange has no account")
        return self.trading


Action = Callable[[Controls, dict[str, Any]], Any]


def control_routes(controls: Controls) -> list[web.RouteDef]:
    """Return the routes of the control endpoint, each with a JSON object as its parameters."""
    actions: dict[tuple[str, str], Action] = {
        ("POST", "price"): lambda on, sent: on.exchange.set_price(sent["pair"], sent["price"]),
        ("POST", "book"): _set_book,
        ("POST", "market"): _set_status,
        ("POST", "rules"): _set_rules,
        ("GET", "rules"): lambda on, _: _rules(on.exchange),
        ("POST", "fees"): _set_fees,
        ("POST", "rename"): _rename,
        ("POST", "halt"): _halt,
        ("POST", "resume"): lambda on, sent: on.exchange.halted.discard(sent["pair"]),
        ("POST", "freeze"): lambda on, sent: on.exchange.freeze(sent["pair"]),
        ("POST", "thaw"): lambda on, sent: on.exchange.thaw(sent["pair"]),
        ("POST", "clock"): _set_clock,
        ("POST", "faults"): lambda on, sent: on.faults.add(Fault(**sent)),
        ("DELETE", "faults"): lambda on, _: on.faults.clear(),
        ("GET", "faults"): lambda on, _: [asdict(fault) for fault in on.faults.pending],
        ("POST", "limits"): lambda on, sent: on.dialect.set_limits(sent),
        ("POST", "deposit"): lambda on, sent: on.account.deposit(sent["asset"], sent["amount"]),
        ("POST", "withdraw"): lambda on, sent: on.account.withdraw(sent["asset"], sent["amount"]),
        ("GET", "ledger"): lambda on, _: [e.as_record() for e in on.account.account.ledger],
        ("GET", "requests"): lambda on, _: dict(on.asked),
    }
    return [
        web.route(method, CONTROL + name, _handler(controls, action))
        for (method, name), action in actions.items()
    ]


def _handler(
    controls: Controls, action: Action
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if not _is_local(request):
            return _refused("the control endpoint is for programs on this machine", 403)
        try:
            sent = await request.json() if request.method == "POST" else {}
            with controls.exchange.lock:
                return web.json_response(action(controls, sent))
        except KeyError as error:
            return _refused(f"{error} is missing")
        except (SandboxError, TypeError, ValueError) as error:
            return _refused(str(error))

    return handle


def _refused(reason: str, status: int = 400) -> web.Response:
    return web.json_response({"msg": reason}, status=status)


def _is_local(request: web.Request) -> bool:
    # A web page open in a browser on this machine reaches loopback too.
    host = urlsplit(f"//{request.host}").hostname
    return host in _LOCAL_HOSTS and "Origin" not in request.headers


def _halt(controls: Controls, sent: dict[str, Any]) -> None:
    controls.exchange.halted.add(controls.exchange.listing.of(sent["pair"]).pair)


def _set_book(controls: Controls, sent: dict[str, Any]) -> None:
    controls.exchange.set_book(sent["pair"], _levels(sent["bids"]), _levels(sent["asks"]))


def _levels(sent: Iterable[Any]) -> list[Level]:
    return [Level(exact(price), exact(amount)) for price, amount in sent]


def _set_status(controls: Controls, sent: dict[str, Any]) -> None:
    controls.exchange.set_status(sent["pair"], MarketStatus(sent["status"]))


def _set_rules(controls: Controls, sent: dict[str, Any]) -> None:
    pair = sent.pop("pair")
    controls.exchange.listing.set_rules(pair, checked_rules(pair, sent))


def _rules(exchange: LocalExchange) -> dict[str, dict[str, str]]:
    return {
        market.pair: {name: f"{getattr(market, name):f}" for name in RULES}
        for market in exchange.markets
    }


def _set_fees(controls: Controls, sent: dict[str, Any]) -> None:
    account, pair = controls.account.account, sent.pop("pair", None)
    if pair is not None:
        controls.exchange.listing.of(pair)
    fees = account.fees if pair is None else account.fees_of(pair)
    maker, taker = sent.get("maker", fees.maker), sent.get("taker", fees.taker)
    account.set_fees(replace(fees, maker=exact(maker), taker=exact(taker)), pair)


def _rename(controls: Controls, sent: dict[str, Any]) -> None:
    renaming = Renaming(sent["from"], sent["to"], exact(sent.get("ratio", 1)))
    (controls.trading or controls.exchange).rename(renaming)


def _set_clock(controls: Controls, sent: dict[str, Any]) -> None:
    controls.exchange.offset_ms = int(sent["offset_ms"])
