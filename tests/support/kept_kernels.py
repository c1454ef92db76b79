"""What a policy ends with, by a kernel that was kept or not."""

from rebalancing.config.settings import read_settings
from rebalancing.explore.following import Follower, Kernel
from rebalancing.policy.policy import Policy
from tests.support.scenes import plain_scene


def ended(kernel: Kernel) -> float:
    """Return the cash of a policy at the end."""
    scene = plain_scene(200)
    block = {"targets": "equal", "threshold": 0.02}
    policy = Policy(read_settings(block)[0], scene.prices.assets, "USDT")
    return Follower(kernel, scene.prices, scene.markets, scene.cash).follow(policy).cash
