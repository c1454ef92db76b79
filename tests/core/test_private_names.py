"""Private names of others: where the package may use them."""

import ast
import sys
from collections.abc import Iterator, Sequence

from tests.support.imports import STRATEGIES, name_of, syntax

INTERNALS = {
    *("_DataProvider__rpc", "_KeyValueStoreModel", "_api", "_exchange", "_freqtrade"),
    *("_ft_params_from_file", "_rpc", "_start_cap"),
}
"""The private names of freqtrade that are used, each with a test in `test_internals.py`."""


DOCUMENTED = {"_exit"}
"""Names with an underscore that Python's documentation has: ``os._exit``."""


def strange_names(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Give the private names that a file uses and does not define itself."""
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            own.add(node.attr)
        elif isinstance(node, ast.AnnAssign | ast.Assign):
            targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
            own |= {target.id for target in targets if isinstance(target, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            is_own = owner in ("self", "cls") and node.attr in own
            names = [] if is_own or owner in sys.stdlib_module_names else [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [*str(node.module).split("."), *(alias.name for alias in node.names)]
        else:
            continue
        private = (name for name in names if name.startswith("_") and not name.endswith("__"))
        yield from (name for name in private if name not in DOCUMENTED)


def test_private_names_of_others_stand_in_one_module() -> None:
    """`test_internals.py` tests each of them against the freqtrade that is installed."""
    found = {path: {*strange_names(syntax(path))} for path in sorted(STRATEGIES.rglob("*.py"))}
    strange = {name_of(path): names for path, names in found.items() if names}
    assert strange == {"rebalancing/freqtrade_side/internals.py": INTERNALS}
