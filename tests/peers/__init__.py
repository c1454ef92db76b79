"""bt and vectorbt on the same policies, prices and fees."""
