"""The door between conversations and the desk (bot.conversations.handoff.HandoffDesk)."""
