"""Text classifiers: sparse features of characters and words, a linear machine, calibrated confidence."""
