"""Custom actions, one module per topic. They answer from the customer store; Rasa decides when."""
