"""Serve a local exchange over HTTP on loopback, from a thread of its own."""

import asyncio
import errno
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.exchange.trading import Trading
from sandbox.serving.control_api import Controls, control_routes
from sandbox.serving.dialect import Dialect
from sandbox.serving.fault_answers import faults_as_answers
from sandbox.serving.faults import Faults

LOOPBACK = "127.0.0.1"
_STOP_SECONDS = 1.0


@contextmanager
def running(
    exchange: LocalExchange,
    dialect: Dialect,
    *,
    trading: Trading | None = None,
    faults: Faults | None = None,
    asked: Counter[str] | None = None,
    host: str = LOOPBACK,
    port: int = 0,
) -> Iterator[str]:
    """Serve an exchange while the block runs.

    Parameters
    ----------
    exchange
        It may be changed from the block, e.g. by `LocalExchange.set_price`.
    dialect
        How it is asked and answers.
    trading
        Its account. None: only the public half is served.
    faults
        What goes wrong. None: nothing does, and there is no control endpoint.
    asked
        Counts the requests it gets, by method and path. None: only the control endpoint tells.
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
    application = application_of(exchange, dialect, trading, faults, asked)
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
    dialect: Dialect,
    trading: Trading | None = None,
    faults: Faults | None = None,
    asked: Counter[str] | None = None,
) -> web.Application:
    """Return what answers all requests; the parameters are those of `running`."""
    asked = Counter() if asked is None else asked
    middlewares = [_counted(asked), dialect.limiting(exchange), dialect.refusals]
    routes = dialect.routes(exchange, trading)
    if faults is not None:
        middlewares.insert(2, faults_as_answers(faults, dialect.failure))
        routes += control_routes(Controls(exchange, faults, dialect, asked, trading))
    application = web.Application(middlewares=middlewares)
    application.add_routes(routes)
    return application


def _counted(asked: Counter[str]) -> Middleware:
    """Return a middleware that counts requests without their parameters."""

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked[f"{request.method} {request.path}"] += 1
        return await handler(request)

    return count


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
