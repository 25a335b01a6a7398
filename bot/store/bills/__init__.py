"""Bills, line by line."""
