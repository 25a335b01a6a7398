"""What the customer says to a notice that care has sent: docs/protocols/care.md."""
