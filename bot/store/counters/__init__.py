"""Counters that never give a number twice."""
