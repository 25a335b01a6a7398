"""How the brain decides what to do next."""
