"""The desk: where people take over from the bot (docs/protocols/desk.md)."""
