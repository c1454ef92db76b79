"""The script setup.sh: what it says and what it makes, without a network."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tests.support.scratch_projects import Outcome, Project, outcome, own_environment


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


def test_called_through_links_it_works_in_its_own_folder(
    finished: tuple[Project, list[Outcome]], tmp_path: Path
) -> None:
    """Of the file, of a file beside it, and of the folder; none of them has its .venv removed."""
    project, _ = finished
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
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ran backtest\n", "")
    assert (other / "bin" / "mine").read_text() == "precious"


def interrupted(project: Project, how: signal.Signals) -> int:
    """Interrupt a set-up that has begun its .venv, and return its status."""
    call = project.start("backtest")
    wait_until(lambda: (project.made / "pyvenv.cfg").exists())
    os.killpg(call.pid, how)
    status = call.wait(PATIENCE)
    assert not (project.made / "packages.stamp").exists()
    return status


def test_an_interrupted_set_up_leaves_nothing(project: Project) -> None:
    assert interrupted(project, signal.SIGINT) == 128 + signal.SIGINT
    assert not project.made.exists()


def test_a_killed_set_up_is_repaired_by_the_next(project: Project) -> None:
    interrupted(project, signal.SIGKILL)
    assert project.made.exists()
    status, out, err = project.run("backtest")
    assert (status, out) == (0, "ran backtest\n")
    assert "removing an outdated or unfinished .venv" in err


def test_a_failed_download_leaves_nothing_and_names_the_log(project: Project) -> None:
    project.require("0" * 64)
    status, out, err = project.run("backtest")
    assert (status, out) == (1, "")
    log = project.folder / "setup.log"
    assert str(log) in err.splitlines()[-1]
    assert "tiny" in log.read_text()
    assert not project.made.exists()
