"""``rebalance schema``: the JSON schema of a configuration."""

from __future__ import annotations

import json

import click


@click.command()
def schema() -> None:
    """Print the JSON schema of a configuration with a rebalance block."""
    from rebalancing.config.schema import config_schema

    click.echo(json.dumps(config_schema(), indent=2))
