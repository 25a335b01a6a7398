"""Why the desk refuses; each code is in docs/protocols/desk.md."""

from __future__ import annotations

from bot.kit.errors import Conflict


class Taken(Conflict):
    """另一位同事已经接了这个会话。"""

    code = "taken"


class NotYours(Conflict):
    """这个会话不在您手里，先接手再操作。"""

    code = "not_yours"


class HandedBack(Conflict):
    """这个会话已经转回小回，您的消息没有发出。需要的话请先接手。"""

    code = "handed_back"


class AlreadyClosed(Conflict):
    """这张工单已经关闭，需要的话请先重新打开。"""

    code = "closed"


class StillOpen(Conflict):
    """这张工单还开着，不用重新打开。"""

    code = "still_open"


class NotAssigned(Conflict):
    """这张工单还没有人接手。"""

    code = "not_assigned"


class NotWaiting(Conflict):
    """这位客户已经不在排队了。"""

    code = "not_open"


class NoOffer(Conflict):
    """没有等您接受的转接。"""

    code = "no_offer"


class OffDuty(Conflict):
    """这位同事现在不在岗，换一位或者转给小组。"""

    code = "off_duty"
