"""Let requests go wrong as the faults in force say."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.serving.control_api import CONTROL
from sandbox.serving.faults import Fault, Faults

Failure = Callable[[int], dict[str, Any]]


def faults_as_answers(faults: Faults, failure: Failure) -> Middleware:
    """Return a middleware that lets requests go wrong; never those to the control endpoint.

    Parameters
    ----------
    failure
        Gives the body of an answer with an HTTP status that is a failure.
    """

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = None
        if not request.path.startswith(CONTROL):
            fault = faults.next(request.method, request.path)
        if fault is None:
            return await handler(request)
        await request.read()
        right = await handler(request) if fault.accepted or fault.kind == "late" else None
        return await _wrong(fault, request, right, failure)

    return answer


async def _wrong(
    fault: Fault, request: web.Request, right: web.StreamResponse | None, failure: Failure
) -> web.StreamResponse:
    if fault.kind in ("hang", "late"):
        await asyncio.sleep(fault.seconds)
    if fault.kind == "late" and right is not None:
        return right
    if fault.kind == "status":
        wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return web.json_response(failure(fault.status), status=fault.status, headers=wait)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # to nobody
