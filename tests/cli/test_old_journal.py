"""What the journal of an older version says is still told."""

import json
from datetime import UTC, datetime
from pathlib import Path

from rebalancing.cli.journal import event_line
from rebalancing.events.start import RoundGoesOn
from rebalancing.freqtrade_side.history.round_notes import round_notes
from rebalancing.freqtrade_side.records.journal_file import Journal, last_closed, read_journal
from tests.core.events.test_round_events import LEFT_OUT, PLANNED, TAG, WEIGHTS

OLD = [
    {
        "time": "2026-10-01T08:00:00+00:00",
        "event": "start",
        "text": "every 24h",
        "version": "0.1.0",
    },
    {"time": "2026-10-01T08:00:01+00:00", "event": "flow", "text": "+10,000 USDT", "amount": 1e4},
    {
        **{"time": "2026-10-01T08:00:02+00:00", "event": "round"},
        **{key: value for key, value in PLANNED.items() if key != "without"},
    },
    {
        **{"time": "2026-10-01T08:00:09+00:00", "event": "closed", "round": 3, "tag": TAG},
        **{"outcome": "done", "planned": {"BTC": -440.0}, "achieved": {"BTC": -440.0}},
        **{"turnover": 0.022, "cost": 0.5, "nav_before": 1e4, "nav_after": 9999.5},
        **{"weights_before": WEIGHTS, "weights_after": WEIGHTS, "left_out": LEFT_OUT},
    },
]
"""A journal of version 0.1.0."""


def test_a_journal_of_version_0_1_0_reads(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in OLD))
    Journal(file).record(datetime(2026, 11, 1, tzinfo=UTC), RoundGoesOn(TAG))
    lines = read_journal(file)
    assert [event_line(line) for line in lines] == [
        "start: every 24h",
        "flow: +10,000 USDT",
        f"{TAG}: sell 0.01 BTC at 44,000, buy 2 SOL at 100; left out: ETH "
        "(below the smallest trade)",
        f"{TAG} done: turnover 2.20 %, cost 0.50 USDT, NAV 10,000.00 to 9,999.50 USDT",
        f"goes on: {TAG} goes on after a restart",
    ]
    assert last_closed(file) == 3
    assert round_notes(lines)[3].cost == 0.5
