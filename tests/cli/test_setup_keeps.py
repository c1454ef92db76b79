"""Environments that setup.sh must not remove, and those that it makes anew."""

from pathlib import Path

import pytest

from tests.support.scratch_projects import Outcome, Project, own_environment


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


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


@pytest.mark.parametrize("left", [[], ["made-by-setup.sh", "lib"], ["packages.stamp", "lib"]])
def test_what_it_made_itself_is_removed_and_made_anew(project: Project, left: list[str]) -> None:
    """Nothing yet, a set-up or a removal that was killed, and version 0.1.0's.

    Here nothing new comes of it: the Python that is found cannot make an environment.
    """
    (tools,) = (Path(folder) for folder in project.environment["PATH"].split(":"))
    (tools / "python3.13").write_text("#!/bin/sh\necho false\n")
    (tools / "python3.13").chmod(0o755)
    project.made.mkdir()
    for name in left:
        (project.made / name).write_text("old")
    status, out, err = project.run("backtest")
    assert (status, out) == (1, "")
    assert ("removing an outdated or unfinished .venv" in err) == bool(left)
    assert "making .venv with false" in err
    assert not project.made.exists()
