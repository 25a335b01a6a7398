"""Store operations that an agent offers, checked as the bot's are, confirmed by the customer."""
