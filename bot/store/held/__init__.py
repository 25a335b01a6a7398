"""Money the company keeps for a customer, visible to them until it is paid out."""
