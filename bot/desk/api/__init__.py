"""The HTTP API for other systems (docs/protocols/api.md): tokens, endpoints, and their OpenAPI document."""
