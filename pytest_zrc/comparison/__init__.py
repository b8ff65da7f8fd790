"""Results compared with other results."""
