"""``python -m rebalancing``: the same as the command ``rebalance``."""

from rebalancing.cli import main

main(prog_name="rebalance")
