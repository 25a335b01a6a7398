"""Requests that were carried out: the same key is the same request, sent again."""
