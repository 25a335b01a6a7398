"""Why the house does not start."""


class StartFailed(Exception):
    """A part cannot be started; the message is one sentence that says what to do."""
