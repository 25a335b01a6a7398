"""The official account's and WeCom's channels: tokens, allowances, parts sent, notices, cursors.

Revision ID: 0006_wechat
Revises: 0005_desk
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.kit.db import UtcTime

revision = "0006_wechat"
down_revision = "0005_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wx_allowance",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("granted_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.CheckConstraint("kind IN ('message', 'action')", name=op.f("ck_wx_allowance_kind_known")),
        sa.CheckConstraint("used >= 0 AND used <= allowed", name=op.f("ck_wx_allowance_used_within")),
        sa.PrimaryKeyConstraint("channel", "account", "channel_user", "kind", name=op.f("pk_wx_allowance")),
    )
    op.create_table(
        "wx_consent",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("left_over", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=128), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("left_over >= 0", name=op.f("ck_wx_consent_left_positive")),
        sa.PrimaryKeyConstraint("account", "channel_user", "template_id", name=op.f("pk_wx_consent")),
    )
    op.create_table(
        "wx_fetch",
        sa.Column("file_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("media_id", sa.String(length=256), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_wx_fetch")),
    )
    op.create_index(op.f("ix_wx_fetch_next_at"), "wx_fetch", ["next_at"], unique=False)
    op.create_table(
        "wx_follower",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("first_scene", sa.String(length=64), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "channel_user", name=op.f("pk_wx_follower")),
    )
    op.create_table(
        "wx_kf_cursor",
        sa.Column("corp_id", sa.String(length=40), nullable=False),
        sa.Column("open_kfid", sa.String(length=64), nullable=False),
        sa.Column("cursor", sa.String(length=128), nullable=False),
        sa.Column("token", sa.String(length=256), nullable=False),
        sa.Column("token_at", UtcTime(), nullable=True),
        sa.Column("due_at", UtcTime(), nullable=True),
        sa.Column("due_n", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("pulled_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("corp_id", "open_kfid", name=op.f("pk_wx_kf_cursor")),
    )
    op.create_index(op.f("ix_wx_kf_cursor_due_at"), "wx_kf_cursor", ["due_at"], unique=False)
    op.create_table(
        "wx_kf_session",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("state", sa.Integer(), nullable=True),
        sa.Column("welcome_code", sa.String(length=128), nullable=True),
        sa.Column("welcome_until", UtcTime(), nullable=True),
        sa.Column("scene", sa.String(length=160), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "channel_user", name=op.f("pk_wx_kf_session")),
    )
    op.create_table(
        "wx_nonce",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wx_nonce")),
    )
    op.create_index(op.f("ix_wx_nonce_seen_at"), "wx_nonce", ["seen_at"], unique=False)
    op.create_table(
        "wx_notice",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('sending', 'sent', 'arrived', 'unknown', 'refused')",
            name=op.f("ck_wx_notice_state_known"),
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wx_notice")),
    )
    op.create_index(op.f("ix_wx_notice_platform_id"), "wx_notice", ["platform_id"], unique=False)
    op.create_table(
        "wx_offer",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("choices", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "channel_user", name=op.f("pk_wx_offer")),
    )
    op.create_table(
        "wx_part",
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("platform_id", sa.String(length=64), nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("state IN ('sending', 'sent', 'unknown')", name=op.f("ck_wx_part_state_known")),
        sa.PrimaryKeyConstraint("message_id", "part", name=op.f("pk_wx_part")),
    )
    op.create_index(op.f("ix_wx_part_platform_id"), "wx_part", ["platform_id"], unique=False)
    op.create_table(
        "wx_passive_reply",
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("arrival", sa.String(length=128), nullable=False),
        sa.Column("channel_user", sa.String(length=128), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "arrival", name=op.f("pk_wx_passive_reply")),
    )
    op.create_index(op.f("ix_wx_passive_reply_at"), "wx_passive_reply", ["at"], unique=False)
    op.create_table(
        "wx_token",
        sa.Column("app", sa.String(length=80), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("forced_at", UtcTime(), nullable=True),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("app", name=op.f("pk_wx_token")),
    )


def downgrade() -> None:
    op.drop_table("wx_token")
    op.drop_index(op.f("ix_wx_passive_reply_at"), table_name="wx_passive_reply")
    op.drop_table("wx_passive_reply")
    op.drop_index(op.f("ix_wx_part_platform_id"), table_name="wx_part")
    op.drop_table("wx_part")
    op.drop_table("wx_offer")
    op.drop_index(op.f("ix_wx_notice_platform_id"), table_name="wx_notice")
    op.drop_table("wx_notice")
    op.drop_index(op.f("ix_wx_nonce_seen_at"), table_name="wx_nonce")
    op.drop_table("wx_nonce")
    op.drop_table("wx_kf_session")
    op.drop_index(op.f("ix_wx_kf_cursor_due_at"), table_name="wx_kf_cursor")
    op.drop_table("wx_kf_cursor")
    op.drop_table("wx_follower")
    op.drop_index(op.f("ix_wx_fetch_next_at"), table_name="wx_fetch")
    op.drop_table("wx_fetch")
    op.drop_table("wx_consent")
    op.drop_table("wx_allowance")
