"""Who may import whom within the sandbox."""

import ast
import re
from pathlib import Path

import pytest

from sandbox.exchange.refusals import Reason
from tests.support.builders import PROJECT
from tests.support.imports import imports, top

SANDBOX = PROJECT / "sandbox"
EXCHANGE = sorted((SANDBOX / "exchange").rglob("*.py"))
DIALECT = sorted((SANDBOX / "binance").rglob("*.py"))
ALL = sorted(SANDBOX.rglob("*.py"))
OUTSIDE = {"sandbox.binance", "sandbox.serving"}
PRODUCT = {"rebalancing", "smartrebalance", "freqtrade", "ccxt", "tests"}
HTTP = {"aiohttp", "http", "urllib", "socket", "requests", "asyncio"}


def name_of(path: Path) -> str:
    return str(path.relative_to(SANDBOX))


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


@pytest.mark.parametrize("path", EXCHANGE, ids=name_of)
def test_the_exchange_knows_neither_a_dialect_nor_http(path: Path) -> None:
    assert {room(module) for module in imports(path)} & OUTSIDE == set()
    assert {top(module) for module in imports(path)} & HTTP == set()


@pytest.mark.parametrize("path", DIALECT, ids=name_of)
def test_a_dialect_does_not_know_its_server(path: Path) -> None:
    assert {room(module) for module in imports(path)} & {"sandbox.serving"} == set()


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_the_sandbox_knows_neither_the_product_nor_freqtrade(path: Path) -> None:
    assert {top(module) for module in imports(path)} & PRODUCT == set()


def test_the_server_is_given_its_dialect() -> None:
    """What serves knows what a dialect can do; which one it is only the commands choose."""
    users = {path.name for path in ALL if room_of(path) == "serving" and speaks_binance(path)}
    assert users == {"command.py"}


def room_of(path: Path) -> str:
    return path.relative_to(SANDBOX).parts[0]


def speaks_binance(path: Path) -> bool:
    return "sandbox.binance" in {room(module) for module in imports(path)}


@pytest.mark.parametrize("path", EXCHANGE, ids=name_of)
def test_the_exchange_knows_no_code_of_an_answer(path: Path) -> None:
    """Codes of Binance are negative and have four digits; those of HTTP are three hundreds."""
    negative = [
        node.operand.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and isinstance(node.operand, ast.Constant)
    ]
    assert [number for number in negative if abs(number) >= 1000] == []
    texts = re.findall(
        r"\b(?:LOT_SIZE|PRICE_FILTER|NOTIONAL|quoteOrderQty|stopPrice)\b", path.read_text()
    )
    assert texts == []


@pytest.mark.parametrize("path", EXCHANGE, ids=name_of)
def test_the_exchange_writes_pairs_and_discounts_no_fees_as_binance_does(path: Path) -> None:
    """What a market of BNB prescribes is known, like that of any other coin."""
    words = r"\b(?:symbol|[A-Z]{3}USDT|discount_?asset)\b"
    assert re.findall(words, path.read_text(), re.IGNORECASE) == []
    assert "BNB" not in path.read_text() or path.name in ("markets.py", "market_rules.py")


def test_every_reason_has_an_answer_of_binance() -> None:
    from sandbox.binance.refusals import answer_to
    from sandbox.exchange.refusals import RefusalError

    answers = {reason: answer_to(RefusalError(reason, "price")) for reason in Reason}
    assert all(-2100 < answer.code < -1000 for answer in answers.values())
    assert all(str(answer) for answer in answers.values())
