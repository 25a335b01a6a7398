"""Tables whose rows are only ever added: the database itself refuses to change them.

A revision that rebuilds such a table on SQLite (batch mode) loses the triggers and calls `protect` again; a
test checks that they are there.
"""

from __future__ import annotations

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


def release(table: str) -> None:
    """Take the protection away again."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
