"""The policy in one line."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rebalancing.config.policy_words import describe, next_round
from tests.support.builders import make_settings

RELATIVE = {"threshold": 0.15, "threshold_kind": "relative"}
MAP = {"threshold": {"BTC": 0.1, "ETH": 0.05}}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"period": "24h"}, "every 24h"),
        ({"threshold": 0.03}, "whenever the drift is 3 points or more"),
        ({"threshold": 0.01}, "whenever the drift is 1 point or more"),
        ({"period": "24h", "threshold": 0.02}, "every 24h, if the drift is then 2 points or more"),
        (
            {"period": "24h", "threshold": 0.02, "combine": "or"},
            "every 24h, and whenever the drift is 2 points or more",
        ),
        (
            {"period": "4h", **RELATIVE},
            "every 4h, if an asset's drift is then 15 % of its target or more",
        ),
        (
            {"period": "4h", **RELATIVE, "combine": "or"},
            "every 4h, and whenever an asset's drift is 15 % of its target or more",
        ),
        (
            {"period": "4h", **MAP},
            "every 4h, if an asset's drift is then at its own threshold or more "
            "(BTC 10 points, ETH 5 points)",
        ),
        (
            {**MAP, "threshold_kind": "relative"},
            "whenever an asset's drift is at its own threshold or more "
            "(BTC 10 %, ETH 5 % of its target)",
        ),
        ({"period": "24h", "destination": 0.5}, "every 24h; 50 % of the way back"),
        (
            {"threshold": 0.03, "destination": "edge", "scope": "drifted"},
            "whenever the drift is 3 points or more; back to just inside the band; "
            "only what has drifted is traded",
        ),
        (
            {"threshold": 0.03, "scope": "fewest"},
            "whenever the drift is 3 points or more; with the fewest trades",
        ),
    ],
)
def test_the_policy_is_one_line(values: dict[str, Any], line: str) -> None:
    assert describe(make_settings(**values)) == line


BAND = "that of this one is 38.0 % to 42.0 %"
WHEN = datetime(2026, 1, 2, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "boundary", "band", "text"),
    [
        ({"period": "24h"}, WHEN, None, "2026-01-02 15:30 UTC"),
        ({"period": "24h"}, None, None, "after the initial one"),
        ({"threshold": 0.02}, None, 0.02, f"when a weight leaves its band; {BAND}"),
        (
            {"period": "24h", "threshold": 0.02},
            WHEN,
            0.02,
            f"2026-01-02 15:30 UTC, if a weight is out of its band then; {BAND}",
        ),
        (
            {"period": "24h", "threshold": 0.02},
            None,
            0.02,
            f"a boundary, if a weight is out of its band then; {BAND}",
        ),
        (
            {"period": "24h", "threshold": 0.02, "combine": "or"},
            WHEN,
            0.02,
            f"2026-01-02 15:30 UTC, or when a weight leaves its band; {BAND}",
        ),
        (
            {"threshold": 0.5},
            None,
            0.5,
            "when a weight leaves its band; that of this one is 0.0 % to 90.0 %",
        ),
    ],
)
def test_the_next_round_is_told(
    values: dict[str, Any], boundary: datetime | None, band: float | None, text: str
) -> None:
    assert next_round(make_settings(**values), boundary, 0.4, band) == text
