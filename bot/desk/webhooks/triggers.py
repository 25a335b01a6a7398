"""The outbox of webhooks is filled by the database, in the transaction that writes what is told.

Messages are written in several places, some of them outside the desk; a trigger sees them all, and costs
nothing while nobody listens. The migration makes these triggers; a table that a later migration copies
loses them and needs them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

SOURCES: Final = {
    "message": ("'message.' || NEW.author", "'message:' || NEW.id", "NEW.created_at"),
    "ticket_entry": ("'ticket.' || NEW.kind", "'entry:' || NEW.id", "NEW.at"),
    "complaint_event": ("'complaint.' || NEW.step", "'complaint:' || NEW.id", "NEW.at"),
}
"""Table: the event's name, what it is about, when it happened."""


def create(dialect: str) -> Iterator[str]:
    """The statements that make the triggers, for "sqlite" or "postgresql"."""
    for table, (event, subject, at) in SOURCES.items():
        id_ = (
            "lower(hex(randomblob(16)))"
            if dialect == "sqlite"
            else "replace(gen_random_uuid()::text, '-', '')"
        )
        family = f"{event.split(' || ')[0][:-1]}*'"
        insert = (
            "INSERT INTO webhook_delivery"  # noqa: S608 - made of the constants above
            " (event_id, webhook_id, event, subject, state, attempts, next_at, at)"
            f" SELECT 'evt_' || {id_}, w.id, {event}, {subject}, 'pending', 0, {at}, {at} FROM webhook w"
            " WHERE w.active AND EXISTS (SELECT 1 FROM webhook_event e WHERE e.webhook_id = w.id"
            f" AND e.event IN ('*', {family}, {event}));"
        )
        name = f"{table}_tells_webhooks"
        if dialect == "sqlite":
            yield f"CREATE TRIGGER {name} AFTER INSERT ON {table} BEGIN {insert} END"
        else:
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN {insert} RETURN NULL; END $$"
            )
            yield f"CREATE TRIGGER {name} AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def drop(dialect: str) -> Iterator[str]:
    """The statements that take them away again."""
    for table in SOURCES:
        name = f"{table}_tells_webhooks"
        if dialect == "sqlite":
            yield f"DROP TRIGGER {name}"
        else:
            yield f"DROP TRIGGER {name} ON {table}"
            yield f"DROP FUNCTION {name}()"
