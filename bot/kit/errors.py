"""One family of errors. Each says what to do about it and carries its HTTP status."""

from __future__ import annotations

from math import ceil
from typing import ClassVar


class HuitoukeError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"

    def __init__(self, message: str | None = None, /, **details: object) -> None:
        # The docstring of the class is the message when none is given.
        self.message = message or (type(self).__doc__ or "").strip()
        self.details = details
        super().__init__(self.message)


class BadInput(HuitoukeError):
    """The input is not valid."""

    status = 400
    code = "bad_input"


class NotFound(HuitoukeError):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Forbidden(HuitoukeError):
    """This is not allowed."""

    status = 403
    code = "forbidden"


class Unauthorized(HuitoukeError):
    """Say who you are first."""

    status = 401
    code = "unauthorized"


class Conflict(HuitoukeError):
    """The state has changed meanwhile: read it again."""

    status = 409
    code = "conflict"


class TooMany(HuitoukeError):
    """Too much at once: wait a little."""

    status = 429
    code = "rate_limited"

    def __init__(self, message: str | None = None, /, *, retry_after: float = 1.0, **details: object) -> None:
        super().__init__(message, retry_after=retry_after, **details)
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """What HTTP says of it: whole seconds, after which it really is allowed again."""
        return {"Retry-After": str(max(1, ceil(self.retry_after)))}


class Unavailable(HuitoukeError):
    """A part we need does not answer: try again in a moment."""

    status = 503
    code = "unavailable"


class DeliveryUnknown(HuitoukeError):
    """The platform did not say whether it took the message: sending again could double it."""

    status = 504
    code = "delivery_unknown"


class Held(HuitoukeError):
    """Nothing may be sent to this customer until they write again."""

    status = 409
    code = "held"
