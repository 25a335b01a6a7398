"""On SQLite every moment is written in one form; what imports wrote in another is mended.

Revision ID: 0013_one_form_of_moments
Revises: 0012_erasure
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013_one_form_of_moments"
down_revision = "0012_erasure"
branch_labels = None
depends_on = None

MOMENTS: dict[str, tuple[str, ...]] = {
    "access_log": ("at",),
    "adjustment": ("proposed_at", "decided_at"),
    "agent": ("duty_since", "seen_at", "last_assigned_at", "created_at"),
    "agent_session": ("created_at", "seen_at", "expires_at"),
    "api_token": ("created_at", "expires_at", "revoked_at", "last_used_at"),
    "audit_entry": ("at",),
    "bill": ("issued_at",),
    "booking": ("created_at", "changed_at"),
    "callback": ("window_from", "window_to", "asked_at", "settled_at"),
    "canned_reply": ("changed_at",),
    "card": ("valid_until", "opened_at"),
    "card_transfer": ("at",),
    "card_validity": ("before", "until", "at"),
    "care_audit": ("at",),
    "care_customer": ("decided_at",),
    "care_decision": ("at", "until"),
    "care_mark": ("at", "safe_at"),
    "care_note": ("at",),
    "care_occurrence": (
        "planned_at",
        "due_at",
        "expires_at",
        "sent_at",
        "delivered_at",
        "read_at",
        "answered_at",
        "goal_at",
        "refused_at",
    ),
    "care_snooze": ("until", "made_at", "taken_at"),
    "care_switch": ("at",),
    "care_trigger": ("changed_at",),
    "care_visit": ("at",),
    "channel_identity": ("verified_at", "verified_until", "revoked_at", "created_at"),
    "code_challenge": ("created_at", "expires_at", "closed_at"),
    "code_guard": ("failed_at", "locked_until"),
    "complaint": (
        "received_at",
        "first_reply_due",
        "first_reply_at",
        "appeal_from",
        "responded_at",
        "closed_at",
    ),
    "complaint_event": ("at",),
    "concession": ("at",),
    "consent": ("at",),
    "contact_point": ("verified_at", "added_at"),
    "conversation": ("desk_until", "worker_until", "apologised_at", "created_at", "last_message_at"),
    "coupon": ("issued_at", "expires_at", "used_at"),
    "customer": ("created_at", "erased_at"),
    "customer_fact": ("recorded_at", "expires_at", "ended_at"),
    "customer_order": ("placed_at", "completed_at"),
    "dealer_register": ("loaded_at",),
    "demo_sms": ("sent_at",),
    "desk_operation": ("at", "until", "settled_at"),
    "desk_prompt": ("until", "heard_at"),
    "desk_rules": ("at",),
    "done_request": ("at",),
    "earning_rule": ("since", "until"),
    "erasure": ("asked_at", "next_at", "done_at"),
    "identity_binding": ("at", "until"),
    "ledger_lot": ("expires_at",),
    "ledger_transaction": ("at",),
    "login_guard": ("failed_at", "locked_until"),
    "message": ("next_attempt_at", "created_at"),
    "meter_reading": ("at",),
    "notice": ("at",),
    "offer": ("since", "until"),
    "promise": ("made_at", "due_at", "kept_at", "released_at"),
    "quote": ("created_at",),
    "quote_line": ("decided_at", "charged_at"),
    "quote_version": ("ready_at", "at"),
    "rating": ("asked_at", "answered_at"),
    "redemption": ("at", "changed_at"),
    "referral": ("joined_at",),
    "referral_code": ("made_at",),
    "slot": ("starts_at", "ends_at"),
    "stage_change": ("at",),
    "stored_file": ("created_at",),
    "survey": ("asked_at", "answered_at"),
    "ticket": (
        "offer_at",
        "opened_at",
        "queued_at",
        "rank_at",
        "promised_by",
        "assigned_at",
        "first_reply_at",
        "closed_at",
        "waits_since",
    ),
    "ticket_entry": ("at",),
    "webhook": ("failing_since", "created_at"),
    "webhook_delivery": ("next_at", "at", "delivered_at"),
    "wx_allowance": ("granted_at", "expires_at"),
    "wx_consent": ("at",),
    "wx_fetch": ("next_at",),
    "wx_follower": ("since", "changed_at"),
    "wx_kf_cursor": ("token_at", "due_at", "lease_until", "pulled_at"),
    "wx_kf_session": ("welcome_until", "changed_at"),
    "wx_nonce": ("seen_at",),
    "wx_notice": ("at",),
    "wx_offer": ("at",),
    "wx_part": ("at",),
    "wx_passive_reply": ("at",),
    "wx_token": ("expires_at", "forced_at", "lease_until"),
}
"""Every column with a moment as of this revision."""

ONE_FORM = "____-__-__T__:__:__.______+00:00"
BLOCK = 5_000


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    for table, columns in MOMENTS.items():
        wrong = [column for column in columns if _first_wrong(connection, table, column)]
        if wrong:
            _mend(connection, table, wrong)


def downgrade() -> None:
    """The one form can be read by every revision."""


def _first_wrong(connection: sa.Connection, table: str, column: str) -> bool:
    found = f"SELECT 1 FROM {table} WHERE {column} NOT LIKE '{ONE_FORM}' LIMIT 1"  # noqa: S608
    return connection.execute(sa.text(found)).first() is not None


def _mend(connection: sa.Connection, table: str, columns: list[str]) -> None:
    """Write the moments anew, past the triggers that refuse changes: the moments stay what they are."""
    guards = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    triggers = connection.execute(sa.text(guards), {"table": table}).all()
    for trigger in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
    for column in columns:
        _mend_column(connection, table, column)
    for trigger in triggers:
        connection.exec_driver_sql(trigger.sql)


def _mend_column(connection: sa.Connection, table: str, column: str) -> None:
    wrong = (
        f"SELECT rowid AS place, {column} AS moment FROM {table}"  # noqa: S608 - names from above
        f" WHERE rowid > :after AND {column} NOT LIKE '{ONE_FORM}' ORDER BY rowid LIMIT {BLOCK}"
    )
    better = sa.text(f"UPDATE {table} SET {column} = :moment WHERE rowid = :place")  # noqa: S608
    after = 0
    while rows := connection.execute(sa.text(wrong), {"after": after}).all():
        connection.execute(better, [{"place": row.place, "moment": _text(row.moment)} for row in rows])
        after = rows[-1].place


def _text(moment: str) -> str:
    value = datetime.fromisoformat(moment)
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="microseconds")
