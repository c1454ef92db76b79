"""A headless Chromium, driven over its own DevTools protocol."""

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.support.patience import PATIENCE

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
REMEDY = "needs a Chromium: apt-get install chromium"
IS_MISSING = BROWSER is None and not os.environ.get("NEEDS_BROWSER")
"""Tests that need it are skipped, but for CI, which wants them all."""
"""Seconds to wait for something in the page."""


class BrowserError(Exception):
    """The page, or the browser, answered with an error."""


class Page:
    """A page, and everything it complained of or asked the network for.

    Attributes
    ----------
    errors
        Exceptions, messages of the console, and violations of the page's own security policy.
    requests
        Addresses asked for, the page's own file excluded.
    """

    def __init__(self, socket: ClientConnection) -> None:
        self._socket, self._numbers = socket, count(1)
        self.errors: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command and return its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv(timeout=PATIENCE))
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def open(self, file: Path, width: int, *, dark: bool = False) -> None:
        """Show a file in a window of this width and wait until its script has run."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            **{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self._file = file.resolve().as_uri()
        self.call("Page.navigate", url=self._file)
        self.wait("document.documentElement?.dataset.ready === 'yes'")

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, which may be a promise."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.evaluate(condition):
            if time.monotonic() > end:
                raise BrowserError(f"never true: {condition}; errors: {self.errors}")
            time.sleep(0.05)

    def draw_everything(self) -> None:
        """Scroll through the page, so that every chart that is shown is drawn."""
        shown = "document.querySelectorAll('main:not([hidden]) .chart, #comparison .chart')"
        for name in self.evaluate(f"[...{shown}].map(chart => chart.id)"):
            self.draw(name)
        self.evaluate("window.scrollTo(0, 0)")

    def draw(self, name: str) -> None:
        """Scroll to a chart and wait until it is drawn as it is to be now."""
        chart = f"document.getElementById({name!r})"
        self.evaluate(f"{chart}.scrollIntoView({{behavior: 'instant'}})")
        self.wait(f"{chart}.dataset.drawn === 'yes'")

    def screenshot(self, file: Path) -> None:
        """Write a picture of the whole page."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        method, found = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(found["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and found["type"] in ("error", "warning"):
            self.errors.append(str([item.get("value") for item in found["args"]]))
        elif method == "Log.entryAdded":
            self.errors.append(str(found["entry"]["text"]))
        elif method == "Network.requestWillBeSent":
            url = found["request"]["url"]
            if url != self._file and not url.startswith(("data:", "blob:")):
                self.requests.append(url)


@contextmanager
def browser_page(folder: Path) -> Iterator[Page]:
    """Start a browser that keeps its files in `folder`, and end it."""
    if BROWSER is None:
        raise BrowserError(REMEDY)
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"]
    command += ["--disable-background-networking", "--disable-component-update"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with connect(_address(folder, process), max_size=None) as socket:
            yield Page(socket)
    finally:
        process.terminate()
        process.wait(10)


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Find the address of the first page: the browser notes its port in its folder."""
    note, end = folder / "DevToolsActivePort", time.monotonic() + PATIENCE
    while not (note.is_file() and len(note.read_text().split()) == 2):
        if process.poll() is not None or time.monotonic() > end:
            raise BrowserError(f"{BROWSER} did not start (status {process.poll()})")
        time.sleep(0.05)
    port = note.read_text().split()[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
        pages = [target for target in json.load(answer) if target["type"] == "page"]
    return str(pages[0]["webSocketDebuggerUrl"])
