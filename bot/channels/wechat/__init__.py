"""The official account (公众号)."""
