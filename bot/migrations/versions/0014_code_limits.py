"""Codes are counted by the address they are asked from, and over the whole house.

Revision ID: 0014_code_limits
Revises: 0013_one_form_of_moments
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_code_limits"
down_revision = "0013_one_form_of_moments"
branch_labels = None
depends_on = None

TABLE = "code_challenge"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("address", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_code_challenge_address_created_at"), TABLE, ["address", "created_at"])
    op.create_index(op.f("ix_code_challenge_created_at"), TABLE, ["created_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_code_challenge_created_at"), table_name=TABLE)
    op.drop_index(op.f("ix_code_challenge_address_created_at"), table_name=TABLE)
    op.drop_column(TABLE, "address")
