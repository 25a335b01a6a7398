"""The queue of erasures; what was written at the desk about a customer can be emptied.

Revision ID: 0012_erasure
Revises: 0010_care
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.kit.db import UtcTime
from bot.migrations import append_only

revision = "0012_erasure"
down_revision = "0010_care"
branch_labels = None
depends_on = None

ENTRY = "ticket_entry"
KEPT = ("id", "ticket_id", "number", "at", "kind", "actor_kind", "agent_id", "to_agent_id", "to_team_id",
        "reason", "key")  # fmt: skip
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("customer_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.CheckConstraint("state IN ('asked', 'cleared', 'done')", name=op.f("ck_erasure_state_known")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_erasure_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_erasure_customer_id")),
    )
    op.create_index(
        "ix_erasure_open",
        "erasure",
        ["next_at"],
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )
    append_only.protect_but_emptying(ENTRY, KEPT, "text", "data", "（已删除）")


def downgrade() -> None:
    append_only.release_emptying(ENTRY)
    op.drop_table("erasure")
