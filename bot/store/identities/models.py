"""Tables of channel identities, their proofs, one-time codes and locks."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.kit.db import Base
from bot.kit.ids import CustomerId, IdentityId
from bot.store.columns import one_of, primary_key, reference

Level = Literal["anonymous", "known", "verified"]
Proof = Literal["code", "merchant", "channel"]


class ChannelIdentity(Base):
    """A person as one channel knows them. After `verified_until` the level `verified` counts as `known`."""

    __tablename__ = "channel_identity"
    __table_args__ = (
        UniqueConstraint("channel", "account", "channel_user"),
        one_of("level", get_args(Level)),
        CheckConstraint("(level = 'anonymous') = (customer_id IS NULL)", name="anonymous_has_no_customer"),
        CheckConstraint(
            "level <> 'verified' OR (verified_at IS NOT NULL AND verified_until IS NOT NULL)",
            name="verified_has_times",
        ),
        CheckConstraint("revoked_at IS NULL OR level = 'anonymous'", name="revoked_is_anonymous"),
    )

    id: Mapped[IdentityId] = primary_key()
    channel: Mapped[str] = mapped_column(String(16))
    account: Mapped[str] = mapped_column(String(64))
    channel_user: Mapped[str] = mapped_column(String(128))
    customer_id: Mapped[CustomerId | None] = reference("customer.id", index=True)
    level: Mapped[str] = mapped_column(String(12), default="anonymous")
    verified_at: Mapped[datetime | None]
    verified_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class IdentityBinding(Base):
    """One proof that an identity belongs to a customer. Rows are only added."""

    __tablename__ = "identity_binding"
    __table_args__ = (one_of("proof", get_args(Proof)),)

    id: Mapped[int] = primary_key()
    identity_id: Mapped[IdentityId] = reference("channel_identity.id", index=True)
    customer_id: Mapped[CustomerId] = reference("customer.id", index=True)
    proof: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    until: Mapped[datetime | None]


class CodeChallenge(Base):
    """A one-time code that was asked for. Without a customer the number is unknown, and no code ever fits.

    `target`: whose code it is, whichever name was given; `address`: a keyed hash of where it was asked from.
    """

    __tablename__ = "code_challenge"
    __table_args__ = (
        Index(None, "target", "created_at"),
        Index(None, "identity_id", "created_at"),
        Index(None, "address", "created_at"),
        Index(None, "created_at"),
    )

    id: Mapped[int] = primary_key()
    identity_id: Mapped[IdentityId] = reference("channel_identity.id")
    target: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[CustomerId | None] = reference("customer.id")
    nonce: Mapped[bytes] = mapped_column(LargeBinary(16))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(32))


class CodeGuard(Base):
    """Wrong codes counted against one subject, whether or not it exists.

    An identity (`i:`) is locked by its own; of a customer (`n:`) the day's are counted, `failed_at` is when
    the day began. An address (`a:`) has a row for who asks from it at the same moment to wait in line.
    """

    __tablename__ = "code_guard"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures_not_negative"),)

    subject: Mapped[str] = mapped_column(String(70), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    failed_at: Mapped[datetime | None]
    locked_until: Mapped[datetime | None]


class DemoSmsRow(Base):
    """A text message of the demo company, shown in the phone on the shop page."""

    __tablename__ = "demo_sms"

    id: Mapped[int] = primary_key()
    phone: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
