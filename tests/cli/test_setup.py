"""The set-up script, what it installs and the sample candles, all without a network."""

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
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
        shutil.copy(ROOT / "setup.sh", self.folder)
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


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture(scope="module", params=["flock", "without flock"])
def finished(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Project, list[Outcome]]:
    """A project set up by two calls at the same time, and what they said."""
    tools = ["flock"] if request.param == "flock" else []
    project = Project(tmp_path_factory.mktemp("finished"), *tools)
    calls = [project.start("backtest") for _ in range(2)]
    return project, [outcome(call) for call in calls]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- what the script says --------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_lists_the_commands_and_makes_nothing(project: Project, arguments: list[str]) -> None:
    status, out, err = project.run(*arguments)
    assert (status, err) == (0, "")
    for command in ["backtest", "test", "data", "bench", "freqtrade"]:
        assert re.search(rf"^  {command} ", out, re.MULTILINE)
    assert not project.made.exists()


def test_an_unknown_command_is_one_line_and_status_2(project: Project) -> None:
    status, out, err = project.run("backtset")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "backtset" in err


def test_a_missing_python_is_one_line_that_says_what_to_install(tmp_path: Path) -> None:
    project = Project(tmp_path, python=False)
    status, out, err = project.run("backtest")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "Python 3.11" in err
    assert not project.made.exists()


def test_a_python_that_fails_is_passed_over(tmp_path: Path) -> None:
    project = Project(tmp_path, python=False)
    shim = tmp_path / "tools" / "python3.12"
    shim.write_text("#!/bin/sh\necho 'not installed' >&2\nexit 127\n")
    shim.chmod(0o755)
    status, _, err = project.run("backtest")
    assert status == 1
    assert "not installed" not in err


def test_a_python_asked_for_that_fails_is_named(project: Project) -> None:
    project.environment["PYTHON"] = "/nowhere/python"
    status, _, err = project.run("backtest")
    assert (status, err.count("\n")) == (1, 1)
    assert "/nowhere/python" in err


# --- what it makes ---------------------------------------------------------------------------


def test_of_two_set_ups_at_once_one_waits_and_both_succeed(
    finished: tuple[Project, list[Outcome]],
) -> None:
    _, outcomes = finished
    assert [(status, out) for status, out, _ in outcomes] == [(0, "ran backtest\n")] * 2
    assert sum("waiting for another set-up" in err for _, _, err in outcomes) == 1
    assert sum("making .venv" in err for _, _, err in outcomes) == 1


def test_a_finished_set_up_is_left_alone(
    finished: tuple[Project, list[Outcome]],
) -> None:
    project, _ = finished
    assert project.run("backtest", "a b") == (0, "ran backtest a b\n", "")


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        (
            ["--config", "my.json", "-c", "b.json"],
            ["--config", "HERE/my.json", "-c", "HERE/b.json"],
        ),
        (["--config=a b.json", "-cx.json"], ["--config=HERE/a b.json", "-cHERE/x.json"]),
        (["-d", "candles", "--userdir=mine"], ["-d", "HERE/candles", "--userdir=HERE/mine"]),
        (["--backtest-directory", "out/best"], ["--backtest-directory", "HERE/out/best"]),
        (["--config", "/etc/my.json", "-c", "-"], ["--config", "/etc/my.json", "-c", "-"]),
        (
            ["--fee", "0.1", "-p", "A/B", "--strategy", "X"],
            ["--fee", "0.1", "-p", "A/B", "--strategy", "X"],
        ),
    ],
)
def test_files_are_sought_from_where_the_user_is(
    finished: tuple[Project, list[Outcome]], tmp_path: Path, given: list[str], passed: list[str]
) -> None:
    project, _ = finished
    ended = project.run("backtest", *given, cwd=tmp_path)
    wanted = [word.replace("HERE", str(tmp_path)) for word in passed]
    assert ended == (0, f"ran {' '.join(['backtest', *wanted])}\n", "")
    at_home = project.run("backtest", *given, cwd=project.folder)
    assert at_home == (0, f"ran {' '.join(['backtest', *given])}\n", "")


def test_a_changed_project_keeps_its_packages(
    finished: tuple[Project, list[Outcome]],
) -> None:
    project, _ = finished
    with (project.folder / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    status, out, err = project.run("backtest")
    assert (status, out) == (0, "ran backtest\n")
    assert "installing the project" in err
    assert "making .venv" not in err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_set_up_is_repaired_by_the_next(
    project: Project, how: signal.Signals
) -> None:
    call = project.start("backtest")
    wait_until(lambda: (project.made / "pyvenv.cfg").exists())
    os.killpg(call.pid, how)
    call.wait(PATIENCE)
    assert not (project.made / "packages.stamp").exists()
    if how == signal.SIGINT:
        assert call.returncode == 128 + how
        assert not project.made.exists()
    status, out, _ = project.run("backtest")
    assert (status, out) == (0, "ran backtest\n")


def test_a_failed_download_leaves_nothing_and_names_the_log(project: Project) -> None:
    project.require("0" * 64)
    status, out, err = project.run("backtest")
    assert (status, out) == (1, "")
    log = project.folder / "setup.log"
    assert str(log) in err.splitlines()[-1]
    assert "tiny" in log.read_text()
    assert not project.made.exists()


# --- what it must not remove -----------------------------------------------------------------


def own_environment(folder: Path) -> Path:
    """Make an environment that somebody else made, with something in it."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n")
    (folder / "bin" / "mine").write_text("precious")
    return folder


def assert_refused_and_untouched(ended: Outcome, place: Path, kept: Path) -> None:
    status, out, err = ended
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert str(place) in err
    assert (kept / "bin" / "mine").read_text() == "precious"
    assert (kept / "pyvenv.cfg").exists()


def test_an_environment_that_somebody_else_made_is_refused(project: Project) -> None:
    own_environment(project.made)
    assert_refused_and_untouched(project.run("backtest"), project.made, project.made)


@pytest.mark.parametrize("stamp", ["", "packages.stamp", "made-by-setup.sh"])
def test_a_link_to_an_environment_is_refused(project: Project, tmp_path: Path, stamp: str) -> None:
    """Whatever it leads to: another project's own environment bears our stamp too."""
    elsewhere = own_environment(tmp_path / "elsewhere")
    if stamp:
        (elsewhere / stamp).write_text("1 2\n")
    project.made.symlink_to(elsewhere)
    assert_refused_and_untouched(project.run("backtest"), project.made, elsewhere)
    assert project.made.is_symlink()


def test_a_link_to_nothing_is_refused(project: Project) -> None:
    project.made.symlink_to("/nowhere/at/all")
    status, _, err = project.run("backtest")
    assert (status, err.count("\n")) == (2, 1)
    assert "/nowhere/at/all" in err
    assert project.made.is_symlink()


def test_called_through_links_it_works_in_its_own_folder(project: Project, tmp_path: Path) -> None:
    """Of the file, of a file beside it, and of the folder; none of them has its .venv removed."""
    other = own_environment(tmp_path / "other" / ".venv")
    (tmp_path / "folder").symlink_to(project.folder)
    (tmp_path / "first").symlink_to("folder/setup.sh")
    (other.parent / "setup.sh").symlink_to("../first")
    ended = subprocess.run(
        [other.parent / "setup.sh", "backtest"],
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (ended.returncode, ended.stdout) == (0, "ran backtest\n")
    assert (other / "bin" / "mine").read_text() == "precious"
    assert (project.made / "packages.stamp").exists()
    assert project.run("backtest") == (0, "ran backtest\n", "")


@pytest.mark.parametrize("left", [[], ["made-by-setup.sh", "lib"], ["packages.stamp", "lib"]])
def test_what_it_made_itself_is_made_anew(project: Project, left: list[str]) -> None:
    """Nothing yet, a set-up or a removal that was killed, and version 0.1.0's."""
    project.made.mkdir()
    for name in left:
        (project.made / name).write_text("old")
    status, out, _ = project.run("backtest")
    assert (status, out) == (0, "ran backtest\n")


# --- what it installs ------------------------------------------------------------------------


def requirements() -> list[str]:
    lines = (ROOT / "requirements.txt").read_text().replace("\\\n", " ").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_requirement_is_pinned_and_hashed() -> None:
    pinned = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^#@]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [line for line in requirements() if not pinned.fullmatch(line)] == []


def test_requirements_name_no_index() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links", text)


def test_requirements_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + [
        name for group in project["dependency-groups"].values() for name in group
    ]
    names = {line.partition("==")[0] for line in requirements()}
    assert {re.split(r"[\[<>=]", name)[0] for name in wanted} <= names
    assert any(line.startswith("freqtrade==2026.9 ") for line in requirements())


# --- sample candles --------------------------------------------------------------------------


@pytest.mark.parametrize("coin", ["BTC", "ETH", "BNB", "SOL"])
def test_sample_candles_are_whole(coin: str) -> None:
    candles = pd.read_feather(ROOT / f"user_data/data/binance/{coin}_USDT-4h.feather")
    assert list(candles) == ["date", "open", "high", "low", "close", "volume"]
    assert candles.dtypes.astype(str).tolist() == ["datetime64[ms, UTC]"] + ["float64"] * 5
    expected = pd.date_range("2023-12-30 08:00", "2024-03-22 08:00", freq="4h", tz="UTC", unit="ms")
    assert candles["date"].tolist() == expected.tolist()
    assert len(candles) == 499
    assert (candles.drop(columns="date") > 0).all(axis=None)
    assert (candles["low"] <= candles[["open", "close"]].min(axis=1)).all()
    assert (candles["high"] >= candles[["open", "close"]].max(axis=1)).all()
