"""Results that mean harm: names that are markup and script."""

from collections.abc import Mapping
from dataclasses import replace

from rebalancing.performance.record import LeftOut, Record, RoundNote

EVIL = "<img src=x onerror=window.hacked=1></script><script>window.hacked=1</script>&lt;\"'`{{7*7}}"


def rename_asset(
    record: Record, old: str, new: str, journal: Mapping[int, RoundNote] | None = None
) -> Record:
    """Return the record with another name for an asset, in its tags and everywhere else."""
    assets = tuple(new if asset == old else asset for asset in record.history.assets)
    left = RoundNote(new, (LeftOut(new, 1.0, new),), 1.0)
    return replace(
        record,
        source=new if old != new else record.source,
        history=replace(record.history, assets=assets),
        tags={number: tag.replace(old, new) for number, tag in record.tags.items()},
        journal=dict.fromkeys(record.tags, left) if journal is None else journal,
        remarks=(new,),
    )
