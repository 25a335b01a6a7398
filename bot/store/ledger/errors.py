"""What the ledger refuses."""

from __future__ import annotations

from bot.kit.errors import Conflict, HuitoukeError


class TooLittle(HuitoukeError):
    """There is not enough to take: nothing was taken."""

    status = 409
    code = "too_little"

    def __init__(self, wanted: int, available: int) -> None:
        super().__init__(None, wanted=wanted, available=available)
        self.wanted = wanted
        self.available = available


class AlreadyReversed(Conflict):
    """This transaction was already reversed."""

    code = "already_reversed"


class NotReversible(Conflict):
    """This transaction cannot be reversed: what it gave has been used since. Adjust instead."""

    code = "not_reversible"
