"""Configuration files read without freqtrade, and exactly as freqtrade reads them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from freqtrade.configuration.environment_vars import environment_vars_to_dict
from freqtrade.configuration.load_config import load_from_files
from freqtrade.exceptions import OperationalException
from freqtrade.misc import deep_merge_dicts
from hypothesis import given, settings
from hypothesis import strategies as st

from rebalancing.freqtrade_side.setup.config_files import read_files

keys = st.sampled_from(["a", "b", "exchange", "ccxt_config"])
flat = st.dictionaries(keys, st.integers() | st.text(max_size=3) | st.none(), max_size=3)
blocks = st.dictionaries(st.sampled_from(["rebalance", "exchange"]), flat, max_size=2)
variables = st.dictionaries(
    st.sampled_from(
        [
            *("FREQTRADE__STAKE_CURRENCY", "FREQTRADE__EXCHANGE__KEY", "FREQTRADE__A", "OTHER"),
            *("FREQTRADE__EXCHANGE__CCXT_CONFIG__apiKey", "FREQTRADE__TELEGRAM__CHAT_ID"),
        ]
    ),
    st.sampled_from(["1", "1.5", "true", "F", "[1, 2]", '{"a": 1}', "x", "", "t", "-3", "1e5"]),
    max_size=3,
)


def files_of(folder: Path, contents: list[dict[str, Any]]) -> list[str]:
    names = [str(folder / f"{number}.json") for number in range(len(contents))]
    for name, content in zip(names, contents, strict=True):
        Path(name).write_text(json.dumps(content))
    return names


def freqtrades(files: list[str]) -> dict[str, Any]:
    merged = deep_merge_dicts(environment_vars_to_dict(), load_from_files(files))
    del merged["config_files"]
    return dict(merged)


@settings(max_examples=50)
@given(contents=st.lists(blocks, min_size=1, max_size=3), environment=variables)
def test_files_and_environment_are_merged_as_freqtrade_does(
    tmp_path_factory: pytest.TempPathFactory,
    contents: list[dict[str, Any]],
    environment: dict[str, str],
) -> None:
    files = files_of(tmp_path_factory.mktemp("merged"), contents)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("FREQTRADE__")]:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            expected = freqtrades(files)
        except (AttributeError, TypeError):
            with pytest.raises(OperationalException, match="can be merged"):
                read_files(files, os.environ)
        else:
            assert read_files(files, os.environ) == expected


def test_files_that_name_files_are_followed(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    (below / "deep.json").write_text('{"fee": 0.1, "dry_run": true}')
    (below / "base.json").write_text('{"add_config_files": ["deep.json"], "fee": 0.2}')
    (tmp_path / "top.json").write_text(
        '{"add_config_files": ["below/base.json"], /* a comment */ "exchange": {"name": "x"},}'
    )
    (tmp_path / "last.json").write_text('{"exchange": {"pair_whitelist": ["A/B"]}}')
    files = [str(tmp_path / "top.json"), str(tmp_path / "last.json")]
    assert read_files(files, {}) == freqtrades(files)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            b'{\n  "fee": 1\n  "x": 2}',
            ":3:3: not valid JSON: Missing a comma or '}' after an object member.",
            id="a missing comma",
        ),
        pytest.param(
            '{"ä": 1, "ö" 2}'.encode(),
            ":1:14: not valid JSON: Missing a colon after a name of object member.",
            id="columns count letters, not bytes",
        ),
        pytest.param(b"", ":1:1: not valid JSON: The document is empty.", id="nothing"),
        pytest.param(b'{"a": "\xff"}', ":1: not UTF-8 text; save it as UTF-8", id="other bytes"),
        pytest.param(b"[1]", ": not a configuration: must be an object, {...}", id="a list"),
        pytest.param(
            b'{"exchange": {"name": "x"}}',
            ": not a configuration that can be merged: an object is expected where there is a "
            "plain value",
            id="an object over a value",
        ),
    ],
)
def test_a_mistake_is_named_with_file_line_and_column(
    tmp_path: Path, content: bytes, message: str
) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text('{"exchange": 5}')
    second.write_bytes(content)
    with pytest.raises(OperationalException) as refused:
        read_files([str(first), str(second)], {})
    assert str(refused.value) == f"{second}{message}"


def test_a_missing_file_and_a_circle_are_one_line(tmp_path: Path) -> None:
    circle = tmp_path / "circle.json"
    circle.write_text('{"add_config_files": ["circle.json"]}')
    with pytest.raises(OperationalException, match=r"circle.json: the files .* name each other"):
        read_files([str(circle)], {})
    with pytest.raises(OperationalException, match=r"none.json: there is no such configuration"):
        read_files([str(tmp_path / "none.json")], {})
