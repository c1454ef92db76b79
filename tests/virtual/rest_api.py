"""freqtrade's REST API without a socket: its own application is asked in the bot's process."""

import asyncio
from functools import partial
from typing import Any

import httpx
from freqtrade.rpc.api_server import webserver

from tests.virtual.director import Director


def serve_from_memory(director: Director) -> None:
    """Let the director ask what freqtrade would serve."""

    class Server(webserver.UvicornServer):
        """Opens no port."""

        def run_in_thread(self) -> None:
            director.api = partial(_ask, self.config.app)

        def cleanup(self) -> None:
            director.api = None

    webserver.UvicornServer = Server


def _ask(app: Any, *request: Any) -> tuple[int, bytes]:
    # A loop of the machine's time: the application works in threads.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(_answered(app, *request))


async def _answered(
    app: Any, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> tuple[int, bytes]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # it answers 500
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.request(method, path, headers=headers, content=body)
    return answer.status_code, answer.content
