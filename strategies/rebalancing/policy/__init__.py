"""Targets, triggers and destinations: when a round is due and where it goes."""
