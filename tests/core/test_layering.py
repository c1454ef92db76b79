"""Who may import whom, and who may look at the world."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.imports import (
    PACKAGE,
    STRATEGIES,
    imported_modules,
    importing,
    imports,
    module_of,
    name_of,
    syntax,
    top,
)
from tests.support.patience import PATIENCE

EDGES = {PACKAGE / "__main__.py"}
ROOMS = ("account", "config", "events", "explore", "market", "performance", "policy", "rounds")
INNER = sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py"))
PURE = [path for path in sorted(PACKAGE.glob("*.py")) if path not in EDGES] + INNER
FREQTRADE_SIDE = sorted((PACKAGE / "freqtrade_side").rglob("*.py"))
HOSTS = ("freqtrade", "ccxt", "sqlalchemy", "pandas")
WORLD = {
    *("open", "input", "exec", "eval", "__import__", "breakpoint"),
    *("now", "utcnow", "today", "time", "monotonic", "perf_counter", "time_ns", "sleep"),
    *("getenv", "environ", "read_text", "read_bytes", "write_text", "write_bytes"),
    *("exists", "is_file", "is_dir", "iterdir", "glob", "rglob", "stat", "mkdir", "unlink"),
}
"""Names that read a clock, a file or the environment, as functions or attributes."""
WORLDLY_MODULES = {"os", "time", "pathlib", "io", "random", "secrets", "socket", "subprocess"}


def room_of(module: str) -> str | None:
    """Name the room of the freqtrade side that a module is in; None if it is in none."""
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["freqtrade_side"] and len(parts) > 3 else None


def rooms_used(path: Path) -> set[str]:
    """Name the rooms of the freqtrade side that a file imports, without its own."""
    rooms = {room_of(module) for module in imported_modules(path)} - {room_of(module_of(path))}
    return {room for room in rooms if room is not None}


def test_there_is_something_to_look_at() -> None:
    assert {"settings.py", "planner.py", "decide.py"} <= {path.name for path in PURE}
    assert {path.relative_to(PACKAGE).parts[0] for path in INNER} == {*ROOMS}
    assert len(FREQTRADE_SIDE) > 3


def test_the_core_knows_no_framework() -> None:
    assert importing(PURE, lambda module: top(module) in HOSTS) == {}


def test_the_core_does_not_know_what_is_around_it() -> None:
    outer = ("freqtrade_side", "cli", "launch", "report")
    around = tuple(f"rebalancing.{room}" for room in outer)
    assert importing(PURE, lambda module: module.startswith(around)) == {}


def test_the_freqtrade_side_does_not_know_the_strategy() -> None:
    assert importing(FREQTRADE_SIDE, lambda module: top(module) == "smartrebalance") == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    files = {module_of(path): path for path in PACKAGE.rglob("*.py")}
    graph = {module: imported_modules(path) - {module} for module, path in files.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(files)


def test_no_rooms_of_the_freqtrade_side_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in FREQTRADE_SIDE:
        if (room := room_of(module_of(path))) is not None:
            graph.setdefault(room, set()).update(rooms_used(path))
    assert {"live", "records", "present"} <= set(TopologicalSorter(graph).static_order())


def test_only_what_puts_it_together_imports_the_live_loop() -> None:
    """Readers and previews run beside the bot, and must not do what it does."""
    users = {path for path in PACKAGE.rglob("*.py") if "live" in rooms_used(path)}
    assert users == {PACKAGE / "freqtrade_side" / "modes.py"}


def test_a_bot_does_not_look_at_itself_from_outside() -> None:
    users = {room_of(module_of(path)) for path in FREQTRADE_SIDE if "outside" in rooms_used(path)}
    assert users <= {"history"}


def test_records_import_no_other_part_of_the_freqtrade_side() -> None:
    """They serve the bot and all that read of it."""
    own = "rebalancing.freqtrade_side"
    for path in sorted((PACKAGE / "freqtrade_side" / "records").glob("*.py")):
        used = {module for module in imported_modules(path) if module.startswith(own)}
        others = {module for module in used if room_of(module) != "records"}
        assert others <= {f"{own}.internals"}, path.name


def test_the_core_reads_no_clock_no_file_and_no_environment() -> None:
    assert importing(PURE, lambda module: top(module) in WORLDLY_MODULES) == {}
    used = {name_of(path): sorted(worldly_names(path)) for path in PURE}
    assert {name: names for name, names in used.items() if names} == {}


def worldly_names(path: Path) -> set[str]:
    """Return the names in a file that read a clock, a file or the environment."""
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in syntax(path)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
    }
    parameters = {
        argument.arg
        for node in syntax(path)
        if isinstance(node, ast.FunctionDef)
        for argument in node.args.args
    }
    fields = {"time"}  # of a history: an array, not a clock
    return (names & WORLD) - parameters - fields


def test_importing_the_core_loads_no_framework() -> None:
    modules = [name_of(path).removesuffix(".py").replace("/", ".") for path in PURE]
    modules = [module.removesuffix(".__init__") for module in modules]
    code = (
        f"import sys; sys.path.insert(0, {str(STRATEGIES)!r})\n"
        f"import {', '.join(modules)}\n"
        f"print(*sorted({{name.split('.')[0].lower() for name in sys.modules}}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert "rebalancing" in run.stdout.split()
    assert set(run.stdout.split()) & set(HOSTS) == set()


def requirements_of(distribution: str) -> set[str]:
    """Name what a distribution needs, without extras."""
    found = importlib.metadata.requires(distribution) or []
    plain = [line for line in found if "extra ==" not in line]
    return {re.split(r"[^A-Za-z0-9._-]", line)[0].lower().replace("_", "-") for line in plain}


def closure(distribution: str) -> set[str]:
    """Name a distribution and everything that plainly installing it brings."""
    known, open_ones = set(), {distribution}
    while open_ones:
        name = open_ones.pop()
        known.add(name)
        try:
            open_ones |= requirements_of(name) - known
        except importlib.metadata.PackageNotFoundError:
            continue
    return known


EXTRAS = {"arch", "numba", "skfolio"}
"""What the explorer uses where it is installed."""

OF_A_CLUSTER = {"distributed", "joblib"}
"""What other machines are reached with, where it is installed."""


def test_everything_imported_comes_with_plain_freqtrade() -> None:
    """Who copies the strategy and its package into a freqtrade needs to install nothing else."""
    own = {"rebalancing", "smartrebalance", "sandbox", *EXTRAS, *OF_A_CLUSTER}  # see below
    files = sorted(STRATEGIES.rglob("*.py"))
    used = {m.split(".")[0] for path in files for m in imports(path)} - set(sys.stdlib_module_names)
    distributions = importlib.metadata.packages_distributions()
    brought = closure("freqtrade")
    assert "freqtrade" in used
    assert {
        module
        for module in used
        if module.lower() not in own
        and not {d.lower().replace("_", "-") for d in distributions.get(module, [])} & brought
    } == set()


def test_extras_are_imported_where_they_are_used_and_only_by_the_explorer() -> None:
    """A module that needs one can be imported without it."""
    for path in sorted(STRATEGIES.rglob("*.py")):
        tree = ast.parse(path.read_text())
        used = {top(name) for name in imports(path)}
        at_the_top = [
            node
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            and (EXTRAS | OF_A_CLUSTER) & {top(name) for name in _named(node)}
        ]
        assert at_the_top == [], name_of(path)
        assert not used & EXTRAS or PACKAGE / "explore" in path.parents, name_of(path)
        assert not used & OF_A_CLUSTER or path == LAUNCH / "cluster.py", name_of(path)


def _named(node: ast.Import | ast.ImportFrom) -> list[str]:
    names = [alias.name for alias in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) else names


LAUNCH = PACKAGE / "launch"
NEEDING_AN_EXCHANGE = ("backtest", "hyperopt", "dry-run", "lookahead")


def test_the_sandbox_is_used_by_what_starts_freqtrade_on_it_and_by_nothing_else() -> None:
    files = sorted(STRATEGIES.rglob("*.py"))
    users = {path for path in files if "sandbox" in {top(m) for m in imports(path)}}
    assert {path.parent for path in users} == {LAUNCH}


def test_what_starts_freqtrade_does_not_know_the_commands() -> None:
    files = sorted(LAUNCH.glob("*.py"))
    assert importing(files, lambda module: module.startswith("rebalancing.cli")) == {}


@pytest.mark.parametrize("command", NEEDING_AN_EXCHANGE)
def test_a_command_that_needs_the_sandbox_says_so_where_a_copied_strategy_comes_without(
    command: str,
) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(STRATEGIES)!r}); sys.modules['sandbox'] = None\n"
        "from rebalancing.cli import main\n"
        f"main([{command!r}], prog_name='rebalance')"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=PATIENCE
    )
    assert ended.returncode == 2
    assert f"rebalance {command} needs the local exchange" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_percentages_for_people_are_written_in_one_module() -> None:
    """They look the same in tables, on pages and in messages."""
    specs = {
        f"{name_of(path)}: {ast.unparse(node)}"
        for path in STRATEGIES.rglob("*.py")
        for node in syntax(path)
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None
        if ast.unparse(node.format_spec).strip("'\"").endswith("%")
    }
    assert specs == set()


def test_downloading_needs_no_sandbox(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(STRATEGIES)!r}); sys.modules['sandbox'] = None\n"
        "from rebalancing.cli import main\n"
        "main(['data', '--config', 'missing.json'], prog_name='rebalance')"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: missing.json: ")
