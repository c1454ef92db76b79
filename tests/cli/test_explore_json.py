"""What scripts are told of a search, however large it was."""

import json

from rebalancing.cli.explore_json import exploration_as_json
from tests.support.explorations import make_exploration, without_judges

MANY = 3000


def test_many_policies_are_told_one_by_one_in_one_object() -> None:
    found = without_judges(make_exploration(), MANY)
    parts = [*exploration_as_json(found, range(MANY - 1), {"written": None})]
    text = "".join(parts)
    assert len(parts) > MANY - 1
    assert max(map(len, parts)) < 10_000 < len(text)
    told = json.loads(text)
    navs = [policy["nav"] for policy in told["policies"]]
    assert navs == found.figures.nav[:-1].tolist()
    assert told["policies"][found.chosen] == told["best"]
    assert told["written"] is None
    assert [*told][:3] == ["policies", "best", "present"]
    assert text.count("\n") < MANY + 200
    assert text.endswith("\n}\n")
