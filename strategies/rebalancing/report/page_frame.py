"""The frame of every page: one file with everything in it, which asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rebalancing.report.first_screen import parted
from rebalancing.version import __version__

ASSETS = Path(__file__).parent / "assets"
PLOTLY = "plotly-basic.min.js"


def framed(template: str, scripts: Sequence[str], data: object, made: str, **names: Any) -> str:
    """Write a page.

    Parameters
    ----------
    template : str
        A file of the folder "assets" that extends "frame.html".
    scripts : sequence of str
        Files of that folder that run after plotly, in this order.
    data : object
        What they read, as JSON.
    made : str
        When the page was made, for its foot.
    **names
        What the template needs; its title and subtitle among them.

    Returns
    -------
    str
        HTML. Whatever is handed over is text in it, never markup or script.
    """
    texts = [_asset(name) for name in (PLOTLY, *scripts)]
    environment = Environment(
        loader=FileSystemLoader(ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["parted"] = parted
    return environment.get_template(template).render(
        imprint=f"Made by SmartRebalance {__version__}, {made}.",
        policy=_policy(texts),
        style=_asset("page.css"),
        scripts=texts,
        data=in_script(data),
        **names,
    )


def in_script(data: object) -> str:
    """Write JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(scripts: list[str]) -> str:
    """Only these very scripts run; nothing is loaded from anywhere."""
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data: blob:; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")
