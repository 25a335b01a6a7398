"""While a customer waits, the bot takes the details, so that whoever takes over is informed."""
