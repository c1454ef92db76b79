"""Let requests go wrong as the faults in force say."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from sandbox.serving.control_api import CONTROL
from sandbox.serving.faults import Fault, Faults

_UNKNOWN = (-1000, "An unknown error occurred while processing the request.")
_ANSWERS = {
    418: (-1003, "Way too much request weight used; IP banned."),
    429: (
        -1003,
        "Too much request weight used; current limit is 6000 request weight per 1 MINUTE.",
    ),
    503: (-1000, "System is under maintenance."),
    504: (
        -1007,
        "Timeout waiting for response from backend server. "
        "Send status unknown; execution status unknown.",
    ),
}


def faults_as_answers(faults: Faults) -> Middleware:
    """Return a middleware that lets requests go wrong; never those to the control endpoint."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = None
        if not request.path.startswith(CONTROL):
            fault = faults.next(request.method, request.path)
        if fault is None:
            return await handler(request)
        await request.read()
        right = await handler(request) if fault.accepted or fault.kind == "late" else None
        return await _wrong(fault, request, right)

    return answer


async def _wrong(
    fault: Fault, request: web.Request, right: web.StreamResponse | None
) -> web.StreamResponse:
    if fault.kind in ("hang", "late"):
        await asyncio.sleep(fault.seconds)
    if fault.kind == "late" and right is not None:
        return right
    if fault.kind == "status":
        return _refusal(fault)
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # to nobody


def _refusal(fault: Fault) -> web.Response:
    code, message = _ANSWERS.get(fault.status, _UNKNOWN)
    wait = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    body = {"code": code, "msg": message}
    return web.json_response(body, status=fault.status, headers=wait)
