"""The dialogue side: Rasa with our own components. Runs in its own environment, on loopback only."""
