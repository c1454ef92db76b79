"""Judges of a search: what may be concluded from many policies on one history."""
