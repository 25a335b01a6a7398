"""Tables whose rows are only ever added: the database itself refuses to change them.

A revision that rebuilds such a table on SQLite (batch mode) loses the triggers and calls `protect` again; a
test checks that they are there.
"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

LEDGER = ("ledger_transaction", "ledger_entry", "ledger_consumption")
EVIDENCE = ("consent", "identity_binding")
STORE = LEDGER + EVIDENCE
DESK = ("ticket_entry", "audit_entry")
TABLES = STORE + DESK


def protect(table: str) -> None:
    """Refuse UPDATE and DELETE on `table`."""
    message = f"{table} is append-only"
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def protect_but_emptying(table: str, kept: Sequence[str], text: str, data: str, gone: str) -> None:
    """Refuse DELETE, and every UPDATE but one that empties: `kept` columns stay as they are, `text` becomes
    `gone` if there is any, and `data` (JSON) does not grow. So a customer's words can be erased."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    same = "IS" if sqlite else "IS NOT DISTINCT FROM"
    length = "length({}.{})" if sqlite else "length({}.{}::text)"
    emptied = [f"NEW.{column} {same} OLD.{column}" for column in kept]
    emptied.append(f"(NEW.{text} {same} OLD.{text} OR NEW.{text} = '{gone}')")
    emptied.append(f"{length.format('NEW', data)} <= {length.format('OLD', data)}")
    unless = f"NOT ({' AND '.join(emptied)})"
    if sqlite:
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {unless} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    for verb, when in (("DELETE", ""), ("UPDATE", f"WHEN ({unless})")):
        name = f"{table}_append_only" if verb == "DELETE" else f"{table}_only_emptied"
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION refuse_change()"
        )


def release_emptying(table: str) -> None:
    """Refuse every change again."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP TRIGGER {table}_only_emptied ON {table}")
    release(table)
    protect(table)


def release(table: str) -> None:
    """Take the protection away again."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
