"""Care: notices before the customer has to ask, says so at the right moment, once (docs/care.md)."""
