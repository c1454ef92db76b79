"""Scratch copies of setup.sh, each in a project of one tiny package, to run without a network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.builders import PROJECT
from tests.support.patience import PATIENCE

TOOLS = ["awk", "bash", "cat", "cksum", "dirname", "grep", "ln", "mkdir", "readlink", "rm"]
TOOLS += ["rmdir", "sed", "sleep"]
Outcome = tuple[int, str, str]  # status, standard output, standard error

# A build backend without dependencies: the scratch project installs as an empty distribution.
BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "scratch-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        info = "scratch-1.0.dist-info"
        metadata = "Metadata-Version: 2.1\\nName: scratch\\nVersion: 1.0\\n"
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""


class Project:
    """A copy of setup.sh in a project of one tiny package, on a PATH of a few tools."""

    def __init__(self, folder: Path, *extra_tools: str, python: bool = True) -> None:
        self.folder = folder / "with space"
        self.folder.mkdir()
        tools = folder / "tools"
        tools.mkdir()
        for tool in [*TOOLS, *extra_tools]:
            found = shutil.which(tool)
            if found is None:
                pytest.skip(f"this machine has no {tool}")
            (tools / tool).symlink_to(found)
        if python:
            (tools / "python3").symlink_to(sys._base_executable)  # type: ignore[attr-defined]  # CPython has it
        self.environment = {
            "PATH": str(tools),
            "HOME": str(folder),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(folder),
        }
        shutil.copy(PROJECT / "setup.sh", self.folder)
        digest = make_wheel(folder / "tiny-1.0-py3-none-any.whl")
        self.require(digest)
        (self.folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        )
        (self.folder / "backend.py").write_text(BACKEND)
        (self.folder / "rebalancing.py").write_text(
            "import sys, tiny; print('ran', *sys.argv[1:])\n"
        )

    def require(self, digest: str) -> None:
        (self.folder / "requirements.txt").write_text(f"tiny==1.0 \\\n    --hash=sha256:{digest}\n")

    def start(self, *arguments: str, cwd: Path = Path("/")) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.folder / "setup.sh", *arguments],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, cwd: Path = Path("/")) -> Outcome:
        return outcome(self.start(*arguments, cwd=cwd))

    @property
    def made(self) -> Path:
        return self.folder / ".venv"


def own_environment(folder: Path) -> Path:
    """Make an environment that somebody else made, with something in it."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (folder / "bin" / "mine").write_text("precious")
    return folder


def outcome(process: subprocess.Popen[str]) -> Outcome:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def make_wheel(path: Path) -> str:
    source = b"'''Nothing.'''\n"
    digest = base64.urlsafe_b64encode(hashlib.sha256(source).digest()).rstrip(b"=").decode()
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", source)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"tiny.py,sha256={digest},{len(source)}\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()
