"""What happens, one type each, and how it is written and told."""
