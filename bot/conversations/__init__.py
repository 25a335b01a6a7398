"""Message log, ownership, outbox, and the way to the brain."""
