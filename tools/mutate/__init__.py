"""Puts small faults into the code, one at a time, and tells which ones the tests do not notice."""
