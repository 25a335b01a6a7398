"""The CSV files we understand: their columns, which must be filled, and what they mean (docs/import.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.store.exchange.values import (
    Reader,
    choice,
    day,
    identifier,
    member,
    moment,
    phone,
    positive_yuan,
    text,
    time_zone,
    whole,
    yes_no,
    yuan,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. An empty cell is `default`, unless the column is required."""

    name: str
    read: Reader
    about: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class CsvFile:
    """One kind of file. `key`: the columns that make a line unique; running again knows lines by them."""

    name: str
    about: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    again: str = "Lines that are already there are skipped."
    by_name: dict[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})


def must(name: str, read: Reader, about: str) -> Column:
    return Column(name, read, about, required=True)


def may(name: str, read: Reader, about: str, default: Any = None) -> Column:
    return Column(name, read, about, default=default)


CUSTOMER = must("customer", identifier(64), "the customer's `external_id`")

TIERS = CsvFile(
    "tiers",
    "Membership levels.",
    ("code",),
    (
        must("code", identifier(20), "short name, as used in customers.csv"),
        must("name", text(40), "what customers read: 金卡"),
        must("rank", whole(0, 1_000), "order, 0 is the lowest; each once"),
        must("threshold", whole(0), "points to earn within 12 months"),
        may("key_account", yes_no, "`yes`: complaints of this tier take the green channel", default=False),
    ),
    "Lines that are already there are brought up to date.",
)

EARNING_RULES = CsvFile(
    "earning_rules",
    "How money spent becomes points. Of several that hold for a customer the one that gives most counts.",
    ("code",),
    (
        must("code", text(40), "short name of the rule"),
        must("name", text(80), "what customers read: 每消费 1 元得 1 积分"),
        must("points", whole(1), "so many points …"),
        must("per_fen", whole(1), "… for every so many fen spent: 100 is one yuan"),
        may("valid_months", whole(1, 1_200), "how long they last, to the day's end; empty: for ever"),
        may("tier_code", text(20), "only for this `code` of tiers.csv"),
        must("since", moment, "orders completed from then on earn by it"),
        may("until", moment, "and before then"),
    ),
    "Lines that are already there are brought up to date.",
)

CARD_TYPES = CsvFile(
    "card_types",
    "Kinds of prepaid cards.",
    ("code",),
    (
        must("code", identifier(20), "short name, as used in cards.csv"),
        must("name", text(40), "what customers read: 储值卡"),
        may("transferable", yes_no, "whether money moves between cards of this type", default=True),
        may("hall_months", whole(0, 120), "months after expiry in which the hall moves the money", default=3),
    ),
    "Lines that are already there are brought up to date.",
)

CUSTOMERS = CsvFile(
    "customers",
    "One line for each customer.",
    ("external_id",),
    (
        must("external_id", identifier(64), "the customer's id in your own system; never changes"),
        must("name", text(80), "full name"),
        may("phone", phone, "the phone for one-time codes; each belongs to one customer"),
        may("member_number", member, "HM and eight digits; given by us when empty"),
        may("tier", identifier(20), "a `code` of tiers.csv"),
        may("manager_name", text(80), "the 客户经理 of a key account"),
        may("manager_phone", identifier(40), "how to reach them"),
        may("birthday", day, "only if the customer told you themselves"),
        may("time_zone", time_zone, "where the customer lives; Asia/Shanghai when empty"),
        may("locale", text(16), "language; zh-CN when empty"),
        may("created_at", moment, "customer since; now when empty"),
    ),
    "Customers that are already there are brought up to date; empty cells change nothing.",
)

POINTS = CsvFile(
    "points",
    "One line for each lot of points a customer still has (not those already spent).",
    ("external_id",),
    (
        must("external_id", identifier(56), "the lot's id in your own system"),
        CUSTOMER,
        must("points", whole(1), "points still there"),
        must("earned_at", moment, "when they were earned"),
        may("expires_on", day, "the last day they can be spent; empty: they never expire"),
        may("reason", text(200), "what the customer reads in the history", default="积分转入"),
    ),
    "A lot that is already there is never booked again; with other points it is an error.",
)

CARDS = CsvFile(
    "cards",
    "One line for each prepaid card with the money on it. Amounts in yuan.",
    ("number",),
    (
        must("number", identifier(32), "the card's number"),
        CUSTOMER,
        must("type", identifier(20), "a `code` of card_types.csv"),
        may("principal", positive_yuan, "what the customer paid in and has left", default=0),
        may("bonus", positive_yuan, "what was given on top and is left", default=0),
        may("face_value", positive_yuan, "printed on the card", default=0),
        may("valid_until", day, "the last day; empty: no end"),
        may("opened_at", moment, "when it was opened; now when empty"),
    ),
    "A card that is already there keeps its money; another owner is an error.",
)

ORDERS = CsvFile(
    "orders",
    "One line for each article of an order; the lines of an order stand together. Amounts in yuan.",
    ("number", "line"),
    (
        must("number", identifier(40), "the order's number"),
        must("line", whole(1, 10_000), "1, 2, 3 … within the order"),
        CUSTOMER,
        must("placed_at", moment, "when it was placed; the same on every line"),
        must(
            "state",
            choice("placed", "paid", "shipped", "completed", "cancelled", "refunded"),
            "the same on every line",
        ),
        may("completed_at", moment, "when the customer had it"),
        may("discount", positive_yuan, "off the whole order; the same on every line", default=0),
        must("sku", identifier(40), "the article"),
        must("name", text(120), "its name"),
        must("quantity", whole(1, 1_000_000), "pieces"),
        must("unit_price", positive_yuan, "price of one"),
    ),
    "An order that is already there is skipped, whatever its lines say now.",
)

COMPLAINTS = CsvFile(
    "complaints",
    "One line for each complaint.",
    ("external_id",),
    (
        must("external_id", identifier(64), "the complaint's id in your own system"),
        CUSTOMER,
        must("subject", text(120), "in a few words"),
        must("body", text(10_000), "what the customer said"),
        may("category", text(40), "物流, 质量, 账单 …", default="其他"),
        may("channel", text(16), "where it came in", default="import"),
        must(
            "state",
            choice(
                "received",
                "acknowledged",
                "assessed",
                "investigating",
                "waiting_customer",
                "responded",
                "closed",
            ),
            "where it stands",
        ),
        must("received_at", moment, "when it came in: the 24 hours count from here"),
        may("first_reply_at", moment, "when a person first answered; needed from `responded` on"),
        may("first_reply", text(2_000), "what they answered", default="工作人员已回复"),
        may("responded_at", moment, "when the result was given"),
        may("closed_at", moment, "when it was closed"),
        may("owner", text(80), "who looks after it"),
    ),
)

CONSENTS = CsvFile(
    "consents",
    "One line for each decision, oldest first.",
    ("external_id",),
    (
        must("external_id", identifier(56), "the decision's id in your own system"),
        CUSTOMER,
        must("purpose", text(40), "marketing, service_notice, care_file …"),
        must("decision", choice("given", "refused", "withdrawn"), "what the customer decided"),
        may("channel", text(16), "web, wechat …; empty: all", default="any"),
        may("form", choice("general", "separate"), "`separate` for sensitive data", default="general"),
        must("text_version", identifier(40), "which text was shown"),
        must("evidence", text(500), "where and how it was decided"),
        must("at", moment, "when"),
    ),
)

CATALOGUE = CsvFile(
    "catalogue",
    "What points buy.",
    ("code",),
    (
        must("code", identifier(40), "short name"),
        must("name", text(80), "what customers read"),
        must("points", whole(1), "price"),
        may("stock", whole(0), "pieces left; empty: as many as wanted"),
        may("tier_rank", whole(0, 1_000), "from which tier on (`rank`)", default=0),
        may("offered", yes_no, "`no`: not shown any more", default=True),
    ),
    "Lines that are already there are brought up to date, stock included.",
)

BILLS = CsvFile(
    "bills",
    "One line for each line of a bill; the lines of a bill stand together. Amounts in yuan.",
    ("number", "line"),
    (
        must("number", identifier(40), "the bill's number"),
        must("line", whole(1, 10_000), "1, 2, 3 … within the bill"),
        CUSTOMER,
        must("period_from", day, "first day; the same on every line"),
        must("period_to", day, "last day; the same on every line"),
        may("due_on", day, "to be paid by; the same on every line"),
        may("state", choice("open", "paid", "disputed", "cancelled"), "where it stands", default="open"),
        must("name", text(120), "what was charged"),
        may("quantity", whole(0, 2**53), "how much of it", default=1),
        may("unit", text(16), "页, 分钟 …", default=""),
        must("amount", yuan, "what it costs; negative for a credit"),
        may("explanation", text(300), "a sentence for the customer", default=""),
    ),
    "A bill that is already there is skipped.",
)

DEALERS = CsvFile(
    "dealers",
    "The register of authorised agents (代理商). It is replaced as a whole.",
    ("number",),
    (
        must("number", identifier(40), "the agent's number"),
        must("name", text(120), "full name"),
        must("as_of", day, "the day of this register; the same on every line"),
        may("region", text(80), "where they may act", default=""),
        may("services", text(200), "what they may do", default=""),
        must("valid_from", day, "first day"),
        must("valid_until", day, "last day"),
        may("state", choice("authorised", "revoked"), "`revoked` when withdrawn early", default="authorised"),
    ),
    "A register of the same or a later day replaces the present one.",
)

FILES: tuple[CsvFile, ...] = (
    TIERS,
    EARNING_RULES,
    CARD_TYPES,
    CUSTOMERS,
    CATALOGUE,
    POINTS,
    CARDS,
    ORDERS,
    COMPLAINTS,
    CONSENTS,
    BILLS,
    DEALERS,
)
"""In the order of reading: what others refer to comes first."""
