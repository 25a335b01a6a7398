"""The store: customers, identities, ledger, cards, complaints, orders, consents, access log.

Revision ID: 0001_store
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.kit.db import UtcTime

revision = "0001_store"
down_revision = None
branch_labels = None
depends_on = None


COMPANY_ACCOUNTS = {"points": (1, 2, 3, 4), "fen": (11, 12, 13, 14, 15, 16)}
FIRST_CUSTOMER_ACCOUNT = 101


def _add_company_accounts() -> None:
    """The company's own side of the ledger has fixed ids; customers' accounts begin after them."""
    account = sa.table("ledger_account", sa.column("id"), sa.column("kind"), sa.column("unit"))
    op.bulk_insert(
        account,
        [
            {"id": id_, "kind": "company", "unit": unit}
            for unit, ids in COMPANY_ACCOUNTS.items()
            for id_ in ids
        ],
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER SEQUENCE ledger_account_id_seq RESTART WITH {FIRST_CUSTOMER_ACCOUNT}")


def upgrade() -> None:
    op.create_table(
        "card_type",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("transferable", sa.Boolean(), nullable=False),
        sa.Column("hall_months", sa.Integer(), nullable=False),
        sa.CheckConstraint("hall_months >= 0", name=op.f("ck_card_type_hall_months_not_negative")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_card_type")),
    )
    op.create_table(
        "code_guard",
        sa.Column("subject", sa.String(length=70), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", UtcTime(), nullable=True),
        sa.Column("locked_until", UtcTime(), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_code_guard_failures_not_negative")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_code_guard")),
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "demo_sms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_sms")),
    )
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("reverses_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "kind IN ('earn', 'redeem', 'expire', 'adjust', 'reverse', 'top_up', 'spend', 'transfer', 'hold', 'release', 'import')",
            name=op.f("ck_ledger_transaction_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_transaction_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transaction_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_transaction_reverses_id")),
    )
    op.create_table(
        "tier",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("key_account", sa.Boolean(), nullable=False),
        sa.CheckConstraint("threshold >= 0", name=op.f("ck_tier_threshold_not_negative")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_tier")),
        sa.UniqueConstraint("rank", name=op.f("uq_tier_rank")),
    )
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_number", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("tier_code", sa.String(length=20), nullable=True),
        sa.Column("manager_name", sa.String(length=80), nullable=True),
        sa.Column("manager_phone", sa.String(length=40), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("locale", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("erased_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "length(member_number) = 10 AND substr(member_number, 1, 2) = 'HM'",
            name=op.f("ck_customer_member_number_shape"),
        ),
        sa.CheckConstraint(
            "phone IS NULL OR substr(phone, 1, 1) = '+'", name=op.f("ck_customer_phone_is_e164")
        ),
        sa.CheckConstraint(
            "erased_at IS NULL OR phone IS NULL", name=op.f("ck_customer_erased_has_no_phone")
        ),
        sa.ForeignKeyConstraint(["tier_code"], ["tier.code"], name=op.f("fk_customer_tier_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customer_external_id")),
        sa.UniqueConstraint("member_number", name=op.f("uq_customer_member_number")),
        sa.UniqueConstraint("phone", name=op.f("uq_customer_phone")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_tier_code"), ["tier_code"], unique=False)

    op.create_table(
        "card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("type_code", sa.String(length=20), nullable=False),
        sa.Column("face_value", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", UtcTime(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'blocked', 'closed')", name=op.f("ck_card_state_known")),
        sa.CheckConstraint("face_value >= 0", name=op.f("ck_card_face_value_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_card_customer_id")),
        sa.ForeignKeyConstraint(["type_code"], ["card_type.code"], name=op.f("fk_card_type_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("number", name=op.f("uq_card_number")),
    )
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_valid_until"), ["valid_until"], unique=False)

    op.create_table(
        "channel_identity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("verified_at", UtcTime(), nullable=True),
        sa.Column("verified_until", UtcTime(), nullable=True),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "(level = 'anonymous') = (customer_id IS NULL)",
            name=op.f("ck_channel_identity_anonymous_has_no_customer"),
        ),
        sa.CheckConstraint(
            "level <> 'verified' OR (verified_at IS NOT NULL AND verified_until IS NOT NULL)",
            name=op.f("ck_channel_identity_verified_has_times"),
        ),
        sa.CheckConstraint(
            "level IN ('anonymous', 'known', 'verified')", name=op.f("ck_channel_identity_level_known")
        ),
        sa.CheckConstraint(
            "revoked_at IS NULL OR level = 'anonymous'", name=op.f("ck_channel_identity_revoked_is_anonymous")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_channel_identity_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_identity")),
        sa.UniqueConstraint(
            "channel",
            "account",
            "channel_user",
            name=op.f("uq_channel_identity_channel_account_channel_user"),
        ),
    )
    with op.batch_alter_table("channel_identity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_identity_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "complaint",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=15), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("green_channel", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=True),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("received_at", UtcTime(), nullable=False),
        sa.Column("first_reply_due", UtcTime(), nullable=False),
        sa.Column("first_reply_at", UtcTime(), nullable=True),
        sa.Column("appeal_from", UtcTime(), nullable=False),
        sa.Column("responded_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('received', 'acknowledged', 'assessed', 'investigating', 'waiting_customer', 'responded', 'closed')",
            name=op.f("ck_complaint_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('responded', 'closed') OR first_reply_at IS NOT NULL",
            name=op.f("ck_complaint_an_end_needs_a_reply"),
        ),
        sa.CheckConstraint("escalation >= 0", name=op.f("ck_complaint_escalation_not_negative")),
        sa.CheckConstraint(
            "first_reply_at IS NULL OR first_reply_at >= received_at",
            name=op.f("ck_complaint_reply_after_receipt"),
        ),
        sa.CheckConstraint("first_reply_due > received_at", name=op.f("ck_complaint_due_after_receipt")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_complaint_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("external_id", name=op.f("uq_complaint_external_id")),
        sa.UniqueConstraint("key", name=op.f("uq_complaint_key")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_complaint_customer_id_received_at"), ["customer_id", "received_at"], unique=False
        )
        batch_op.create_index(
            "ix_complaint_open",
            ["appeal_from"],
            unique=False,
            sqlite_where=sa.text("state NOT IN ('responded', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('responded', 'closed')"),
        )
        batch_op.create_index(batch_op.f("ix_complaint_owner"), ["owner"], unique=False)
        batch_op.create_index(
            "ix_complaint_unanswered",
            ["first_reply_due"],
            unique=False,
            sqlite_where=sa.text("first_reply_at IS NULL"),
            postgresql_where=sa.text("first_reply_at IS NULL"),
        )

    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("decision", sa.String(length=9), nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('given', 'refused', 'withdrawn')", name=op.f("ck_consent_decision_known")
        ),
        sa.CheckConstraint("form IN ('general', 'separate')", name=op.f("ck_consent_form_known")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("key", name=op.f("uq_consent_key")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consent_customer_id_purpose_id"), ["customer_id", "purpose", "id"], unique=False
        )

    op.create_table(
        "customer_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", UtcTime(), nullable=False),
        sa.Column("completed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('placed', 'paid', 'shipped', 'completed', 'cancelled', 'refunded')",
            name=op.f("ck_customer_order_state_known"),
        ),
        sa.CheckConstraint(
            "total >= 0 AND discount >= 0", name=op.f("ck_customer_order_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_order_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_order")),
        sa.UniqueConstraint("number", name=op.f("uq_customer_order_number")),
    )
    with op.batch_alter_table("customer_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_order_customer_id_placed_at"), ["customer_id", "placed_at"], unique=False
        )

    op.create_table(
        "access_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("reader", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "reader IN ('customer', 'agent', 'system')", name=op.f("ck_access_log_reader_known")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_access_log_customer_id")),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["channel_identity.id"], name=op.f("fk_access_log_identity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_log")),
    )
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_log_customer_id_at"), ["customer_id", "at"], unique=False)

    op.create_table(
        "code_challenge",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_code_challenge_customer_id")),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["channel_identity.id"], name=op.f("fk_code_challenge_identity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_challenge")),
    )
    with op.batch_alter_table("code_challenge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_code_challenge_identity_id_created_at"),
            ["identity_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_code_challenge_target_created_at"), ["target", "created_at"], unique=False
        )

    op.create_table(
        "complaint_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("complaint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("actor_kind", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('customer', 'bot', 'agent', 'system')",
            name=op.f("ck_complaint_event_actor_kind_known"),
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_event_complaint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_event")),
        sa.UniqueConstraint("key", name=op.f("uq_complaint_event_key")),
    )
    with op.batch_alter_table("complaint_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_complaint_event_complaint_id_id"), ["complaint_id", "id"], unique=False
        )

    op.create_table(
        "identity_binding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("identity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proof", sa.String(length=12), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "proof IN ('code', 'merchant', 'channel')", name=op.f("ck_identity_binding_proof_known")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_identity_binding_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["channel_identity.id"], name=op.f("fk_identity_binding_identity_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_binding")),
    )
    with op.batch_alter_table("identity_binding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_identity_binding_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_identity_binding_identity_id"), ["identity_id"], unique=False)

    op.create_table(
        "ledger_account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("unit", sa.String(length=6), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'company') = (customer_id IS NULL)",
            name=op.f("ck_ledger_account_company_has_no_customer"),
        ),
        sa.CheckConstraint(
            "kind <> 'points' OR card_id IS NULL", name=op.f("ck_ledger_account_points_have_no_card")
        ),
        sa.CheckConstraint(
            "kind = 'company' OR unit = 'points' OR kind <> 'points'",
            name=op.f("ck_ledger_account_points_in_points"),
        ),
        sa.CheckConstraint(
            "kind IN ('points', 'principal', 'bonus', 'held', 'company')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('principal', 'bonus') OR card_id IS NOT NULL",
            name=op.f("ck_ledger_account_card_money_has_card"),
        ),
        sa.CheckConstraint("unit IN ('points', 'fen')", name=op.f("ck_ledger_account_unit_known")),
        sa.CheckConstraint(
            "(balance IS NULL) = (customer_id IS NULL)",
            name=op.f("ck_ledger_account_balance_is_kept_for_customers"),
        ),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_ledger_account_balance_not_negative")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_ledger_account_card_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_ledger_account_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
    )
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ledger_account_card_kind",
            ["card_id", "kind"],
            unique=True,
            sqlite_where=sa.text("card_id IS NOT NULL"),
            postgresql_where=sa.text("card_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_ledger_account_customer_kind",
            ["customer_id", "kind"],
            unique=True,
            sqlite_where=sa.text("card_id IS NULL"),
            postgresql_where=sa.text("card_id IS NULL"),
        )

    op.create_table(
        "order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount = quantity * unit_price", name=op.f("ck_order_line_amount_adds_up")),
        sa.CheckConstraint("quantity > 0 AND unit_price >= 0", name=op.f("ck_order_line_quantity_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_order_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "line", name=op.f("uq_order_line_order_id_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_sku"), ["sku"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_entry_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_entry_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_account_id_id"), ["account_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_transaction_id"), ["transaction_id"], unique=False)

    op.create_table(
        "ledger_lot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "granted > 0 AND remaining >= 0 AND remaining <= granted",
            name=op.f("ck_ledger_lot_remaining_in_range"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_lot_account_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_lot_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot")),
    )
    with op.batch_alter_table("ledger_lot", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_lot_expiry",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("remaining > 0 AND expires_at IS NOT NULL"),
            postgresql_where=sa.text("remaining > 0 AND expires_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ledger_lot_live",
            ["account_id", "expires_at"],
            unique=False,
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        )
        batch_op.create_index(batch_op.f("ix_ledger_lot_transaction_id"), ["transaction_id"], unique=False)

    op.create_table(
        "ledger_consumption",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_consumption_amount_not_zero")),
        sa.ForeignKeyConstraint(["lot_id"], ["ledger_lot.id"], name=op.f("fk_ledger_consumption_lot_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_ledger_consumption_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_consumption")),
    )
    with op.batch_alter_table("ledger_consumption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_consumption_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_ledger_consumption_transaction_id"), ["transaction_id"], unique=False
        )

    _add_company_accounts()


def downgrade() -> None:
    with op.batch_alter_table("ledger_consumption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_consumption_transaction_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_consumption_lot_id"))

    op.drop_table("ledger_consumption")
    with op.batch_alter_table("ledger_lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_lot_transaction_id"))
        batch_op.drop_index(
            "ix_ledger_lot_live",
            sqlite_where=sa.text("remaining > 0"),
            postgresql_where=sa.text("remaining > 0"),
        )
        batch_op.drop_index(
            "ix_ledger_lot_expiry",
            sqlite_where=sa.text("remaining > 0 AND expires_at IS NOT NULL"),
            postgresql_where=sa.text("remaining > 0 AND expires_at IS NOT NULL"),
        )

    op.drop_table("ledger_lot")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_entry_transaction_id"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_account_id_id"))

    op.drop_table("ledger_entry")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_sku"))

    op.drop_table("order_line")
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ledger_account_customer_kind",
            sqlite_where=sa.text("card_id IS NULL"),
            postgresql_where=sa.text("card_id IS NULL"),
        )
        batch_op.drop_index(
            "uq_ledger_account_card_kind",
            sqlite_where=sa.text("card_id IS NOT NULL"),
            postgresql_where=sa.text("card_id IS NOT NULL"),
        )

    op.drop_table("ledger_account")
    with op.batch_alter_table("identity_binding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_identity_binding_identity_id"))
        batch_op.drop_index(batch_op.f("ix_identity_binding_customer_id"))

    op.drop_table("identity_binding")
    with op.batch_alter_table("complaint_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_event_complaint_id_id"))

    op.drop_table("complaint_event")
    with op.batch_alter_table("code_challenge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_code_challenge_target_created_at"))
        batch_op.drop_index(batch_op.f("ix_code_challenge_identity_id_created_at"))

    op.drop_table("code_challenge")
    with op.batch_alter_table("access_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_log_customer_id_at"))

    op.drop_table("access_log")
    with op.batch_alter_table("customer_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_order_customer_id_placed_at"))

    op.drop_table("customer_order")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_customer_id_purpose_id"))

    op.drop_table("consent")
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_complaint_unanswered",
            sqlite_where=sa.text("first_reply_at IS NULL"),
            postgresql_where=sa.text("first_reply_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_complaint_owner"))
        batch_op.drop_index(
            "ix_complaint_open",
            sqlite_where=sa.text("state NOT IN ('responded', 'closed')"),
            postgresql_where=sa.text("state NOT IN ('responded', 'closed')"),
        )
        batch_op.drop_index(batch_op.f("ix_complaint_customer_id_received_at"))

    op.drop_table("complaint")
    with op.batch_alter_table("channel_identity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_identity_customer_id"))

    op.drop_table("channel_identity")
    with op.batch_alter_table("card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_valid_until"))
        batch_op.drop_index(batch_op.f("ix_card_customer_id"))

    op.drop_table("card")
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_tier_code"))

    op.drop_table("customer")
    op.drop_table("tier")
    op.drop_table("ledger_transaction")
    op.drop_table("demo_sms")
    op.drop_table("counter")
    op.drop_table("code_guard")
    op.drop_table("card_type")
