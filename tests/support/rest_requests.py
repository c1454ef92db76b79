"""Requests to freqtrade's REST API."""

import base64
import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from sandbox.serving.server import LOOPBACK


def api_request(
    config: Mapping[str, Any], method: str, name: str, body: Any, fields: Mapping[str, Any]
) -> urllib.request.Request:
    """Return a request to the API of a bot's configuration; the fields are sent without a body."""
    server = config["api_server"]
    address = f"http://{LOOPBACK}:{server['listen_port']}/api/v1/{name}"
    pair = f"{server['username']}:{server['password']}".encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair).decode()}",
        "Content-Type": "application/json",
    }
    data = json.dumps(fields if body is None else body).encode() if method == "POST" else None
    return urllib.request.Request(address, data, headers, method=method)
