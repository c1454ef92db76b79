"""The explorer: many policies on one history, and which of them may be chosen."""
