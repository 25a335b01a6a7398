"""Files; and messages that are held until the customer writes, with the reason why they have not arrived.

Revision ID: 0004_delivery
Revises: 0003_promises
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from bot.kit.db import UtcTime

revision = "0004_delivery"
down_revision = "0003_promises"
branch_labels = None
depends_on = None

OLD = "state IN ('waiting', 'done', 'failed', 'logged', 'queued', 'sending', 'sent', 'unknown', 'refused')"
NEW = OLD.replace("'sent'", "'held', 'sent'")
OLD_OPEN = "state IN ('waiting', 'queued', 'sending')"
NEW_OPEN = "state IN ('waiting', 'queued', 'sending', 'held')"


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('expected', 'kept', 'missing')", name=op.f("ck_stored_file_state_known")
        ),
        sa.CheckConstraint("size >= 0", name=op.f("ck_stored_file_size_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )
    op.drop_index("ix_message_open", table_name="message")
    with op.batch_alter_table("message", schema=None) as batch_op:
        _states(batch_op, NEW)
        batch_op.add_column(sa.Column("problem", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("merged_into", sa.String(length=40), nullable=True))
    _index(NEW_OPEN)


def downgrade() -> None:
    op.drop_index("ix_message_open", table_name="message")
    op.execute("UPDATE message SET state = 'refused' WHERE state = 'held'")
    with op.batch_alter_table("message", schema=None) as batch_op:
        _states(batch_op, OLD)
        batch_op.drop_column("merged_into")
        batch_op.drop_column("problem")
    _index(OLD_OPEN)
    op.drop_table("stored_file")


def _states(batch_op: BatchOperations, states: str) -> None:
    batch_op.drop_constraint(op.f("ck_message_state_known"), type_="check")
    batch_op.create_check_constraint(op.f("ck_message_state_known"), sa.text(states))


def _index(open_states: str) -> None:
    op.create_index(
        "ix_message_open",
        "message",
        ["state", "next_attempt_at"],
        unique=False,
        sqlite_where=sa.text(open_states),
        postgresql_where=sa.text(open_states),
    )
