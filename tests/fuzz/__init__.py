"""Random configurations: each ends with an error that names a remedy, or runs as configured."""
