"""Single values change in a configuration file; whatever else is in it stays as it is."""

import os
from pathlib import Path

import pytest

from rebalancing.launch.config_edit import write_block, write_values
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
        pytest.param('{"else": {}}', "none of config.json has this block", id="no block"),
        pytest.param(
            '{"rebalance": {"period": "1h"}, "rebalance": {}}', "more than once", id="two blocks"
        ),
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


WRITTEN = [
    pytest.param("{}", {"a": 1}, '{"a": 1}', id="into nothing"),
    pytest.param('{"a": 1}', {"a": 1, "b": 0.5}, '{"a": 1, "b": 0.5}', id="a line"),
    pytest.param('{"a": 1,}', {"a": 1, "b": 2}, '{"a": 1, "b": 2,}', id="a comma at the end"),
    pytest.param(
        '{\n    "a": 1 // one\n  }',
        {"a": 1, "b": {"x": 0.5}},
        '{\n    "a": 1, // one\n    "b": {"x": 0.5}\n  }',
        id="a line each, and a comment",
    ),
    pytest.param(
        '{\n    "a": 1, /* one */\n}',
        {"a": 1, "b": None},
        '{\n    "a": 1, /* one */\n    "b": null,\n}',
        id="a line each, a comma at the end",
    ),
    pytest.param(
        '{\n    "a": 1,\n    "b": 2}',
        {"a": 1, "b": 2, "c": 3},
        '{\n    "a": 1,\n    "b": 2,\n    "c": 3}',
        id="a brace on the last line",
    ),
    pytest.param('{"a": 1, "b": 2, "c": 3}', {"a": 1, "c": 3}, '{"a": 1, "c": 3}', id="a middle"),
    pytest.param('{"a": 1, "b": 2}', {"a": 1}, '{"a": 1}', id="the last"),
    pytest.param('{"a": 1, "b": 2}', {"b": 2}, '{"b": 2}', id="the first"),
    pytest.param('{"a": {"x": [1, {}]}}', {}, "{}", id="the only one"),
    pytest.param('{"a": 1, "b": 2,}', {"a": 1}, '{"a": 1,}', id="the last with a comma"),
    pytest.param(
        '{\n  "a": 1,\n  "b": 2 // two\n}',
        {"a": 1},
        '{\n  "a": 1\n  // two\n}',
        id="not its comment",
    ),
    pytest.param('{\n  "a": 1,\n  "b": 2\n}', {"b": 2}, '{\n  "b": 2\n}', id="a whole line"),
    pytest.param('{\r\n  "a": 1,\r\n  "b": 2\r\n}', {"a": 1}, '{\r\n  "a": 1\r\n}', id="CRLF"),
    pytest.param(
        '{"a": {"x": 1, "y": 2}, "b": [1, 2]}',
        {"a": {"x": 1}, "b": "edge"},
        '{"a": {"x": 1}, "b": "edge"}',
        id="maps and lists",
    ),
    pytest.param('{"a": 1, "b": 2}', {"c": {"k": "}"}}, '{"c": {"k": "}"}}', id="all of them"),
]


@pytest.mark.parametrize(("old", "wanted", "new"), WRITTEN)
def test_keys_are_added_and_removed_and_the_rest_stays(
    folder: Path, old: str, wanted: dict[str, object], new: str
) -> None:
    around = '// "rebalance": {"a": 9}\n{"x": [{"a": 5}], "rebalance": BLOCK, "a": 7 /* a */}\n'
    file = folder / "config.json"
    file.write_bytes(around.replace("BLOCK", old).encode())
    write_block(["config.json"], "rebalance", wanted)
    assert file.read_bytes().decode() == around.replace("BLOCK", new)
    assert write_block(["config.json"], "rebalance", wanted) == []


def test_a_key_goes_from_every_file_and_comes_into_the_last(folder: Path) -> None:
    (folder / "first.json").write_text('{"rebalance": {"a": 1, "b": 1}}')
    (folder / "second.json").write_text('{"rebalance": {"b": 2}}')
    (folder / "third.json").write_text('{"y": 1}')
    files = ["first.json", "second.json", "third.json"]
    assert write_block(files, "rebalance", {"a": 3, "c": 4}) == files[:2]
    assert (folder / "first.json").read_text() == '{"rebalance": {"a": 3}}'
    assert (folder / "second.json").read_text() == '{"rebalance": {"c": 4}}'


def test_one_file_of_several_is_written_if_that_is_enough(folder: Path) -> None:
    (folder / "first.json").write_text('{"rebalance": {"a": 1, "b": 1}}')
    (folder / "second.json").write_text('{"rebalance": {"b": 2}}')
    files = ["first.json", "second.json"]
    assert write_block(files, "rebalance", {"a": 1, "b": 3}, into="second.json") == files[1:]
    assert (folder / "second.json").read_text() == '{"rebalance": {"b": 3}}'
    with pytest.raises(LaunchError, match="another --config"):
        write_block(files, "rebalance", {"a": 1, "b": 4}, into="first.json")
    assert (folder / "first.json").read_text() == '{"rebalance": {"a": 1, "b": 1}}'


def test_what_another_file_would_bring_back_is_refused(folder: Path) -> None:
    """freqtrade merges maps deeply: the other file's weights would join those written."""
    (folder / "more.json").write_text('{"rebalance": {"targets": {"A": 0.5}}}')
    text = '{"add_config_files": ["more.json"], "rebalance": {"targets": {"B": 0.5}}}'
    (folder / "config.json").write_text(text)
    with pytest.raises(LaunchError, match=r"rebalance.targets: not written"):
        write_block(["config.json"], "rebalance", {"targets": {"B": 1.0}})
    assert (folder / "config.json").read_text() == text
