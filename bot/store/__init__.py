"""The customer store: who the customers are and what the company owes them."""
