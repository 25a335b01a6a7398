"""Web chat: sessions, socket and long poll (docs/protocols/webchat.md)."""
