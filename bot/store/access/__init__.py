"""The log of who read what about whom, when and why."""
