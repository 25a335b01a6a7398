"""What a customer most likely comes for just now."""
