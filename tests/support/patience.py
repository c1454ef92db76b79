"""How long tests wait for what must come."""

PATIENCE = 240.0
"""Seconds on the clock: a machine that is busy with other work is up to thirty times slower than an
idle one. A test that has waited so long fails; none succeeds by waiting."""
