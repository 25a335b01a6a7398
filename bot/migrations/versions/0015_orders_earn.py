"""Orders know whether their points are booked; what an agent may do at the desk includes handing out.

Orders that are there already count as settled: what they earned came in with the points.

Revision ID: 0015_orders_earn
Revises: 0014_code_limits
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_orders_earn"
down_revision = "0014_code_limits"
branch_labels = None
depends_on = None

TABLE = "customer_order"
TO_SETTLE = (
    "state = 'completed' AND points_state = 'open'"
    " OR state IN ('cancelled', 'refunded') AND points_state = 'earned'"
)
KINDS = "'redeem', 'transfer', 'complaint_open', 'complaint_step'"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as table:
        table.add_column(
            sa.Column("points_state", sa.String(length=6), nullable=False, server_default="open")
        )
        table.create_check_constraint(
            op.f("ck_customer_order_points_state_known"),
            "points_state IN ('open', 'earned', 'none', 'back', 'spent')",
        )
    op.execute(f"UPDATE {TABLE} SET points_state = 'none'")  # noqa: S608 - our own name
    where = sa.text(TO_SETTLE)
    op.create_index("ix_customer_order_to_settle", TABLE, ["id"], sqlite_where=where, postgresql_where=where)
    _kinds(f"{KINDS}, 'hand_out'")


def downgrade() -> None:
    op.execute("DELETE FROM desk_operation WHERE kind = 'hand_out'")
    _kinds(KINDS)
    op.drop_index("ix_customer_order_to_settle", TABLE)
    with op.batch_alter_table(TABLE) as table:
        table.drop_constraint(op.f("ck_customer_order_points_state_known"), type_="check")
        table.drop_column("points_state")


def _kinds(kinds: str) -> None:
    name = op.f("ck_desk_operation_kind_known")
    with op.batch_alter_table("desk_operation") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"kind IN ({kinds})")
