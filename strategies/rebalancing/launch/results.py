"""Where a backtest's result goes: written apart, then put among the others under its own name."""

import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rebalancing.launch.arguments import Given
from rebalancing.launch.errors import LaunchError

POINTER = ".last_result.json"
"""freqtrade's note of its newest result."""

_META = ".meta.json"
_MOMENT = "%Y-%m-%d_%H-%M-%S"
_STEM = re.compile(r"(?P<name>.+)-(?P<moment>\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)")
_JOURNAL = re.compile(r"rebalance-\d+-(?P<strategy>.+)\.jsonl")


@dataclass(frozen=True)
class Results:
    """The place that the user wants results in.

    Attributes
    ----------
    folder
        It may be missing yet.
    name
        How the names of the files begin; None for freqtrade's own beginning.
    """

    folder: Path
    name: str | None = None

    def within(self, room: Path) -> Path:
        """Return what to give freqtrade as ``--backtest-directory`` so that it writes to `room`."""
        return room / self.name if self.name else room

    def publish(self, room: Path) -> Path | None:
        """Move what a run wrote to `room` to the folder, and point freqtrade's note at it.

        Returns
        -------
        Path or None
            The zip file of the result, under a name that nothing else had; None if the run wrote
            none.

        Notes
        -----
        The zip file comes last and whole, so whoever lists the folder sees complete results only.
        Its members bear its name: where the name is taken they are named anew.
        """
        written = next(room.glob("*.zip"), None)
        if written is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        stem = self._claim(written.with_suffix(_META))
        for journal in room.glob("*.jsonl"):
            if named := _JOURNAL.fullmatch(journal.name):
                shutil.copy(journal, self.folder / f"{stem}_{named['strategy']}.jsonl")
        result = self.folder / f"{stem}.zip"
        _put(result, lambda draft: _copy_archive(written, draft, stem))
        note = json.dumps({"latest_backtest": result.name})
        _put(self.folder / POINTER, lambda draft: draft.write_text(note, encoding="utf-8"))
        return result

    def _claim(self, meta: Path) -> str:
        """Return the first free name at or after the run's own; its file of metadata claims it."""
        stem = meta.name.removesuffix(_META)
        while True:
            claimed = self.folder / f"{stem}{_META}"
            if not (self.folder / f"{stem}.zip").exists():
                with suppress(FileExistsError), claimed.open("xb") as file:
                    file.write(meta.read_bytes())
                    return stem
            stem = _next(stem)


def results_of(config: Mapping[str, Any], given: Given, user_data: Path) -> Results:
    """Find the place as freqtrade would: arguments before the configuration before its default."""
    wanted = given.export_directory
    if wanted is None and config.get("exportdirectory"):
        wanted = Path(str(config["exportdirectory"]))
    if wanted is None and given.export_filename is not None and given.export_filename.is_dir():
        wanted = given.export_filename
    if wanted is None:
        return Results(user_data / "backtest_results")
    # A folder that is not there freqtrade takes for the beginning of a file's name.
    return Results(wanted) if wanted.is_dir() else Results(wanted.parent, wanted.name)


def check_writable(*folders: Path) -> None:
    """Make the folders, and refuse those in which no file can be made.

    Raises
    ------
    LaunchError
        One line that names them, as they rarely differ in the reason.
    """
    refused: dict[str, list[str]] = {}
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            refused.setdefault(str(error.strerror), []).append(str(folder))
    if refused:
        remedy = "make it writable, or name another folder for all with --userdir FOLDER"
        raise LaunchError(
            *(
                f"{', '.join(names)}: cannot be written ({reason}); {remedy}"
                for reason, names in refused.items()
            )
        )


def _next(stem: str) -> str:
    found = _STEM.fullmatch(stem)
    if found is None:
        return f"{stem}-again"
    moment = datetime.strptime(found["moment"], _MOMENT) + timedelta(seconds=1)
    return f"{found['name']}-{moment:{_MOMENT}}"


def _put(file: Path, write: Callable[[Path], object]) -> None:
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(descriptor)
    try:
        write(Path(draft))
        Path(draft).chmod(0o644)
        Path(draft).replace(file)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _copy_archive(source: Path, draft: Path, stem: str) -> None:
    if source.stem == stem:
        shutil.copyfile(source, draft)
        return
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.namelist():
            new.writestr(stem + member.removeprefix(source.stem), old.read(member))
