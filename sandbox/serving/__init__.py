"""The server on loopback, what goes wrong on demand, and the control endpoint."""
