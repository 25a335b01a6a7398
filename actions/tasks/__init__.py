"""Tasks: what takes more than one question. A topic writes a script; this package holds the conversation.

See docs/decisions/0008-tasks-are-scripts.md.
"""
