"""Change keys of a block in a configuration file and nothing else: comments, order, spaces stay."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rebalancing.launch.configuration import load_configuration
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.json_text import Found, Member, added, objects_at, removed, replaced


def write_values(configs: Sequence[str], block: str, values: Mapping[str, Any]) -> list[str]:
    """Write values into the configuration file that has them.

    Parameters
    ----------
    configs
        The files of the run; of several that have a key, freqtrade takes the last.
    block
        Name of the object that holds the keys, such as ``rebalance``.
    values
        New values by key.

    Returns
    -------
    list of str
        The files written.

    Raises
    ------
    LaunchError
        If no file has the block, a file has a key twice, or cannot be written; and if the files
        written would not make the values count, as with a variable of the environment. Then all
        files are as they were.
    """
    found = load_configuration(configs).get(block)
    return write_block(configs, block, {**(found if isinstance(found, Mapping) else {}), **values})


def write_block(
    configs: Sequence[str], block: str, wanted: Mapping[str, Any], into: str | None = None
) -> list[str]:
    """Let a block hold these keys and no others, with as few changes as that takes.

    The other parameters are those of `write_values`, as is what it returns and raises. A key that
    no file has is added to the last file that has the block.

    Parameters
    ----------
    into
        The only one of the files that may be changed; None for all of them.
    """
    before = {name: _read(name) for name in configs if into in (None, name)}
    present = load_configuration(configs).get(block)
    present = present if isinstance(present, Mapping) else {}
    after = dict(before)
    for key in [key for key in present if key not in wanted]:
        _remove(after, block, key)
    for key, value in wanted.items():
        if key not in present or present[key] != value:
            _put(after, block, key, value)
    changed = [name for name in before if after[name] != before[name]]
    try:
        for name in changed:
            _replace(name, after[name])
        _check(configs, block, wanted)
    except BaseException:
        for name in changed:
            _replace(name, before[name])
        raise
    return changed


def _check(configs: Sequence[str], block: str, wanted: Mapping[str, Any]) -> None:
    found = load_configuration(configs).get(block)
    found = found if isinstance(found, Mapping) else {}
    for key in {**wanted, **found}:
        if key not in wanted or key not in found or found[key] != wanted[key]:
            raise LaunchError(
                f"{block}.{key}: not written, as another place overrides what was to be written: a "
                f"variable FREQTRADE__{block.upper()}__{key.upper()}, one of add_config_files, or "
                "another --config"
            )


def _put(texts: dict[str, str], block: str, key: str, value: Any) -> None:
    """Write a value over the one that counts, or add it."""
    for name, text in reversed(texts.items()):
        if member := _only(text, name, block, key):
            texts[name] = replaced(text, member, value)
            return
    for name, text in reversed(texts.items()):
        if blocks := _blocks(text, name, block):
            texts[name] = added(text, blocks[0], key, value)
            return
    raise LaunchError(f"{block}: none of {', '.join(texts)} has this block; write it by hand")


def _remove(texts: dict[str, str], block: str, key: str) -> None:
    for name, text in texts.items():
        if member := _only(text, name, block, key):
            texts[name] = removed(text, _blocks(text, name, block)[0], member)


def _only(text: str, name: str, block: str, key: str) -> Member | None:
    found = [member for each in _blocks(text, name, block) for member in each.named(key)]
    if len(found) > 1:
        raise LaunchError(f"{name}: has {block}.{key} more than once; leave one")
    return found[0] if found else None


def _blocks(text: str, name: str, block: str) -> list[Found]:
    found = objects_at(text, (block,))
    if len(found) > 1:
        raise LaunchError(f"{name}: has {block} more than once; leave one")
    return found


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
