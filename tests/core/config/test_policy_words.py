"""The policy in one line."""

from typing import Any

import pytest

from rebalancing.config.policy_words import describe
from tests.support.builders import make_settings

RELATIVE = {"threshold": 0.15, "threshold_kind": "relative"}
MAP = {"threshold": {"BTC": 0.1, "ETH": 0.05}}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"period": "24h"}, "every 24h"),
        ({"threshold": 0.03}, "whenever the drift is 3 points or more"),
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
