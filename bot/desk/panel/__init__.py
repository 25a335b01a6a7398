"""The customer beside the conversation: what an agent may see, each look logged."""
