"""What decisions are made of is frozen: whoever is handed it cannot change it for the others."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.builders import PROJECT

PACKAGE = PROJECT / "strategies" / "rebalancing"
ROOMS = ("account", "config", "events", "market", "policy", "rounds")
ALONE = ("decide.py", "view.py")
FILES = [
    *(PACKAGE / name for name in ALONE),
    *(file for room in ROOMS for file in sorted((PACKAGE / room).rglob("*.py"))),
]


def declared() -> Iterator[object]:
    """Give a parameter for each dataclass: how it is declared, None if as it comes."""
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                for way in node.decorator_list:
                    called = way if isinstance(way, ast.Call) else None
                    name = called.func if called else way
                    if isinstance(name, ast.Name) and name.id == "dataclass":
                        yield pytest.param(called, id=f"{file.relative_to(PACKAGE)} {node.name}")


@pytest.mark.parametrize("way", [*declared()])
def test_a_record_is_frozen(way: ast.Call | None) -> None:
    words = {} if way is None else {word.arg: word.value for word in way.keywords}
    frozen = words.get("frozen")
    assert isinstance(frozen, ast.Constant)
    assert frozen.value is True
