"""The queue: who is next, how long it takes, and who takes them."""
