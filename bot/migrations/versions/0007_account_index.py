"""Accounts are found by their customer without scanning the table.

Revision ID: 0007_account_index
Revises: 0006_wechat
"""

from __future__ import annotations

from alembic import op

revision = "0007_account_index"
down_revision = "0006_wechat"
branch_labels = None
depends_on = None

NAME = "ix_ledger_account_customer_id_kind"


def upgrade() -> None:
    op.create_index(NAME, "ledger_account", ["customer_id", "kind"])


def downgrade() -> None:
    op.drop_index(NAME, "ledger_account")
