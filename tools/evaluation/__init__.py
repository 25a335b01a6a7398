"""What the evaluation commands share. They run in the brain's environment."""
