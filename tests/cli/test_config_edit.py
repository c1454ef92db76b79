"""Single values change in a configuration file; whatever else is in it stays as it is."""

import os
from pathlib import Path

import pytest

from rebalancing.launch.config_edit import write_values
from rebalancing.launch.errors import LaunchError

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the current one, without freqtrade's variables."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("FREQTRADE__")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"rebalance": {"period": OLD}}', id="bare"),
        pytest.param('{ "rebalance" :\t{"period"\n:OLD , } ,}\n', id="spaces and commas"),
        pytest.param('// "rebalance": {"period": "1h"}\n{"rebalance": {"period": OLD}}', id="//"),
        pytest.param('{"rebalance": {/* "period": "1h" */ "period": /**/ OLD}}', id="/* */"),
        pytest.param(
            '{"a": {"rebalance": {"period": 1}}, "rebalance": {"period": OLD}}', id="deep"
        ),
        pytest.param('{"rebalance": {"x": [{"period": 1}], "period": OLD}}', id="in a list"),
        pytest.param('{"s": "\\"rebalance\\": {", "rebalance": {"period": OLD}}', id="in a text"),
        pytest.param('{"rebalance": {"period": OLD}, "é": "€"}\r\n', id="other letters"),
    ],
)
def test_nothing_but_the_value_changes(folder: Path, text: str) -> None:
    file = folder / "config.json"
    file.write_bytes(text.replace("OLD", '"24h"').encode())
    file.chmod(0o640)
    assert write_values(["config.json"], "rebalance", {"period": "12h"}) == ["config.json"]
    assert file.read_bytes() == text.replace("OLD", '"12h"').encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in folder.iterdir()] == ["config.json"]


def test_of_several_files_the_one_that_counts_is_written(folder: Path) -> None:
    (folder / "real").mkdir()
    for name, text in (
        ("first.json", '{"rebalance": {"period": "1h", "threshold": 0.1}}'),
        ("real/second.json", '{"rebalance": {"period": "2h"}}'),
        ("third.json", '{"x": 1}'),
    ):
        (folder / name).write_text(text)
    (folder / "second.json").symlink_to("real/second.json")
    files = ["first.json", "second.json", "third.json"]
    values = {"period": "3h", "threshold": 0.2}
    assert write_values(files, "rebalance", values) == files[:2]
    assert (
        folder / "first.json"
    ).read_text() == '{"rebalance": {"period": "1h", "threshold": 0.2}}'
    assert (folder / "real/second.json").read_text() == '{"rebalance": {"period": "3h"}}'
    assert (folder / "second.json").is_symlink()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param('{"rebalance": {}}', "none of config.json has it", id="not there"),
        pytest.param('{"rebalance": {"period": {"a": 1}}}', "none of config.json has it", id="map"),
        pytest.param(
            '{"rebalance": {"period": "1h", "period": "2h"}}', "more than once", id="twice"
        ),
    ],
)
def test_what_cannot_be_written_is_refused(folder: Path, text: str, message: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(LaunchError, match=message):
        write_values(["config.json"], "rebalance", {"period": "12h"})
    assert (folder / "config.json").read_text() == text


def test_a_value_that_would_not_count_is_refused_and_nothing_stays_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '{"rebalance": {"period": "24h"}}'
    (folder / "config.json").write_text(text)
    monkeypatch.setenv("FREQTRADE__REBALANCE__PERIOD", "7d")
    with pytest.raises(LaunchError, match="FREQTRADE__REBALANCE__PERIOD"):
        write_values(["config.json"], "rebalance", {"period": "12h"})
    assert (folder / "config.json").read_text() == text
