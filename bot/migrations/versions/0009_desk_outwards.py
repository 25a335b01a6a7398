"""What agents offer, tokens of other systems, webhooks with their triggers, and questions to who waits.

Revision ID: 0009_desk_outwards
Revises: 0007_account_index
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

from bot.desk.webhooks import triggers
from bot.kit.db import UtcTime

revision = "0009_desk_outwards"
down_revision = "0007_account_index"
branch_labels = None
depends_on = None

OLD_ASKS = "ask IN ('message', 'phone', 'comment')"
NEW_ASKS = "ask IN ('message', 'phone', 'comment', 'what', 'which', 'wish')"
OLD_NOTICES = (
    "kind IN ('assigned', 'offered', 'mention', 'declined', 'accepted', 'released', 'taken_over', 'whisper',"
    " 'reply_due', 'complaint_due', 'callback_due', 'customer_back')"
)
NEW_NOTICES = OLD_NOTICES.replace(
    "'customer_back'", "'customer_back', 'operation', 'complaint_overdue', 'care'"
)


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("last_used_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failing_since", UtcTime(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("delivered_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'parked')", name=op.f("ck_webhook_delivery_state_known")
        ),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("event_id", name=op.f("uq_webhook_delivery_event_id")),
    )
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webhook_delivery_due",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            batch_op.f("ix_webhook_delivery_webhook_id_id"), ["webhook_id", "id"], unique=False
        )

    op.create_table(
        "webhook_event",
        sa.Column("webhook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_event_webhook_id")),
        sa.PrimaryKeyConstraint("webhook_id", "event", name=op.f("pk_webhook_event")),
    )
    op.create_table(
        "desk_operation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("needs_customer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'offered') = (settled_at IS NULL)", name=op.f("ck_desk_operation_settled_has_time")
        ),
        sa.CheckConstraint(
            "kind IN ('redeem', 'transfer', 'complaint_open', 'complaint_step')",
            name=op.f("ck_desk_operation_kind_known"),
        ),
        sa.CheckConstraint(
            "state <> 'offered' OR until IS NOT NULL", name=op.f("ck_desk_operation_offer_has_end")
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'done', 'refused', 'failed', 'expired', 'withdrawn')",
            name=op.f("ck_desk_operation_state_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_desk_operation_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_desk_operation_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_desk_operation_customer_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_desk_operation_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_operation")),
        sa.UniqueConstraint("key", name=op.f("uq_desk_operation_key")),
    )
    with op.batch_alter_table("desk_operation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_desk_operation_conversation_id_id"), ["conversation_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_desk_operation_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_desk_operation_offered",
            ["until"],
            unique=False,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index(batch_op.f("ix_desk_operation_ticket_id"), ["ticket_id"], unique=False)

    with op.batch_alter_table("desk_prompt", schema=None) as batch_op:
        _check(batch_op, "ck_desk_prompt_ask_known", NEW_ASKS)
        batch_op.add_column(sa.Column("heard_at", UtcTime(), nullable=True))
        batch_op.create_index(batch_op.f("ix_desk_prompt_heard_at"), ["heard_at"], unique=False)

    with op.batch_alter_table("notice", schema=None) as batch_op:
        _check(batch_op, "ck_notice_kind_known", NEW_NOTICES)
        batch_op.add_column(sa.Column("complaint", sa.String(length=24), nullable=True))
        batch_op.alter_column(
            "kind", existing_type=sa.VARCHAR(length=16), type_=sa.String(length=20), existing_nullable=False
        )
    for statement in triggers.create(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in triggers.drop(op.get_bind().dialect.name):
        op.execute(statement)
    op.execute("DELETE FROM notice WHERE kind IN ('operation', 'complaint_overdue', 'care')")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        _check(batch_op, "ck_notice_kind_known", OLD_NOTICES)
        batch_op.alter_column(
            "kind", existing_type=sa.String(length=20), type_=sa.VARCHAR(length=16), existing_nullable=False
        )
        batch_op.drop_column("complaint")

    op.execute("DELETE FROM desk_prompt WHERE ask IN ('what', 'which', 'wish')")
    with op.batch_alter_table("desk_prompt", schema=None) as batch_op:
        _check(batch_op, "ck_desk_prompt_ask_known", OLD_ASKS)
        batch_op.drop_index(batch_op.f("ix_desk_prompt_heard_at"))
        batch_op.drop_column("heard_at")

    with op.batch_alter_table("desk_operation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_operation_ticket_id"))
        batch_op.drop_index(
            "ix_desk_operation_offered",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index(batch_op.f("ix_desk_operation_customer_id"))
        batch_op.drop_index(batch_op.f("ix_desk_operation_conversation_id_id"))

    op.drop_table("desk_operation")
    op.drop_table("webhook_event")
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_delivery_webhook_id_id"))
        batch_op.drop_index(
            "ix_webhook_delivery_due",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_table("api_token")


def _check(batch_op: BatchOperations, name: str, condition: str) -> None:
    batch_op.drop_constraint(op.f(name), type_="check")
    batch_op.create_check_constraint(op.f(name), sa.text(condition))
