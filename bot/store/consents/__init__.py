"""What customers have agreed to, refused, and withdrawn."""
