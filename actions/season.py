"""The care projects of the season: the same for everybody, told to who asks."""

from __future__ import annotations

from actions.base import Call, CustomerAction, Events
from bot.kit.clock import local_date
from bot.store.seasons.service import projects_on

NEXT = {"预约上门": "/book_visit", "转人工": "/request_human"}


class Season(CustomerAction):
    """The project that a notice spoke of, else all that run now."""

    topic = "season_project"
    intent = "season_project"
    title = "看换季关怀"

    async def answer(self, call: Call) -> Events:
        async with call.runtime.database.read() as session:
            projects = await projects_on(session, local_date(call.now, call.time_zone))
        wanted = call.entity("project")
        told = [each for each in projects if each.code == wanted] or projects
        if not told:
            call.say("现在没有正在进行的换季关怀。", buttons=NEXT)
            return []
        call.say("\n".join(f"{each.name}：{each.text}" for each in told), buttons=NEXT)
        return []
