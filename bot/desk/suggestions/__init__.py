"""Suggested replies: from what the bot understood, what the store knows, and what colleagues say often."""
