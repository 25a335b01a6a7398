"""What customers decide about messages that we begin: later, or never again."""
