"""Environments that setup.sh must not remove, and those that it makes anew."""

import subprocess
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tests.support.scratch_projects import Outcome, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


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
