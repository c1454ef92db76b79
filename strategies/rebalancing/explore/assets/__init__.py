"""What to know of assets before they become targets: each by itself, and all of them together."""
