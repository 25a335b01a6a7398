"""Points, balances and complaints from a company's own HTTP service instead of our tables."""
