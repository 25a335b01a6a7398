"""Further ways to reach a customer."""
