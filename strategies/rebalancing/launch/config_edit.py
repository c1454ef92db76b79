"""Change single values in a configuration file and nothing else: comments, order, spaces stay."""

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing.launch.configuration import load_configuration
from rebalancing.launch.errors import LaunchError

Span = tuple[int, int]
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|[{}\[\]:,]|[^\s{}\[\]:,"/]+', re.DOTALL)


def write_values(configs: Sequence[str], block: str, values: Mapping[str, Any]) -> list[str]:
    """Write values into the configuration file that has them.

    Parameters
    ----------
    configs
        The files of the run; of several that have a key, freqtrade takes the last.
    block
        Name of the object that holds the keys, such as ``rebalance``.
    values
        New values by key; the old ones must be plain, not maps or lists.

    Returns
    -------
    list of str
        The files written.

    Raises
    ------
    LaunchError
        If no file has a key, a file has it twice, or cannot be written; and if the files written
        would not make the values count, as with a variable of the environment. Then all files
        are as they were.
    """
    before = {name: _read(name) for name in configs}
    after = dict(before)
    for key, value in values.items():
        name, (start, end) = _place(after, block, key)
        after[name] = after[name][:start] + json.dumps(value) + after[name][end:]
    changed = [name for name in configs if after[name] != before[name]]
    try:
        for name in changed:
            _replace(name, after[name])
        _check(configs, block, values)
    except BaseException:
        for name in changed:
            _replace(name, before[name])
        raise
    return changed


def _check(configs: Sequence[str], block: str, values: Mapping[str, Any]) -> None:
    found = load_configuration(configs).get(block)
    for key, value in values.items():
        if not isinstance(found, Mapping) or found.get(key) != value:
            raise LaunchError(
                f"{block}.{key}: not written, as another place overrides the configuration files: "
                f"a variable FREQTRADE__{block.upper()}__{key.upper()} or one of add_config_files"
            )


def _place(texts: Mapping[str, str], block: str, key: str) -> tuple[str, Span]:
    for name, text in reversed(list(texts.items())):
        spans = value_spans(text, (block, key))
        if len(spans) > 1:
            raise LaunchError(f"{name}: has {block}.{key} more than once; leave one")
        if spans:
            return name, spans[0]
    files = ", ".join(texts)
    raise LaunchError(f"{block}.{key}: none of {files} has it as a plain value; write it by hand")


def value_spans(text: str, path: tuple[str, ...]) -> list[Span]:
    """Find the plain values at a path of keys in JSON, which may have comments.

    >>> text = '{"a": {/* "b": 1 */ "b": 0.5, "c": {"b": 2}}} // "b": 3'
    >>> [text[start:end] for start, end in value_spans(text, ("a", "b"))]
    ['0.5']
    """
    spans: list[Span] = []
    keys: list[str | None] = []
    last, awaited = "", False
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word.startswith(("//", "/*")):
            continue
        if word in ("{", "["):
            keys.append(None)
        elif word in ("}", "]"):
            keys.pop()
        elif word == ":":
            keys[-1] = json.loads(last)
        elif word != ",":
            if awaited and tuple(keys) == path:
                spans.append(token.span())
            last = word
        awaited = word == ":"
    return spans


def _read(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LaunchError(f"{name}: not readable: {error}") from None


def _replace(name: str, text: str) -> None:
    """Write a file whole or not at all; a link keeps leading to it."""
    file = Path(name).resolve()
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
        Path(temporary).chmod(file.stat().st_mode)
        Path(temporary).replace(file)
    except OSError as error:
        raise LaunchError(f"{name}: not writable: {error}") from None
