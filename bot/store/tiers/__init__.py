"""What each tier brings."""
