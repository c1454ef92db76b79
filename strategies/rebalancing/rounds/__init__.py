"""A round: its plan, its tries, its end."""
