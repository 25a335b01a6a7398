"""Facts about a customer: where each comes from, what it may be used for, and until when."""
