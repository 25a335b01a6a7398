"""The steps of the set-up. Plain Python 3.6, standard library only."""
