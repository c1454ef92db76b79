"""Ctrl-C in a search, and a search without what only the project brings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rebalancing.cli import main
from rebalancing.explore.exploration import UNJUDGED
from rebalancing.launch.explore import Searched
from rebalancing.launch.progress import Done, ProgressDisplay
from tests.support.builders import PROJECT
from tests.support.command_lines import clean_environment
from tests.support.explorer_folders import explorer_folder
from tests.support.patience import PATIENCE

POLICIES = [{"targets": "equal", "threshold": number / 10_000} for number in range(1, 1001)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a configuration, candles and many policies; it is the current one."""
    explorer_folder(tmp_path, monkeypatch, 300, {"many.json": POLICIES})
    return tmp_path


def explore(*words: str) -> Result:
    return CliRunner().invoke(main, ["explore", "--policies", "many.json", "--json", *words])


def test_ctrl_c_keeps_what_is_finished(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def press(_: ProgressDisplay, done: Done | None) -> None:
        if done is not None and done[0] >= 3:
            raise KeyboardInterrupt

    before = (folder / "config.json").read_text()
    with monkeypatch.context() as patch:
        patch.setattr(ProgressDisplay, "show", press)
        ended = explore("--write", "--verify", "1")
    assert ended.exit_code == 130
    found = json.loads(ended.stdout)
    assert found["complete"] is False
    assert 3 <= len(found["policies"]) < len(POLICIES)
    assert (found["written"], found["verified"]) == (None, [])
    assert (folder / "config.json").read_text() == before
    finished = [policy["settings"] for policy in found["policies"]]
    (folder / "many.json").write_text(json.dumps(finished))
    again = json.loads(explore().stdout)
    assert [policy["nav"] for policy in again["policies"]] == [
        policy["nav"] for policy in found["policies"]
    ]


def test_ctrl_c_while_the_judges_are_heard_keeps_the_ranking(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(_: Searched) -> None:
        raise KeyboardInterrupt

    (folder / "many.json").write_text(json.dumps(POLICIES[:3]))
    before = (folder / "config.json").read_text()
    monkeypatch.setattr(Searched, "judged", press)
    ended = explore("--write", "--verify", "1")
    found = json.loads(ended.stdout)
    assert (ended.exit_code, len(found["policies"]), found["best"]["rounds"] > 0) == (130, 3, True)
    assert (found["written"], found["verified"], found["judges"]) == (None, [], {})
    assert found["conclusion"] == {
        "better_than_hodl": None,
        "better_than_present": None,
        "text": UNJUDGED,
    }
    ended = CliRunner().invoke(main, ["explore", "--policies", "many.json", "--write"])
    said = " ".join(ended.stdout.split())
    assert ended.exit_code == 130
    assert said.index("Premium") < said.index(UNJUDGED) < said.index("Nothing was written")
    assert not (folder / "user_data" / "plot").exists()
    assert (folder / "config.json").read_text() == before


NEEDED_LATER = ("arch", "skfolio", "sklearn", "statsmodels", "scipy", "pandas", "plotly", "jinja2")
"""Packages that the ranking does not need: they take longer to be imported than it takes."""


def test_the_ranking_is_shown_before_what_comes_after_it_is_imported(folder: Path) -> None:
    code = f"""
import sys
class Watch:
    seen = set()
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in {NEEDED_LATER} and top not in self.seen:
            self.seen.add(top)
            print("imports", top, flush=True)
sys.meta_path.insert(0, Watch())
sys.modules["numba"] = None
from rebalancing.cli import main
main(["explore", "--period", "12h,24h"], prog_name="rebalance")
"""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=clean_environment() | {"PYTHONPATH": str(PROJECT / "strategies")},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stderr
    ranking, _, rest = ended.stdout.partition("the present policy")
    assert "Premium" in ranking
    assert "imports" not in ranking
    assert "imports jinja2" in rest


def test_a_copied_strategy_explores_with_plain_freqtrade(folder: Path) -> None:
    """Without sandbox, numba, arch and skfolio it works, and says what is missing."""
    absent = "".join(
        f"sys.modules[{name!r}] = None\\n" for name in ("sandbox", "numba", "arch", "skfolio")
    ).replace("\\n", "; ")
    code = (
        f"import sys; sys.path.insert(0, {str(PROJECT / 'strategies')!r}); {absent}\n"
        "from rebalancing.cli import main\n"
        "main(['explore', '--period', '12h,24h'], prog_name='rebalance')"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stderr
    assert "--online asks the real exchange" in ended.stderr
    said = " ".join(ended.stdout.split())
    assert "12h" in said
    assert "pip install numba" in said
