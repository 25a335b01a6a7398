"""Demo mode: what the shop page needs to let a newcomer play a customer."""
