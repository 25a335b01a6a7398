"""Simulated customers who pursue goals through the real brain and the real actions."""
