"""Backtest config.json with other freqtrades: ``python -m tests.versions [VERSION ...]``.

Each version has an environment of its own in ``.versions``, made once, from the package index, and
runs the project's backtest. Its figures must be those of the environment this runs in. Exit status
1 if a version differs or fails.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from freqtrade import __version__ as own_version

from rebalancing.version import SUPPORTED_FREQTRADE
from tests.support.builders import PROJECT

ENVIRONMENTS = PROJECT / ".versions"
_BESIDES = ("scipy",)  # 2026.6 imports it and does not ask for it


def main(versions: Sequence[str]) -> int:
    """Check the versions, print a line each, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="versions-") as name:
        wanted = figures(Path(sys.executable), Path(name) / "project")
        print(f"{own_version}: NAV {nav(wanted)}, in the environment of the project", flush=True)
        found = [check(version, wanted, Path(name) / version) for version in versions]
    return 0 if all(found) else 1


def check(version: str, wanted: Mapping[str, Any], room: Path) -> bool:
    """Backtest with a version, say how its figures compare, and whether they are the same."""
    try:
        got = figures(environment(version), room)
    except RuntimeError as error:
        print(f"{version}: {error}", flush=True)
        return False
    differing = [key for key in wanted if got.get(key) != wanted[key]]
    told = f"other figures: {', '.join(differing)}" if differing else "the same figures"
    print(f"{version}: NAV {nav(got)}, {told}", flush=True)
    return not differing


def nav(found: Mapping[str, Any]) -> str:
    """Return the NAV of the figures, with two decimals."""
    return f"{found['nav']:.2f} {found['stake']}"


def environment(version: str) -> Path:
    """Return the interpreter of a version's environment, which is made if it is not there."""
    folder = ENVIRONMENTS / version
    python, stamp = folder / "bin" / "python", folder / "complete"
    if not stamp.exists():
        print(f"{version}: making {folder} ...", flush=True)
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        run([str(python), "-m", "pip", "install", "--quiet", f"freqtrade=={version}", *_BESIDES])
        stamp.touch()
    return python


def figures(python: Path, room: Path) -> dict[str, Any]:
    """Backtest the project's config.json with an interpreter and return the summary's figures."""
    room.mkdir()
    datadir = str(PROJECT / "user_data" / "data" / "binance")
    words = ["backtest", "--userdir", str(room), "--datadir", datadir, "--pages", "0"]
    run([str(python), "-m", "rebalancing", *words])
    results = str(room / "backtest_results")
    told = run([sys.executable, "-m", "rebalancing", "summary", results, "--json"])
    (found,) = json.loads(told).values()
    return dict(found)


def run(command: Sequence[str]) -> str:
    """Run a command in the project and return what it prints.

    Raises
    ------
    RuntimeError
        If it fails: its first words on standard error.
    """
    places = os.pathsep.join([str(PROJECT), str(PROJECT / "strategies")])
    ended = subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": places},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        lines = (ended.stderr or ended.stdout).strip().splitlines() or ["no words"]
        raise RuntimeError(f"status {ended.returncode}: {lines[0]}")
    return ended.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or SUPPORTED_FREQTRADE))
