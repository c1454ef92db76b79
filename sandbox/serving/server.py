"""Serve a local exchange over HTTP on loopback, from a thread of its own."""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from sandbox.binance.limit_answers import weighed
from sandbox.binance.protocol import counted, refusals_as_json
from sandbox.binance.public_api import public_routes
from sandbox.binance.rate_limits import Limits, RequestWeight
from sandbox.binance.signed_api import signed_routes
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.trading import Trading
from sandbox.serving.control_api import Controls, control_routes
from sandbox.serving.fault_answers import faults_as_answers
from sandbox.serving.faults import Faults

LOOPBACK = "127.0.0.1"
_STOP_SECONDS = 1.0


@contextmanager
def running(
    exchange: LocalExchange,
    *,
    trading: Trading | None = None,
    faults: Faults | None = None,
    limits: Limits | None = None,
    host: str = LOOPBACK,
    port: int = 0,
) -> Iterator[str]:
    """Serve an exchange while the block runs.

    Parameters
    ----------
    exchange
        It may be changed from the block, e.g. by `LocalExchange.set_price`.
    trading
        Its account. None: only the public half is served.
    faults
        What goes wrong. None: nothing does, and there is no control endpoint.
    limits
        How much may be asked. None: as much as Binance allows.
    host
        127.0.0.1 and no other: this is a test instrument.
    port
        0 for any free one.

    Yields
    ------
    str
        The address, such as ``http://127.0.0.1:43121``.

    Raises
    ------
    SandboxError
        If the host is another one, or the port is in use or not allowed.
    """
    requests = RequestWeight(limits or Limits())
    application = application_of(exchange, trading, faults, requests)
    listening = _listen(host, port)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    serving = threading.Thread(
        target=loop.run_until_complete,
        args=(_serve(application, listening, stop),),
        name="local-exchange",
        daemon=True,
    )
    serving.start()
    try:
        yield f"http://{LOOPBACK}:{listening.getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        serving.join()
        loop.close()
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    # Listening before the thread starts: a client that comes early waits instead of failing.
    if host != LOOPBACK:
        raise SandboxError(f"host {host}: the local exchange listens on {LOOPBACK} only")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        busy = error.errno == errno.EADDRINUSE
        reason = "in use" if busy else f"not available ({error.strerror})"
        raise SandboxError(
            f"port {port} is {reason}: choose another, or 0 for a free one"
        ) from None
    return listening


def application_of(
    exchange: LocalExchange,
    trading: Trading | None,
    faults: Faults | None,
    requests: RequestWeight,
) -> web.Application:
    """Return what answers all requests; the parameters are those of `running`."""
    middlewares = [counted(exchange), weighed(exchange, requests), refusals_as_json]
    routes = public_routes(exchange, requests)
    if trading is not None:
        routes += signed_routes(trading, requests)
    if faults is not None:
        middlewares.insert(2, faults_as_answers(faults))
        routes += control_routes(Controls(exchange, faults, requests, trading))
    application = web.Application(middlewares=middlewares)
    application.add_routes(routes)
    return application


async def _serve(
    application: web.Application, listening: socket.socket, stop: asyncio.Event
) -> None:
    # No access log: it would hold signed queries.
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_STOP_SECONDS)
    try:
        await runner.setup()
        await web.SockSite(runner, listening).start()
        await stop.wait()
    finally:
        await runner.cleanup()
