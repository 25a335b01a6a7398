"""Huitouke: a customer-service chatbot that speaks first."""
