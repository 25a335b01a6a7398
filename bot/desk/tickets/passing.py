"""Pass a ticket on: to an agent who may decline, or to a team's queue."""

from __future__ import annotations

from bot.desk.ids import TeamId
from bot.desk.teams.models import Team
from bot.desk.tickets import sentences
from bot.desk.tickets.errors import NoOffer
from bot.desk.tickets.holding import Person, agent_row, require_held, require_on_duty
from bot.desk.tickets.standing import NewEntry
from bot.desk.tickets.thread import add
from bot.desk.work import Matter, Work
from bot.kit.errors import BadInput, NotFound
from bot.kit.ids import AgentId


async def offer(work: Work, matter: Matter, to: AgentId, note: str, person: Person) -> None:
    """Offer the ticket to another agent; it stays with its holder until they accept."""
    await require_held(work, matter, person)
    if to == person.id:
        raise BadInput("不能转接给自己。")
    await require_on_duty(work, to)
    await add(work, matter, NewEntry("offered", person.actor, to_agent=to, text=_note(note)))
    await work.tell(to, "offered", matter.ticket.id, f"{person.name}想把一位客户转给您：{note.strip()}")


async def accept(work: Work, matter: Matter, person: Person) -> None:
    """Take an offered ticket; the customer is told."""
    by = matter.ticket.offer_by_id
    await add(work, matter, NewEntry("accepted", person.actor))
    agent = await agent_row(work, person.id)
    agent.last_assigned_at = work.now
    work.say(matter.row, sentences.served_by(person.name))
    if by is not None:
        await work.tell(by, "accepted", matter.ticket.id, f"{person.name}接受了转接")


async def decline(work: Work, matter: Matter, note: str, person: Person) -> None:
    """Say no to an offer; its maker hears why."""
    by = matter.ticket.offer_by_id
    await add(work, matter, NewEntry("declined", person.actor, text=note.strip() or None))
    if by is not None:
        why = f"：{note.strip()}" if note.strip() else ""
        await work.tell(by, "declined", matter.ticket.id, f"{person.name}没有接受转接{why}")


async def withdraw(work: Work, matter: Matter, person: Person) -> None:
    """Take one's own offer back."""
    if matter.ticket.offer_agent_id is None:
        raise NoOffer()
    await require_held(work, matter, person)
    await add(work, matter, NewEntry("withdrawn", person.actor))


async def pass_to_team(work: Work, matter: Matter, to: TeamId, note: str, person: Person) -> None:
    """Put the ticket into a team's queue, at the place it had."""
    await require_held(work, matter, person)
    team = await work.session.get(Team, to)
    if team is None:
        raise NotFound("没有这个小组。")
    await add(work, matter, NewEntry("transferred", person.actor, to_team=to, text=_note(note)))
    work.say(matter.row, sentences.passed_to_team(team.name))


def _note(text: str) -> str:
    if not text.strip():
        raise BadInput("转接要写一句说明，让接手的同事知道情况。")
    return text.strip()
