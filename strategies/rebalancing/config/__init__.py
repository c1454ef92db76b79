"""The block ``rebalance`` of the configuration."""
