"""Market rules that are given: those of a real exchange, those of a file, those that change."""

import json
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.markets import SMALLEST, Market

Rules = Mapping[str, Decimal]
"""Some of a market's rules by name, such as ``step``."""

RULES = tuple(field.name for field in fields(Market) if field.name != "pair")
_MAY_BE_ZERO = ("min_notional", "min_qty")
_SHORTEST = ("step", "tick")


def _rules(step: str, tick: str, max_qty: str, max_market_qty: str) -> Rules:
    texts = {"step": step, "tick": tick, "max_qty": max_qty, "max_market_qty": max_market_qty}
    numbers = {name: Decimal(text) for name, text in texts.items()}
    return {**numbers, "min_qty": numbers["step"], "min_notional": Decimal(5)}


# Binance spot. Steps, ticks and the smallest order are what it showed in November 2025, checked
# against published copies of exchangeInfo where there were any. The largest market order follows
# the volume of the last days there: here it is only of the right size.
REAL: Mapping[str, Rules] = MappingProxyType(
    {
        "BTC/USDT": _rules("0.00001", "0.01", "9000", "100"),
        "ETH/USDT": _rules("0.0001", "0.01", "9000", "2000"),
        "BNB/USDT": _rules("0.001", "0.01", "9000", "1500"),
        "SOL/USDT": _rules("0.001", "0.01", "90000", "20000"),
        "XRP/USDT": _rules("0.1", "0.0001", "9200000", "1500000"),
        "ADA/USDT": _rules("0.1", "0.0001", "900000", "900000"),
        "DOGE/USDT": _rules("1", "0.00001", "9000000", "9000000"),
        "LTC/USDT": _rules("0.001", "0.01", "90000", "9000"),
        "DOT/USDT": _rules("0.01", "0.001", "90000", "90000"),
        "LINK/USDT": _rules("0.01", "0.01", "90000", "60000"),
        "AVAX/USDT": _rules("0.01", "0.01", "90000", "60000"),
        "TRX/USDT": _rules("0.1", "0.0001", "9000000", "9000000"),
        "BCH/USDT": _rules("0.001", "0.1", "90000", "2000"),
    }
)
"""Rules of a real exchange, by pair."""


def read_rules(file: Path) -> dict[str, Rules]:
    """Read rules by pair from a JSON file, such as ``{"BTC/USDT": {"step": "0.001"}}``.

    Raises
    ------
    SandboxError
        If it is not such a file, or a rule is unknown or out of range.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SandboxError(f"{file}: not readable as JSON: {error}") from None
    if not isinstance(content, dict) or not all(isinstance(r, dict) for r in content.values()):
        raise SandboxError(f'{file}: write it like {{"BTC/USDT": {{"step": "0.00001"}}}}')
    return {pair: checked_rules(pair, sent) for pair, sent in content.items()}


def with_real(given: Mapping[str, Rules]) -> dict[str, Rules]:
    """Return the real exchange's rules with the given ones in their place."""
    return {pair: {**REAL.get(pair, {}), **given.get(pair, {})} for pair in {**REAL, **given}}


def checked_rules(pair: str, sent: Mapping[str, Any]) -> Rules:
    """Return rules as numbers.

    Raises
    ------
    SandboxError
        If a name is unknown or a value is no number in the range of its rule.
    """
    return {name: _checked(pair, name, value) for name, value in sent.items()}


def _checked(pair: str, name: str, value: Any) -> Decimal:
    if name not in RULES:
        near = get_close_matches(name, RULES, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"choose {', '.join(RULES)}"
        raise SandboxError(f"{pair}: {name}: unknown rule, {hint}")
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        number = Decimal("nan")
    if isinstance(value, bool) or not number.is_finite() or number < 0:
        raise SandboxError(f"{pair}: {name}: is {value!r}, must be a number, not negative")
    if number == 0 and name not in _MAY_BE_ZERO:
        raise SandboxError(f"{pair}: {name}: is 0, must be above 0")
    if name in _SHORTEST and number % SMALLEST:
        raise SandboxError(f"{pair}: {name}: is {value}, must be a multiple of {SMALLEST:f}")
    return number
