"""Call backs: a customer who is to be called within a window."""
