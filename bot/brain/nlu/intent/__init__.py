"""The intent model: sparse features of characters and words, linear classifiers, calibrated confidence."""
