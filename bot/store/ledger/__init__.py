"""Double-entry bookkeeping of points and money, in whole points and whole fen."""
