"""The desk: agents, tickets as threads, call backs, ratings.

Revision ID: 0005_desk
Revises: 0004_delivery
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.kit.db import UtcTime
from bot.migrations import append_only

revision = "0005_desk"
down_revision = "0004_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=4), nullable=False),
        sa.Column("duty_since", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=True),
        sa.Column("last_assigned_at", UtcTime(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("NOT disabled OR duty = 'off'", name=op.f("ck_agent_disabled_is_off")),
        sa.CheckConstraint("duty IN ('on', 'away', 'off')", name=op.f("ck_agent_duty_known")),
        sa.CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name=op.f("ck_agent_role_known")),
        sa.CheckConstraint("capacity BETWEEN 0 AND 50", name=op.f("ck_agent_capacity_sensible")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("login", name=op.f("uq_agent_login")),
    )
    op.create_table(
        "desk_rules",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_desk_rules")),
    )
    op.create_table(
        "login_guard",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", UtcTime(), nullable=True),
        sa.Column("locked_until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_login_guard")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_table(
        "agent_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("csrf", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_agent_session_agent_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_agent_session")),
    )
    with op.batch_alter_table("agent_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_session_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_audit_entry_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_agent_id_at"), ["agent_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_kind_at"), ["kind", "at"], unique=False)

    op.create_table(
        "canned_reply",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shortcut", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=True),
        sa.Column("intents", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_canned_reply_agent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_reply")),
    )
    with op.batch_alter_table("canned_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_canned_reply_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "team_member",
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_team_member_agent_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_member_team_id")),
        sa.PrimaryKeyConstraint("team_id", "agent_id", name=op.f("pk_team_member")),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_agent_id"), ["agent_id"], unique=False)

    op.create_table(
        "desk_prompt",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("ask", sa.String(length=8), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.CheckConstraint("ask IN ('message', 'phone', 'comment')", name=op.f("ck_desk_prompt_ask_known")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_desk_prompt_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk_prompt")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("offer_note", sa.Text(), nullable=True),
        sa.Column("offer_at", UtcTime(), nullable=True),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("opened_seq", sa.Integer(), nullable=False),
        sa.Column("queued_at", UtcTime(), nullable=False),
        sa.Column("rank_at", UtcTime(), nullable=False),
        sa.Column("promised_by", UtcTime(), nullable=True),
        sa.Column("assigned_at", UtcTime(), nullable=True),
        sa.Column("first_reply_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("close_reason", sa.String(length=24), nullable=True),
        sa.Column("waits_since", UtcTime(), nullable=True),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.Column("emotion", sa.String(length=8), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("moved_n", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'assigned') = (agent_id IS NOT NULL)", name=op.f("ck_ticket_assigned_by_name")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (close_reason IS NOT NULL)", name=op.f("ck_ticket_closed_has_reason")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_ticket_closed_has_time")
        ),
        sa.CheckConstraint("kind IN ('live', 'message', 'callback')", name=op.f("ck_ticket_kind_known")),
        sa.CheckConstraint(
            "offer_agent_id IS NULL OR state = 'assigned'", name=op.f("ck_ticket_offer_needs_owner")
        ),
        sa.CheckConstraint(
            "reason IN ('requested', 'not_understood', 'anger', 'green_channel', 'person_only', 'agent', 'reopened', 'api')",
            name=op.f("ck_ticket_reason_known"),
        ),
        sa.CheckConstraint("state IN ('waiting', 'assigned', 'closed')", name=op.f("ck_ticket_state_known")),
        sa.CheckConstraint(
            "(offer_agent_id IS NULL) = (offer_by_id IS NULL)", name=op.f("ck_ticket_offer_is_whole")
        ),
        sa.CheckConstraint("rank_at <= queued_at", name=op.f("ck_ticket_rank_never_late")),
        sa.CheckConstraint("unread >= 0", name=op.f("ck_ticket_unread_not_negative")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_ticket_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_ticket_conversation_id")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ticket_customer_id")),
        sa.ForeignKeyConstraint(["last_agent_id"], ["agent.id"], name=op.f("fk_ticket_last_agent_id")),
        sa.ForeignKeyConstraint(["offer_agent_id"], ["agent.id"], name=op.f("fk_ticket_offer_agent_id")),
        sa.ForeignKeyConstraint(["offer_by_id"], ["agent.id"], name=op.f("fk_ticket_offer_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_ticket_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_agent_state", ["agent_id", "state"], unique=False)
        batch_op.create_index("ix_ticket_closed_at", ["closed_at", "id"], unique=False)
        batch_op.create_index("ix_ticket_conversation", ["conversation_id", "id"], unique=False)
        batch_op.create_index("ix_ticket_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_ticket_n", ["n"], unique=False)
        batch_op.create_index("ix_ticket_offer", ["offer_agent_id"], unique=False)
        batch_op.create_index(
            "ix_ticket_open_n",
            ["n"],
            unique=False,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.create_index("ix_ticket_opened_at", ["opened_at"], unique=False)
        batch_op.create_index("ix_ticket_queue", ["state", "rank_at", "id"], unique=False)
        batch_op.create_index(
            "uq_ticket_open_conversation",
            ["conversation_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )

    op.create_table(
        "callback",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("window_from", UtcTime(), nullable=False),
        sa.Column("window_to", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("settled_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (settled_at IS NULL)", name=op.f("ck_callback_settled_has_time")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'failed', 'cancelled')", name=op.f("ck_callback_state_known")
        ),
        sa.CheckConstraint("window_from < window_to", name=op.f("ck_callback_window_has_length")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_callback_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_callback_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callback_state_window_to"), ["state", "window_to"], unique=False)
        batch_op.create_index(batch_op.f("ix_callback_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "uq_callback_open_ticket",
            ["ticket_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('assigned', 'offered', 'mention', 'declined', 'accepted', 'released', 'taken_over', 'whisper', 'reply_due', 'complaint_due', 'callback_due', 'customer_back')",
            name=op.f("ck_notice_kind_known"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_notice_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_notice_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
        sa.UniqueConstraint("n", name=op.f("uq_notice_n")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_agent_id_n"), ["agent_id", "n"], unique=False)

    op.create_table(
        "rating",
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name=op.f("ck_rating_answer_has_time")),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_rating_score_in_range")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_rating_agent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_rating_customer_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_rating_ticket_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_rating")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_rating_customer_id_asked_at"), ["customer_id", "asked_at"], unique=False
        )

    op.create_table(
        "ticket_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("to_agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("to_team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=True),
        sa.CheckConstraint(
            "(actor_kind = 'agent') = (agent_id IS NOT NULL)", name=op.f("ck_ticket_entry_agent_acts_by_name")
        ),
        sa.CheckConstraint(
            "actor_kind IN ('customer', 'bot', 'agent', 'system', 'api')",
            name=op.f("ck_ticket_entry_actor_kind_known"),
        ),
        sa.CheckConstraint(
            "kind <> 'transferred' OR to_team_id IS NOT NULL", name=op.f("ck_ticket_entry_goes_to_team")
        ),
        sa.CheckConstraint(
            "kind IN ('opened', 'queued', 'details', 'offered', 'accepted', 'declined', 'withdrawn', 'assigned', 'transferred', 'released', 'note', 'listening', 'operation', 'callback', 'message', 'left', 'handed_back', 'closed', 'reopened', 'rated')",
            name=op.f("ck_ticket_entry_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('accepted', 'declined', 'handed_back') OR agent_id IS NOT NULL",
            name=op.f("ck_ticket_entry_by_agent"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('note', 'message') OR length(text) > 0", name=op.f("ck_ticket_entry_note_has_text")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('offered', 'assigned') OR to_agent_id IS NOT NULL",
            name=op.f("ck_ticket_entry_goes_to_agent"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('opened', 'assigned', 'released', 'closed', 'reopened') OR reason IS NOT NULL",
            name=op.f("ck_ticket_entry_has_reason"),
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_ticket_entry_agent_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_entry_ticket_id")),
        sa.ForeignKeyConstraint(["to_agent_id"], ["agent.id"], name=op.f("fk_ticket_entry_to_agent_id")),
        sa.ForeignKeyConstraint(["to_team_id"], ["team.id"], name=op.f("fk_ticket_entry_to_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_ticket_entry_key")),
        sa.UniqueConstraint("ticket_id", "number", name=op.f("uq_ticket_entry_ticket_id_number")),
    )
    with op.batch_alter_table("ticket_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_entry_kind_at"), ["kind", "at"], unique=False)

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agent_version", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("desk_until", UtcTime(), nullable=True))
        batch_op.create_index("ix_conversation_owner", ["owner", "last_message_at"], unique=False)

    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("author_name", sa.String(length=40), nullable=True))

    for table in append_only.DESK:
        append_only.protect(table)


def downgrade() -> None:
    for table in append_only.DESK:
        append_only.release(table)
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_column("author_name")

    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index("ix_conversation_owner")
        batch_op.drop_column("desk_until")
        batch_op.drop_column("agent_version")

    with op.batch_alter_table("ticket_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_entry_kind_at"))

    op.drop_table("ticket_entry")
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rating_customer_id_asked_at"))
        batch_op.drop_index(batch_op.f("ix_rating_asked_at"))

    op.drop_table("rating")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_agent_id_n"))

    op.drop_table("notice")

    with op.batch_alter_table("callback", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_callback_open_ticket",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_callback_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_callback_state_window_to"))

    op.drop_table("callback")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ticket_open_conversation",
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.drop_index("ix_ticket_queue")
        batch_op.drop_index("ix_ticket_opened_at")
        batch_op.drop_index(
            "ix_ticket_open_n",
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        )
        batch_op.drop_index("ix_ticket_offer")
        batch_op.drop_index("ix_ticket_n")
        batch_op.drop_index("ix_ticket_customer")
        batch_op.drop_index("ix_ticket_conversation")
        batch_op.drop_index("ix_ticket_closed_at")
        batch_op.drop_index("ix_ticket_agent_state")

    op.drop_table("ticket")
    op.drop_table("desk_prompt")

    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_member_agent_id"))

    op.drop_table("team_member")
    with op.batch_alter_table("canned_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_canned_reply_agent_id"))

    op.drop_table("canned_reply")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_kind_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_agent_id_at"))

    op.drop_table("audit_entry")
    with op.batch_alter_table("agent_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agent_session_agent_id"))

    op.drop_table("agent_session")
    op.drop_table("team")
    op.drop_table("login_guard")
    op.drop_table("desk_rules")
    op.drop_table("agent")
