"""The JSON schema of the configuration: generated, committed, and as strict as the reader."""

import copy
import json
from typing import Any

import jsonschema
import pytest

from rebalancing.cli.schema import schema as command
from rebalancing.config.schema import config_schema
from rebalancing.config.settings import Settings, read_settings
from tests.support.builders import PROJECT

COMMITTED = PROJECT / "strategies" / "rebalancing" / "config.schema.json"
EXAMPLE = PROJECT / "config.json"


def example(**rebalance: Any) -> dict[str, Any]:
    """Read the project's configuration with these values in its block."""
    config: dict[str, Any] = json.loads(EXAMPLE.read_text())
    config["rebalance"].update(rebalance)
    return config


def accepts(config: object) -> bool:
    validator = jsonschema.validators.validator_for(config_schema())
    return bool(validator(config_schema()).is_valid(config))


def test_the_committed_schema_is_the_generated_one() -> None:
    assert COMMITTED.read_text() == json.dumps(config_schema(), indent=2) + "\n"


def test_the_command_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    command.main(args=[], standalone_mode=False)
    assert capsys.readouterr().out == COMMITTED.read_text()


def test_it_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(config_schema())


def test_it_accepts_the_configuration_of_the_project() -> None:
    assert accepts(example())


def test_the_configuration_of_the_project_names_it() -> None:
    assert (EXAMPLE.parent / example()["$schema"]).resolve() == COMMITTED


def test_every_key_is_described() -> None:
    block = config_schema()["properties"]["rebalance"]["properties"]
    assert set(block) == set(Settings.model_fields)
    assert [key for key, field in block.items() if not field.get("description")] == []


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"targets": "equal"}, id="equal"),
        pytest.param({"targets": {"BTC": 1, "ETH": 0}}, id="a target of 0"),
        pytest.param({"period": None}, id="period null"),
        pytest.param({"threshold": None}, id="threshold null"),
        pytest.param({"threshold": {"BTC": 0.1}}, id="threshold map"),
        pytest.param({"combine": "or", "threshold_kind": "relative"}, id="words"),
        pytest.param({"destination": "edge", "scope": "drifted"}, id="edge"),
        pytest.param({"destination": 0.5}, id="half"),
        pytest.param({"destination": 1}, id="all the way"),
        pytest.param({"scope": "fewest"}, id="fewest"),
        pytest.param({"cooldown": "0m", "reserve": 0}, id="zeros"),
        pytest.param({"investment": 500, "min_trade": 10.5}, id="money"),
        pytest.param({"investment": None, "min_trade": None}, id="money null"),
        pytest.param({"adopt_holdings": True}, id="adopt"),
    ],
)
def test_it_accepts_what_the_reader_accepts(values: dict[str, Any]) -> None:
    config = example(**values)
    assert read_settings(config["rebalance"])[1] == []
    assert accepts(config)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"treshold": 0.02}, id="a typo"),
        pytest.param({"targets": "Equal"}, id="a misspelt word"),
        pytest.param({"targets": None}, id="no targets"),
        pytest.param({"targets": {"BTC": 40, "ETH": 60}}, id="percent"),
        pytest.param({"targets": {"BTC": -0.1, "ETH": 1.1}}, id="negative"),
        pytest.param({"targets": {}}, id="no assets"),
        pytest.param({"targets": {"BTC": True, "ETH": False}}, id="booleans"),
        pytest.param({"targets": ["BTC", "ETH"]}, id="a list"),
        pytest.param({"period": 24}, id="a number as a period"),
        pytest.param({"period": "24 hours"}, id="words as a period"),
        pytest.param({"threshold": 3}, id="threshold in percent"),
        pytest.param({"threshold": 0}, id="threshold 0"),
        pytest.param({"threshold": "0.03"}, id="threshold as a string"),
        pytest.param({"threshold": {}}, id="empty map"),
        pytest.param({"combine": "xor"}, id="combine"),
        pytest.param({"threshold_kind": None}, id="kind null"),
        pytest.param({"destination": "half"}, id="destination"),
        pytest.param({"destination": 0}, id="destination 0"),
        pytest.param({"destination": 1.5}, id="too far"),
        pytest.param({"scope": "some"}, id="scope"),
        pytest.param({"cooldown": 5}, id="cool-down"),
        pytest.param({"reserve": 1}, id="reserve"),
        pytest.param({"reserve": -0.1}, id="negative reserve"),
        pytest.param({"min_trade": 0}, id="min_trade"),
        pytest.param({"investment": "all"}, id="investment"),
        pytest.param({"adopt_holdings": 1}, id="adopt"),
    ],
)
def test_it_refuses_what_the_reader_refuses(values: dict[str, Any]) -> None:
    config = example(**values)
    assert read_settings(config["rebalance"])[1] != []
    assert not accepts(config)


def test_it_asks_for_the_block_and_for_targets() -> None:
    config = example()
    without_block, without_targets = copy.deepcopy(config), copy.deepcopy(config)
    del without_block["rebalance"]
    del without_targets["rebalance"]["targets"]
    assert not accepts(without_block)
    assert not accepts(without_targets)
