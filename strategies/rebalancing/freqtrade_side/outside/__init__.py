"""A bot seen from outside: its database, its configuration, what it is doing and would do."""
