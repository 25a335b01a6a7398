"""The XML reader takes what the platforms may send, and nothing that harms."""

from __future__ import annotations

import re
import time
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.tencent import xml
from bot.channels.tencent.xml import BadXml
from bot.kit.text import storable

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha">%s]><xml><Content>&l9;</Content></xml>""" % (
    b"".join(b'<!ENTITY l%d "%s">' % (n, (b"&l%d;" % (n - 1) if n else b"&a;") * 10) for n in range(10))
)

VALID = st.characters(
    codec="utf-8",
    exclude_categories=["Cs", "Cc"],
    include_characters="\t\n",
    exclude_characters="\ufffe\uffff",
)
TEXTS = st.text(VALID, max_size=60) | st.sampled_from(["😀👨‍👩‍👧", "a]]>b", "<b>&amp;", " ", ""])
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True)


def as_cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><xml/>',
        b"<!DOCTYPE xml><xml/>",
        b"<xml>&nbsp;</xml>",
        b"",
        b"{}",
        b"<xml>",
        b"<xml></xml><xml></xml>",
        b"<xml><a></b></xml>",
        b"\xff\xfe",
        b"<" * 1000,
        b"<a>" * 5000,
        b"<a>" * 50 + b"</a>" * 50,
        b"<xml>" + b"x" * (xml.LARGEST + 1) + b"</xml>",
    ],
)
def test_what_is_no_callback_is_refused_quickly(body: bytes) -> None:
    """Bombs, external entities, document types, half documents and endless nesting end in one error."""
    began = time.perf_counter()
    with pytest.raises(BadXml):
        xml.read(body)
    assert time.perf_counter() - began < 0.5


def test_a_control_character_does_not_cost_the_message() -> None:
    """What no XML may hold is dropped, and the rest is read."""
    assert xml.read(b"<xml><Content><![CDATA[a\x00\x0bb]]></Content></xml>") == {"Content": "ab"}


def test_lists_inside() -> None:
    """A subscription's answer holds several entries; each is found."""
    body = """<xml><Event>subscribe_msg_popup_event</Event><SubscribeMsgPopupEvent>
      <List><TemplateId>one</TemplateId></List><List><TemplateId>two</TemplateId></List>
    </SubscribeMsgPopupEvent></xml>"""
    entries = xml.inside(xml.read(body.encode()), "SubscribeMsgPopupEvent", "List")
    assert [xml.text(entry, "TemplateId") for entry in entries] == ["one", "two"]
    assert xml.inside(xml.read(body.encode()), "Event", "List") == []


@given(st.dictionaries(NAMES, st.tuples(TEXTS, st.booleans()), max_size=12), st.randoms())
def test_any_order_cdata_or_not_and_unknown_tags(tags: dict[str, tuple[str, bool]], random: object) -> None:
    """Every text is read as it was written, however it is wrapped and wherever it stands."""
    entries = list(tags.items())
    random.shuffle(entries)  # type: ignore[attr-defined]
    inner = "".join(f"<{n}>{as_cdata(t) if cdata else escape(t)}</{n}>\n" for n, (t, cdata) in entries)
    assert xml.read(f"<xml>{inner}</xml>".encode()) == {name: text for name, (text, _) in tags.items()}


@given(st.dictionaries(NAMES, TEXTS, max_size=6))
def test_what_we_write_we_read(fields: dict[str, str]) -> None:
    """Our answers are well formed, whatever stands in them."""
    assert xml.read(xml.write(dict(fields))) == fields


def test_64_kilobytes_of_emoji() -> None:
    """The longest text that a customer could paste is read whole."""
    text = "😀回头客" * 4681
    assert len(text.encode()) > 60_000
    assert xml.text(xml.read(xml.write({"Content": text, "CreateTime": 7})), "Content") == text


@given(st.binary(max_size=400))
def test_any_bytes_end_in_fields_or_one_error(body: bytes) -> None:
    """No input reaches the caller as another exception."""
    try:
        xml.read(body)
    except BadXml:
        pass


@given(st.text(max_size=60), st.booleans())
def test_no_character_costs_the_message(said: str, cdata: bool) -> None:
    """Whatever a customer typed, written by a platform that does not look: what XML can hold arrives."""
    inner = as_cdata(said) if cdata else "".join(f"&#{ord(char)};" for char in said)
    body = f"<xml><Content>{inner}</Content></xml>".encode("utf-8", "surrogatepass")
    heard = xml.text(xml.read(body), "Content")
    halves = "".join("\ufffd" * 3 if "\ud800" <= char <= "\udfff" else char for char in said)
    expected = storable(halves if cdata else said)
    assert heard == (re.sub("\r\n?", "\n", expected) if cdata else expected)


@pytest.mark.parametrize(
    ("inner", "heard"),
    [
        ("<![CDATA[积分\uffff多少]]>", "积分多少"),
        ("积分&#11;多少", "积分多少"),
        ("积分&#xFFFF;多少&#x20;&#0;", "积分多少 "),
        ("<![CDATA[我打了&#11;这几个字]]>", "我打了&#11;这几个字"),
        ("<![CDATA[a]&#11;]b]]><![CDATA[]]]]>&#11;<![CDATA[>]]>", "a]&#11;]b]]>"),
        ("&#99999999;&#x110000;好", "好"),
    ],
)
def test_what_no_xml_may_hold_is_left_out(inner: str, heard: str) -> None:
    """Raw or by its number; what was typed as text stays text."""
    assert xml.text(xml.read(f"<xml><Content>{inner}</Content></xml>".encode()), "Content") == heard


def test_an_answer_holds_nothing_that_its_reader_refuses() -> None:
    """What we write ourselves can be read again, also with characters that slipped in."""
    assert xml.text(xml.read(xml.write({"Content": "好\x0b\uffff\ud800的]]>"})), "Content") == "好的]]>"
