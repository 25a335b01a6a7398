"""Appointments in slots that hold only so many."""
