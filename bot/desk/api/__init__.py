"""The HTTP API for other systems (docs/protocols/api.md)."""
