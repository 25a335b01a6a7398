"""Prompts: a question that the desk asked the customer and whose answer is not for the bot."""
