"""What the company has promised: programme, transfers, bills, quotes, contracts, care, bookings and more.

Revision ID: 0003_promises
Revises: 0002_conversations
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.kit.db import UtcTime
from bot.migrations import append_only

revision = "0003_promises"
down_revision = "0002_conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("tier_rank", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_catalogue_item_price_positive")),
        sa.CheckConstraint("stock IS NULL OR stock >= 0", name=op.f("ck_catalogue_item_stock_not_negative")),
        sa.CheckConstraint("tier_rank >= 0", name=op.f("ck_catalogue_item_tier_rank_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_item")),
        sa.UniqueConstraint("code", name=op.f("uq_catalogue_item_code")),
    )
    with op.batch_alter_table("catalogue_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalogue_item_points"), ["points"], unique=False)

    op.create_table(
        "commitment",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.CheckConstraint("hours IS NULL OR hours > 0", name=op.f("ck_commitment_hours_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_commitment")),
    )
    op.create_table(
        "concession_rule",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("unit", sa.String(length=6), nullable=False),
        sa.Column("limit_each", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("unit IN ('points', 'fen')", name=op.f("ck_concession_rule_unit_known")),
        sa.CheckConstraint("limit_each > 0 AND times > 0", name=op.f("ck_concession_rule_limits_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_concession_rule")),
    )
    op.create_table(
        "dealer_register",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("dealers", sa.Integer(), nullable=False),
        sa.Column("loaded_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dealer_register")),
    )
    op.create_table(
        "done_request",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("result_id", sa.BigInteger(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_done_request")),
    )
    op.create_table(
        "offer",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("terms", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("coupon_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('percent', 'amount')", name=op.f("ck_offer_kind_known")),
        sa.CheckConstraint(
            "value > 0 AND (kind = 'amount' OR value < 100)", name=op.f("ck_offer_value_in_range")
        ),
        sa.CheckConstraint("coupon_days > 0", name=op.f("ck_offer_coupon_days_positive")),
        sa.CheckConstraint("minimum >= 0", name=op.f("ck_offer_minimum_not_negative")),
        sa.CheckConstraint("until > since", name=op.f("ck_offer_period_in_order")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_offer")),
    )
    op.create_table(
        "season_project",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "starts BETWEEN 101 AND 1231 AND ends BETWEEN 101 AND 1231",
            name=op.f("ck_season_project_month_and_day"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_season_project")),
    )
    op.create_table(
        "service_offered",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_service_offered_minutes_positive")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_service_offered")),
    )
    op.create_table(
        "dealer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("services", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("state IN ('authorised', 'revoked')", name=op.f("ck_dealer_state_known")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_dealer_period_in_order")),
        sa.ForeignKeyConstraint(["register_id"], ["dealer_register.id"], name=op.f("fk_dealer_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dealer")),
        sa.UniqueConstraint("number", name=op.f("uq_dealer_number")),
    )
    with op.batch_alter_table("dealer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dealer_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_dealer_register_id"), ["register_id"], unique=False)

    op.create_table(
        "earning_rule",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("per_fen", sa.Integer(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=True),
        sa.Column("tier_code", sa.String(length=20), nullable=True),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.CheckConstraint("points > 0 AND per_fen > 0", name=op.f("ck_earning_rule_rate_positive")),
        sa.CheckConstraint("until IS NULL OR until > since", name=op.f("ck_earning_rule_period_in_order")),
        sa.CheckConstraint(
            "valid_months IS NULL OR valid_months > 0", name=op.f("ck_earning_rule_validity_positive")
        ),
        sa.ForeignKeyConstraint(["tier_code"], ["tier.code"], name=op.f("fk_earning_rule_tier_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_earning_rule")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_code", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_slot_period_in_order")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_slot_taken_within_capacity")),
        sa.ForeignKeyConstraint(
            ["service_code"], ["service_offered.code"], name=op.f("fk_slot_service_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint(
            "service_code", "place", "starts_at", name=op.f("uq_slot_service_code_place_starts_at")
        ),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "tier_benefit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tier_code", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("per_year", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "per_year IS NULL OR per_year > 0", name=op.f("ck_tier_benefit_per_year_positive")
        ),
        sa.ForeignKeyConstraint(["tier_code"], ["tier.code"], name=op.f("fk_tier_benefit_tier_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_benefit")),
        sa.UniqueConstraint("tier_code", "code", name=op.f("uq_tier_benefit_tier_code_code")),
    )
    op.create_table(
        "bill",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("issued_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'paid', 'disputed', 'cancelled')", name=op.f("ck_bill_state_known")
        ),
        sa.CheckConstraint("period_to >= period_from", name=op.f("ck_bill_period_in_order")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_bill_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill")),
        sa.UniqueConstraint("number", name=op.f("uq_bill_number")),
    )
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bill_customer_id_period_to"), ["customer_id", "period_to"], unique=False
        )

    op.create_table(
        "contact_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("verified_at", UtcTime(), nullable=True),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('phone', 'email', 'address', 'wechat')", name=op.f("ck_contact_point_kind_known")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contact_point_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint(
            "customer_id", "kind", "value", name=op.f("uq_contact_point_customer_id_kind_value")
        ),
    )
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.CheckConstraint("state IN ('active', 'ended', 'cancelled')", name=op.f("ck_contract_state_known")),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_contract_period_in_order")
        ),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_contract_fee_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_contract_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
    )
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contract_ends_on"), ["ends_on"], unique=False)

    op.create_table(
        "promise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("commitment_code", sa.String(length=40), nullable=True),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("kept_at", UtcTime(), nullable=True),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.CheckConstraint("due_at > made_at", name=op.f("ck_promise_due_after_made")),
        sa.CheckConstraint(
            "kept_at IS NULL OR released_at IS NULL", name=op.f("ck_promise_kept_or_released")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_code"], ["commitment.code"], name=op.f("fk_promise_commitment_code")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_promise_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promise_customer_id_due_at"), ["customer_id", "due_at"], unique=False
        )
        batch_op.create_index(
            "ix_promise_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("kept_at IS NULL AND released_at IS NULL"),
            postgresql_where=sa.text("kept_at IS NULL AND released_at IS NULL"),
        )

    op.create_table(
        "quote",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'charged', 'cancelled')", name=op.f("ck_quote_state_known")),
        sa.CheckConstraint("version > 0", name=op.f("ck_quote_version_positive")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_quote_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name=op.f("uq_quote_number")),
    )
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_quote_customer_id_created_at"), ["customer_id", "created_at"], unique=False
        )

    op.create_table(
        "redemption",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('ordered', 'fulfilled', 'cancelled')", name=op.f("ck_redemption_state_known")
        ),
        sa.CheckConstraint("quantity > 0 AND points > 0", name=op.f("ck_redemption_amounts_positive")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_redemption_customer_id")),
        sa.ForeignKeyConstraint(["item_id"], ["catalogue_item.id"], name=op.f("fk_redemption_item_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_redemption_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_redemption_transaction_id")),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redemption_customer_id_at"), ["customer_id", "at"], unique=False)

    op.create_table(
        "referral",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("referrer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("joined_at", UtcTime(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'rewarded') = (transaction_id IS NOT NULL)", name=op.f("ck_referral_reward_is_booked")
        ),
        sa.CheckConstraint(
            "state IN ('joined', 'qualified', 'rewarded')", name=op.f("ck_referral_state_known")
        ),
        sa.CheckConstraint("referrer_id <> customer_id", name=op.f("ck_referral_not_oneself")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_referral_customer_id")),
        sa.ForeignKeyConstraint(["referrer_id"], ["customer.id"], name=op.f("fk_referral_referrer_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_referral_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_referral_customer_id")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_referrer_id"), ["referrer_id"], unique=False)

    op.create_table(
        "referral_code",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_referral_code_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_code")),
        sa.UniqueConstraint("code", name=op.f("uq_referral_code_code")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_referral_code_customer_id")),
    )
    op.create_table(
        "stage_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('模糊鱼', '深水用户', '尝鲜者', '光顾人', '回头客', '义务宣传员')",
            name=op.f("ck_stage_change_stage_known"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_stage_change_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_change")),
    )
    with op.batch_alter_table("stage_change", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stage_change_customer_id_id"), ["customer_id", "id"], unique=False
        )

    op.create_table(
        "survey",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("method", sa.String(length=4), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("tag", sa.String(length=2), nullable=True),
        sa.Column("answered_at", UtcTime(), nullable=True),
        sa.CheckConstraint("method IN ('nps', 'csat', 'ces')", name=op.f("ck_survey_method_known")),
        sa.CheckConstraint(
            "score IS NULL OR (method = 'nps' AND score BETWEEN 0 AND 10) OR (method = 'csat' AND score BETWEEN 1 AND 5) OR (method = 'ces' AND score BETWEEN 1 AND 7)",
            name=op.f("ck_survey_score_fits_method"),
        ),
        sa.CheckConstraint(
            "tag IN ('产品', '服务', '人员', '形象', '货币', '时间', '精神', '体力')",
            name=op.f("ck_survey_tag_known"),
        ),
        sa.CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name=op.f("ck_survey_answer_has_time")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_survey_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint(
            "customer_id", "method", "about", name=op.f("uq_survey_customer_id_method_about")
        ),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_survey_method_answered_at"), ["method", "answered_at"], unique=False
        )

    op.create_table(
        "asset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("meter_unit", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_asset_contract_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_asset_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("number", name=op.f("uq_asset_number")),
    )
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asset_contract_id"), ["contract_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_asset_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "bill_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("explanation", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bill.id"], name=op.f("fk_bill_line_bill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bill_line")),
        sa.UniqueConstraint("bill_id", "line", name=op.f("uq_bill_line_bill_id_line")),
    )
    op.create_table(
        "card_transfer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("principal", sa.BigInteger(), nullable=False),
        sa.Column("bonus", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=12), nullable=False),
        sa.Column("staff", sa.String(length=80), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("place IN ('self_service', 'hall')", name=op.f("ck_card_transfer_place_known")),
        sa.CheckConstraint("from_card_id <> to_card_id", name=op.f("ck_card_transfer_two_different_cards")),
        sa.CheckConstraint(
            "principal >= 0 AND bonus >= 0 AND principal + bonus > 0",
            name=op.f("ck_card_transfer_amounts_positive"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_card_transfer_customer_id")),
        sa.ForeignKeyConstraint(["from_card_id"], ["card.id"], name=op.f("fk_card_transfer_from_card_id")),
        sa.ForeignKeyConstraint(["to_card_id"], ["card.id"], name=op.f("fk_card_transfer_to_card_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_card_transfer_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_transfer")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_card_transfer_transaction_id")),
    )
    with op.batch_alter_table("card_transfer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_transfer_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_transfer_from_card_id"), ["from_card_id"], unique=False)

    op.create_table(
        "card_validity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("card_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("until > before", name=op.f("ck_card_validity_only_longer")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_validity_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_validity")),
    )
    with op.batch_alter_table("card_validity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_validity_card_id"), ["card_id"], unique=False)

    op.create_table(
        "care_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("consent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_care_note_consent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_care_note_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_note")),
    )
    with op.batch_alter_table("care_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_note_customer_id_at"), ["customer_id", "at"], unique=False)

    op.create_table(
        "concession",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("complaint_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("within_rule", sa.Boolean(), nullable=False),
        sa.Column("given_by", sa.String(length=80), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=True),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_concession_amount_positive")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> given_by", name=op.f("ck_concession_approved_by_another")
        ),
        sa.CheckConstraint(
            "within_rule OR approved_by IS NOT NULL", name=op.f("ck_concession_beyond_rule_is_approved")
        ),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaint.id"], name=op.f("fk_concession_complaint_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_concession_customer_id")),
        sa.ForeignKeyConstraint(
            ["rule_code"], ["concession_rule.code"], name=op.f("fk_concession_rule_code")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_concession_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concession")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_concession_transaction_id")),
    )
    with op.batch_alter_table("concession", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concession_complaint_id"), ["complaint_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_concession_customer_id_at"), ["customer_id", "at"], unique=False)

    op.create_table(
        "contract_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coverage", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "coverage IN ('included', 'excluded')", name=op.f("ck_contract_item_coverage_known")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name=op.f("fk_contract_item_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_item")),
    )
    with op.batch_alter_table("contract_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contract_item_contract_id"), ["contract_id"], unique=False)

    op.create_table(
        "coupon",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_code", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("issued_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("used_at", UtcTime(), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("(state = 'used') = (used_at IS NOT NULL)", name=op.f("ck_coupon_used_has_time")),
        sa.CheckConstraint("state IN ('issued', 'used', 'cancelled')", name=op.f("ck_coupon_state_known")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_coupon_customer_id")),
        sa.ForeignKeyConstraint(["offer_code"], ["offer.code"], name=op.f("fk_coupon_offer_code")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_coupon_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint("code", name=op.f("uq_coupon_code")),
        sa.UniqueConstraint(
            "customer_id", "offer_code", "occasion", name=op.f("uq_coupon_customer_id_offer_code_occasion")
        ),
    )
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_coupon_customer_id_expires_at"), ["customer_id", "expires_at"], unique=False
        )

    op.create_table(
        "customer_fact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("sensitivity", sa.String(length=9), nullable=False),
        sa.Column("consent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("recorded_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "sensitivity = 'normal' OR consent_id IS NOT NULL",
            name=op.f("ck_customer_fact_sensitive_has_consent"),
        ),
        sa.CheckConstraint(
            "sensitivity IN ('normal', 'sensitive')", name=op.f("ck_customer_fact_sensitivity_known")
        ),
        sa.CheckConstraint(
            "source IN ('customer', 'transaction', 'agent')", name=op.f("ck_customer_fact_source_known")
        ),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_customer_fact_consent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_fact_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_fact")),
    )
    with op.batch_alter_table("customer_fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_fact_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_customer_fact_current",
            ["customer_id", "name"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "quote_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quote_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("insurance", sa.BigInteger(), nullable=False),
        sa.Column("ready_at", UtcTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("insurance >= 0", name=op.f("ck_quote_version_insurance_not_negative")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_version_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_version")),
        sa.UniqueConstraint("quote_id", "version", name=op.f("uq_quote_version_quote_id_version")),
    )
    op.create_table(
        "adjustment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'booked') = (transaction_id IS NOT NULL)",
            name=op.f("ck_adjustment_booked_has_transaction"),
        ),
        sa.CheckConstraint(
            "state <> 'booked' OR NOT needs_second OR decided_by IS NOT NULL",
            name=op.f("ck_adjustment_large_ones_are_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'booked', 'rejected')", name=op.f("ck_adjustment_state_known")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_adjustment_amount_not_zero")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_adjustment_decided_by_another")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["ledger_account.id"], name=op.f("fk_adjustment_account_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_adjustment_customer_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_adjustment_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_adjustment_transaction_id")),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjustment_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "ix_adjustment_open",
            ["proposed_at"],
            unique=False,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "booking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wish", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('booked', 'cancelled', 'done', 'missed')", name=op.f("ck_booking_state_known")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_booking_asset_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_booking_customer_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_booking_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("number", name=op.f("uq_booking_number")),
    )
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_booking_slot_id"), ["slot_id"], unique=False)
        batch_op.create_index(
            "uq_booking_customer_slot",
            ["customer_id", "slot_id"],
            unique=True,
            sqlite_where=sa.text("state = 'booked'"),
            postgresql_where=sa.text("state = 'booked'"),
        )

    op.create_table(
        "care_visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("meter", sa.BigInteger(), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('upgrade', 'maintain', 'protect', 'optimise')", name=op.f("ck_care_visit_kind_known")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_care_visit_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_visit")),
    )
    with op.batch_alter_table("care_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_care_visit_asset_id_at"), ["asset_id", "at"], unique=False)

    op.create_table(
        "maintenance_plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("every_units", sa.BigInteger(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("last_meter", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "every_days IS NOT NULL OR every_units IS NOT NULL",
            name=op.f("ck_maintenance_plan_has_an_interval"),
        ),
        sa.CheckConstraint(
            "every_days IS NULL OR every_days > 0", name=op.f("ck_maintenance_plan_days_positive")
        ),
        sa.CheckConstraint(
            "every_units IS NULL OR every_units > 0", name=op.f("ck_maintenance_plan_units_positive")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_maintenance_plan_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_plan")),
        sa.UniqueConstraint("asset_id", "name", name=op.f("uq_maintenance_plan_asset_id_name")),
    )
    op.create_table(
        "meter_reading",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asset_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_meter_reading_value_not_negative")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_meter_reading_asset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_reading")),
        sa.UniqueConstraint("asset_id", "at", name=op.f("uq_meter_reading_asset_id_at")),
    )
    op.create_table(
        "quote_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=True),
        sa.Column("decided_at", UtcTime(), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=True),
        sa.Column("charged_at", UtcTime(), nullable=True),
        sa.Column("transaction_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "charged_at IS NULL OR coalesce(decision, '') = 'approved'",
            name=op.f("ck_quote_line_only_approved_is_charged"),
        ),
        sa.CheckConstraint("decision IN ('approved', 'refused')", name=op.f("ck_quote_line_decision_known")),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_quote_line_decision_has_time")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_quote_line_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transaction.id"], name=op.f("fk_quote_line_transaction_id")
        ),
        sa.ForeignKeyConstraint(["version_id"], ["quote_version.id"], name=op.f("fk_quote_line_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
        sa.UniqueConstraint("version_id", "line", name=op.f("uq_quote_line_version_id_line")),
    )
    for table in append_only.STORE:
        append_only.protect(table)


def downgrade() -> None:
    for table in append_only.STORE:
        append_only.release(table)
    op.drop_table("quote_line")
    op.drop_table("meter_reading")
    op.drop_table("maintenance_plan")
    with op.batch_alter_table("care_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_visit_asset_id_at"))

    op.drop_table("care_visit")
    with op.batch_alter_table("booking", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_booking_customer_slot",
            sqlite_where=sa.text("state = 'booked'"),
            postgresql_where=sa.text("state = 'booked'"),
        )
        batch_op.drop_index(batch_op.f("ix_booking_slot_id"))
        batch_op.drop_index(batch_op.f("ix_booking_customer_id"))

    op.drop_table("booking")
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_adjustment_open",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_adjustment_customer_id"))

    op.drop_table("adjustment")
    op.drop_table("quote_version")
    with op.batch_alter_table("customer_fact", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_customer_fact_current",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_customer_fact_customer_id"))

    op.drop_table("customer_fact")
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coupon_customer_id_expires_at"))

    op.drop_table("coupon")
    with op.batch_alter_table("contract_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_item_contract_id"))

    op.drop_table("contract_item")
    with op.batch_alter_table("concession", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concession_customer_id_at"))
        batch_op.drop_index(batch_op.f("ix_concession_complaint_id"))

    op.drop_table("concession")
    with op.batch_alter_table("care_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_care_note_customer_id_at"))

    op.drop_table("care_note")
    with op.batch_alter_table("card_validity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_validity_card_id"))

    op.drop_table("card_validity")
    with op.batch_alter_table("card_transfer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_card_transfer_from_card_id"))
        batch_op.drop_index(batch_op.f("ix_card_transfer_customer_id"))

    op.drop_table("card_transfer")
    op.drop_table("bill_line")
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asset_customer_id"))
        batch_op.drop_index(batch_op.f("ix_asset_contract_id"))

    op.drop_table("asset")
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_method_answered_at"))

    op.drop_table("survey")
    with op.batch_alter_table("stage_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_change_customer_id_id"))

    op.drop_table("stage_change")
    op.drop_table("referral_code")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_referrer_id"))

    op.drop_table("referral")
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redemption_customer_id_at"))

    op.drop_table("redemption")
    with op.batch_alter_table("quote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quote_customer_id_created_at"))

    op.drop_table("quote")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_promise_open",
            sqlite_where=sa.text("kept_at IS NULL AND released_at IS NULL"),
            postgresql_where=sa.text("kept_at IS NULL AND released_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_promise_customer_id_due_at"))

    op.drop_table("promise")
    with op.batch_alter_table("contract", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contract_ends_on"))
        batch_op.drop_index(batch_op.f("ix_contract_customer_id"))

    op.drop_table("contract")
    op.drop_table("contact_point")
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bill_customer_id_period_to"))

    op.drop_table("bill")
    op.drop_table("tier_benefit")
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_starts_at"))

    op.drop_table("slot")
    op.drop_table("earning_rule")
    with op.batch_alter_table("dealer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dealer_register_id"))
        batch_op.drop_index(batch_op.f("ix_dealer_name"))

    op.drop_table("dealer")
    op.drop_table("service_offered")
    op.drop_table("season_project")
    op.drop_table("offer")
    op.drop_table("done_request")
    op.drop_table("dealer_register")
    op.drop_table("concession_rule")
    op.drop_table("commitment")
    with op.batch_alter_table("catalogue_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalogue_item_points"))

    op.drop_table("catalogue_item")
