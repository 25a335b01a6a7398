"""Care: occurrences, decisions, settings of triggers, marks, audit; snoozes of customers.

Revision ID: 0010_care
Revises: 0009_desk_outwards
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.kit.db import UtcTime

revision = "0010_care"
down_revision = "0009_desk_outwards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "care_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_audit")),
    )
    with op.batch_alter_table("care_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_audit_at"), ["at"], unique=False)

    op.create_table(
        "care_mark",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("safe", sa.BigInteger(), nullable=False),
        sa.Column("safe_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_care_mark")),
    )
    op.create_table(
        "care_switch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_switch")),
    )
    op.create_table(
        "care_trigger",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("hold_out", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.CheckConstraint("hold_out BETWEEN 0 AND 50", name=op.f("ck_care_trigger_hold_out_share")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_care_trigger")),
    )
    op.create_table(
        "care_customer",
        sa.Column(
            "customer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("decided_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_care_customer_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_care_customer")),
    )
    op.create_table(
        "care_occurrence",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("marketing", sa.Boolean(), nullable=True),
        sa.Column("planned_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.Column("conversation_id", sa.String(length=40), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("delivered_at", UtcTime(), nullable=True),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("goal_at", UtcTime(), nullable=True),
        sa.Column("refused_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'deferred', 'parked', 'sending', 'sent', 'unknown', 'to_agent', 'held_out', 'suppressed', 'lapsed')",
            name=op.f("ck_care_occurrence_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'held_out') OR sent_at IS NOT NULL",
            name=op.f("ck_care_occurrence_sent_has_time"),
        ),
        sa.CheckConstraint("expires_at > planned_at", name=op.f("ck_care_occurrence_expires_after_planned")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_care_occurrence_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_occurrence")),
        sa.UniqueConstraint(
            "customer_id", "trigger", "key", name=op.f("uq_care_occurrence_customer_id_trigger_key")
        ),
    )
    with op.batch_alter_table("care_occurrence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_care_occurrence_open",
            ["trigger", "due_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('planned', 'deferred', 'parked', 'sending')"),
            postgresql_where=sa.text("state IN ('planned', 'deferred', 'parked', 'sending')"),
        )
        batch_op.create_index(
            "ix_care_occurrence_out",
            ["trigger", "sent_at"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NOT NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL"),
        )

    op.create_table(
        "care_snooze",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column("occurrence", sa.String(length=120), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("taken_at", UtcTime(), nullable=True),
        sa.CheckConstraint("until > made_at", name=op.f("ck_care_snooze_until_after_made")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_care_snooze_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_snooze")),
        sa.UniqueConstraint("key", name=op.f("uq_care_snooze_key")),
    )
    with op.batch_alter_table("care_snooze", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_snooze_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_care_snooze_waiting",
            ["until"],
            unique=False,
            sqlite_where=sa.text("taken_at IS NULL"),
            postgresql_where=sa.text("taken_at IS NULL"),
        )

    op.create_table(
        "care_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["care_occurrence.id"], name=op.f("fk_care_decision_occurrence_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_decision")),
    )
    with op.batch_alter_table("care_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_care_decision_occurrence_id_id"), ["occurrence_id", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("care_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_decision_occurrence_id_id"))

    op.drop_table("care_decision")
    with op.batch_alter_table("care_snooze", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_care_snooze_waiting",
            sqlite_where=sa.text("taken_at IS NULL"),
            postgresql_where=sa.text("taken_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_care_snooze_customer_id"))

    op.drop_table("care_snooze")
    with op.batch_alter_table("care_occurrence", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_care_occurrence_out",
            sqlite_where=sa.text("sent_at IS NOT NULL"),
            postgresql_where=sa.text("sent_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_care_occurrence_open",
            sqlite_where=sa.text("state IN ('planned', 'deferred', 'parked', 'sending')"),
            postgresql_where=sa.text("state IN ('planned', 'deferred', 'parked', 'sending')"),
        )

    op.drop_table("care_occurrence")
    op.drop_table("care_customer")
    op.drop_table("care_trigger")
    op.drop_table("care_switch")
    op.drop_table("care_mark")
    with op.batch_alter_table("care_audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_audit_at"))

    op.drop_table("care_audit")
