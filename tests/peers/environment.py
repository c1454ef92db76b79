"""An environment that has bt and vectorbt, and the questions asked in it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.builders import PROJECT

PACKAGES = ("bt==1.4.1", "vectorbt==1.2.0")
"""bt is one that counts cash weights right: its pull request 571 is in it."""

_FOLDER = PROJECT / ".peers"
_SCRIPT = Path(__file__).with_name("others.py")


class PeersError(Exception):
    """The others cannot be asked: one line that says why."""


def interpreter() -> Path:
    """Return the interpreter of the environment, which is made if it is not there.

    Raises
    ------
    PeersError
        If a package cannot be installed.
    """
    python, stamp = _FOLDER / "bin" / "python", _FOLDER / "-".join(PACKAGES)
    if not stamp.exists():
        print(f"making {_FOLDER} ...", file=sys.stderr, flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(_FOLDER)])
        _run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES])
        stamp.touch()
    return python


def asked(python: Path, questions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ask the others, and return an answer for each question, as ``others.py`` describes them.

    Raises
    ------
    PeersError
        If they fail.
    """
    told = _run([str(python), str(_SCRIPT)], json.dumps([*questions]))
    answers: list[dict[str, Any]] = json.loads(told)
    return answers


def _run(command: Sequence[str], said: str = "") -> str:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ended = subprocess.run(
        command, input=said, env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        lines = (ended.stderr or ended.stdout).strip().splitlines() or ["no words"]
        raise PeersError(f"{' '.join(command[:4])}: status {ended.returncode}: {lines[-1]}")
    return ended.stdout
