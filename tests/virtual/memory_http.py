"""An aiohttp application that is asked without sockets: HTTP goes from memory to memory."""

import asyncio
from collections.abc import Iterable, Mapping
from http.client import HTTPResponse
from io import BytesIO
from typing import Any, NamedTuple

from aiohttp import web


class Answer(NamedTuple):
    """What a server has answered."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class MemoryServer:
    """The application with aiohttp's own server before it.

    Parameters
    ----------
    loop
        On which it runs.
    """

    def __init__(self, application: web.Application, loop: asyncio.AbstractEventLoop) -> None:
        self._runner = web.AppRunner(application, access_log=None)
        self._loop = loop
        loop.run_until_complete(self._runner.setup())

    def close(self) -> None:
        """Stop it."""
        self._loop.run_until_complete(self._runner.cleanup())

    async def ask(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer | None:
        """Return the answer; None where the server cuts the connection without one."""
        assert self._runner.server is not None
        protocol = self._runner.server()
        connection = _Connection(self._loop, protocol)
        protocol.connection_made(connection)
        protocol.data_received(_written(method, target, headers, body))
        return _read(await connection.received, method)


class _Connection(asyncio.Transport):
    """The server's end of a connection for one request."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._loop = loop
        self._protocol = protocol
        self._sent = bytearray()
        self.received: asyncio.Future[bytes] = loop.create_future()

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ARG002  asyncio's signature
        return default

    def is_closing(self) -> bool:
        return self.received.done()

    def write(self, data: Any) -> None:
        self._sent += data

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        for data in list_of_data:
            self._sent += data

    def pause_reading(self) -> None:
        """All has been read."""

    def resume_reading(self) -> None:
        """All has been read."""

    def close(self) -> None:
        self._end(bytes(self._sent))

    def abort(self) -> None:
        self._end(b"")

    def _end(self, received: bytes) -> None:
        if not self.received.done():
            self.received.set_result(received)
            self._loop.call_soon(self._protocol.connection_lost, None)


def _written(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    ours = {"Host": "127.0.0.1", "Connection": "close", "Content-Length": str(len(body))}
    kept = {name: text for name, text in headers.items() if name.title() not in ours}
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {text}" for name, text in {**kept, **ours}.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


class _Received:
    """As much of a socket as `HTTPResponse` reads from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _mode: str) -> BytesIO:
        return BytesIO(self._content)


def _read(content: bytes, method: str) -> Answer | None:
    if not content:
        return None
    response = HTTPResponse(_Received(content), method=method)  # type: ignore[arg-type]  # no socket
    response.begin()
    with response:
        headers = dict(response.getheaders())
        return Answer(response.status, response.reason, headers, response.read())
