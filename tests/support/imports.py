"""The modules of the package, and what each of them imports."""

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.support.builders import PROJECT

STRATEGIES = PROJECT / "strategies"
PACKAGE = STRATEGIES / "rebalancing"


def name_of(path: Path) -> str:
    """Name a file as seen from strategies/."""
    return str(path.relative_to(STRATEGIES))


@cache
def syntax(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a file: many tests look at each."""
    return tuple(ast.walk(ast.parse(path.read_text())))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return every module that a file imports, at its top or within a function."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in syntax(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(path: Path) -> str:
    """Name the module that a file is."""
    parts = path.relative_to(STRATEGIES).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


OWN = {module_of(file) for file in PACKAGE.rglob("*.py")}


@cache
def imported_modules(path: Path) -> set[str]:
    """Name the modules of the package that a file imports."""
    # "from a import b" names "a", and "a.b" if that is a module: then the first one is not meant.
    named = set(imports(path)) & OWN
    return {name for name in named if not any(other.startswith(f"{name}.") for other in named)}


def importing(paths: Iterable[Path], is_wrong: Callable[[str], bool]) -> dict[str, list[str]]:
    """Return the files that import a module which they must not, and those modules."""
    found = {name_of(path): [*filter(is_wrong, imports(path))] for path in paths}
    return {name: modules for name, modules in found.items() if modules}


def top(module: str) -> str:
    """Name the package that a module is in, in small letters."""
    return module.split(".")[0].lower()
