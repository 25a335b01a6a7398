"""The HTTP API: what the document says is what is served, and a token may do what its scopes say."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jsonschema
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select, update
from typer.testing import CliRunner

from bot.desk.api.models import ApiToken
from bot.desk.api.routes import Api
from bot.desk.api.tokens import SCOPES
from bot.desk.cli import admin_app
from bot.desk.http import PROXIES
from bot.kit.clock import system_now
from bot.kit.limits import RateLimit
from bot.kit.proxies import Proxies
from bot.store.access.models import AccessLog
from tests.desk.conftest import House
from tests.desk.test_operations import served, well_off


@dataclass
class System:
    """Another system. Every answer is held against the document."""

    http: ClientSession
    base: str
    token: str
    document: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    """Of the last answer."""

    async def call(self, method: str, path: str, key: str | None = None, **body: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        url = f"{self.base}/api/v1{path}"
        async with self.http.request(method, url, json=body or None, headers=headers) as response:
            answer = await response.json()
            self.headers = dict(response.headers)
        told = self._told(method, path.partition("?")[0])["responses"][str(response.status)]
        schema = {**told["content"]["application/json"]["schema"], "components": self.document["components"]}
        jsonschema.validate(answer, schema)
        return response.status, answer

    def _told(self, method: str, path: str) -> dict[str, Any]:
        asked = f"/api/v1{path}".split("/")
        for template, operations in self.document["paths"].items():
            parts = template.split("/")
            if len(parts) == len(asked) and all(
                p[:1] == "{" or p == a for p, a in zip(parts, asked, strict=True)
            ):
                return operations[method.lower()]
        raise AssertionError(f"{path} is not in the document.")


async def system(house: House, *scopes: str) -> System:
    """A system with a token that an admin made at the desk."""
    admin = await (await house.agent(f"admin{len(house.sessions)}", "admin")).start()
    wish = {"name": "CRM", "scopes": scopes or list(SCOPES), "expires_at": "2099-01-31"}
    made = await admin.ok("/tokens", **wish)
    assert made["token"]["expires_at"] == "2099-01-31T15:59:59.999Z"
    async with admin.http.get(f"{house.base}/api/v1/openapi.json") as response:
        document = await response.json()
    return System(admin.http, house.base, made["secret"], document)


async def test_the_document_is_valid_and_says_what_is_served(house: House) -> None:
    """OpenAPI 3.1 by an independent reader; every route is in it, and nothing else."""
    crm = await system(house)
    OpenAPIV31SpecValidator(crm.document).validate()
    told = {(method.upper(), path) for path, each in crm.document["paths"].items() for method in each}
    table = {(each.method, f"/api/v1{each.path}") for each in Api(house.parts.desk.office, "x").endpoints()}
    assert told == table
    assert {(m, p) for m, p in house.routes() if p.startswith("/api/v1/") and "openapi" not in p} == told


async def test_a_token_may_do_what_its_scopes_say_until_it_ends(house: House) -> None:
    """Without a token 401, without the scope 403; expired and revoked ones 401; only the hash is kept."""
    crm = await system(house, "tickets:read")
    assert (await crm.call("GET", "/tickets"))[0] == 200
    status, refused = await crm.call("GET", "/conversations")
    assert (status, refused["error"]["code"]) == (403, "insufficient_scope")
    good, crm.token = crm.token, "htk_wrong"
    assert (await crm.call("GET", "/tickets"))[0] == 401
    crm.token = good
    async with house.parts.database.write() as session:
        row = (await session.scalars(select(ApiToken))).one()
        assert good not in str(vars(row))
        past = system_now() - timedelta(days=1)
        await session.execute(update(ApiToken).values(expires_at=past))
    assert (await crm.call("GET", "/tickets"))[0] == 401
    async with house.parts.database.write() as session:
        await session.execute(update(ApiToken).values(expires_at=None))
    assert (await crm.call("GET", "/tickets"))[0] == 200
    admin = await (await house.agent("theboss", "admin")).start()
    listed = (await admin.get("/tokens"))["tokens"]
    assert (await admin.request("DELETE", f"/tokens/{listed[0]['id']}"))[0] == 204
    assert (await crm.call("GET", "/tickets"))[0] == 401
    agent = await (await house.agent("xiaoli")).start()
    assert (await agent.post("/tokens", name="x", scopes=["tickets:read"]))[0] == 403


async def test_a_token_that_calls_too_often_is_told_when_to_go_on(house: House) -> None:
    """Nothing is done for it meanwhile; another token goes on; after the time told it may again."""
    wild, calm = await system(house, "tickets:read"), await system(house, "tickets:read")
    now = 1_000.0
    app = web.Application()
    app[PROXIES] = Proxies([])
    Api(house.parts.desk.office, "x").add_to(app, RateLimit(2, 0.4, clock=lambda: now))
    async with TestServer(app) as limited:
        wild.base = calm.base = str(limited.make_url("")).rstrip("/")
        assert [(await wild.call("GET", "/tickets"))[0] for _ in range(3)] == [200, 200, 429]
        status, answer = await wild.call("GET", "/conversations")  # not even told that it may not
        assert (status, answer["error"]["code"], answer["error"]["retry_after"]) == (429, "rate_limited", 2.5)
        assert wild.headers["Retry-After"] == "3"
        assert (await calm.call("GET", "/tickets"))[0] == 200
        now += 2.4
        assert (await wild.call("GET", "/tickets"))[0] == 429
        now += 0.2
        assert (await wild.call("GET", "/tickets"))[0] == 200


async def test_another_system_opens_reads_writes_and_closes(house: House) -> None:
    """The same key does it once; reading is logged; an agent sees the note, the customer the message."""
    crm = await system(house)
    customer = await house.customer()
    await well_off(house, customer)
    await customer.say("你好")
    await customer.until("echo")
    status, refused = await crm.call("POST", "/tickets", conversation=customer.conversation, text=" ", to="x")
    assert (status, refused["error"]["problems"][0]["at"]) == (400, "to")
    wish = {"conversation": customer.conversation, "text": "安装完成后回访", "topic": "repair"}
    opened = await crm.call("POST", "/tickets", "key-00001", **wish)
    assert opened == await crm.call("POST", "/tickets", "key-00001", **wish)
    ticket = opened[1]["ticket"]
    assert (opened[0], ticket["reason"], ticket["kind"], ticket["state"]) == (
        201,
        "api",
        "message",
        "waiting",
    )
    assert (await crm.call("POST", "/tickets", **wish))[1]["error"]["code"] == "still_open"
    note = await crm.call("POST", f"/tickets/{ticket['id']}/notes", "key-00002", text="发票已开")
    assert note == await crm.call("POST", f"/tickets/{ticket['id']}/notes", "key-00002", text="发票已开")
    path = f"/conversations/{customer.conversation}/messages"
    sent = await crm.call("POST", path, "key-00003", text="师傅明天上门")
    assert sent == await crm.call("POST", path, "key-00003", text="师傅明天上门")
    await customer.until("师傅明天上门")
    _, read = await crm.call("GET", f"{path}?since=1")
    assert [(each["seq"], each["author"]) for each in read["messages"]] == [(2, "bot"), (3, "system")]
    _, one = await crm.call("GET", f"/conversations/{customer.conversation}")
    assert (one["member_number"], one["verified"], one["last_seq"]) == ("HM10000017", True, 3)
    closed = await crm.call("POST", f"/tickets/{ticket['id']}/close", "key-00004", reason="solved")
    assert closed == await crm.call("POST", f"/tickets/{ticket['id']}/close", "key-00004", reason="solved")
    _, whole = await crm.call("GET", f"/tickets/{ticket['id']}")
    assert [each["kind"] for each in whole["entries"]] == ["opened", "message", "note", "closed"]
    assert (await crm.call("GET", "/tickets/999"))[0] == 404
    async with house.parts.database.read() as session:
        looks = list(await session.scalars(select(AccessLog.name).where(AccessLog.reader == "system")))
    assert looks == ["api:CRM"]


async def test_pages_follow_each_other_without_gap_or_double(house: House) -> None:
    """Conversations by their beginning, tickets by change: the last cursor later gives what is new."""
    crm = await system(house)
    agent, customer, _, _ = await served(house)
    others = [await house.customer() for _ in range(2)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        _, page = await crm.call("GET", f"/conversations?limit=1{f'&cursor={cursor}' if cursor else ''}")
        seen += [each["id"] for each in page["conversations"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(each.conversation for each in (customer, *others))
    _, page = await crm.call("GET", "/tickets?limit=1")
    assert (len(page["tickets"]), page["more"]) == (1, False)
    _, nothing = await crm.call("GET", f"/tickets?cursor={page['next']}")
    assert (nothing["tickets"], nothing["next"]) == ([], page["next"])
    await agent.ok(f"/tickets/{page['tickets'][0]['id']}/close", reason="forwarded")
    _, news = await crm.call("GET", f"/tickets?cursor={page['next']}")
    assert [each["state"] for each in news["tickets"]] == ["closed"]
    assert (await crm.call("GET", "/conversations?cursor=nonsense"))[0] == 400


def test_tokens_are_made_on_the_command_line_too(house_folder: str) -> None:
    """The secret is printed once; the list shows only its beginning; a revoked one is not listed."""
    run = CliRunner()
    made = run.invoke(admin_app, ["token", "make", "CRM", "--scope", "tickets:read", "--days", "30"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    listed = run.invoke(admin_app, ["token", "list"]).stdout
    assert secret.startswith("htk_")
    assert secret[:8] in listed
    assert secret not in listed
    assert run.invoke(admin_app, ["token", "revoke", listed.split("\t")[0]]).exit_code == 0
    assert run.invoke(admin_app, ["token", "list"]).stdout == ""
    assert run.invoke(admin_app, ["token", "make", "CRM", "--scope", "everything"]).exit_code == 1


async def test_a_key_stands_for_one_request(house: House) -> None:
    """With another body, or to another address, it is refused and nothing is done; the same again is,
    in whatever order its fields come."""
    crm = await system(house)
    one, other = await house.customer(), await house.customer()
    for customer in (one, other):
        await customer.say("你好")
        await customer.until("echo")
    path = f"/conversations/{one.conversation}/messages"
    assert (await crm.call("POST", path, "key-00001", text="师傅明天上门"))[0] == 201
    for where, body in (
        (path, {"text": "师傅后天上门"}),
        (f"/conversations/{other.conversation}/messages", {"text": "师傅明天上门"}),
        ("/tickets", {"conversation": one.conversation, "text": "师傅明天上门"}),
    ):
        status, refused = await crm.call("POST", where, "key-00001", **body)
        assert (status, refused["error"]["code"]) == (422, "idempotency_key_reused")
    assert (await crm.call("POST", path, "key-00001", text="师傅明天上门"))[0] == 201
    wish = {"conversation": one.conversation, "text": "回访", "topic": None}
    opened = await crm.call("POST", "/tickets", "key-00002", **wish)
    assert opened == await crm.call("POST", "/tickets", "key-00002", **dict(reversed(wish.items())))
    _, said = await crm.call("GET", f"{path}?since=0")
    assert [each["text"] for each in said["messages"]].count("师傅明天上门") == 1
    _, tickets = await crm.call("GET", "/tickets")
    assert len(tickets["tickets"]) == 1


async def test_a_list_that_changes_while_it_is_read_loses_nothing(house: House) -> None:
    """Between two pages a conversation that was not listed yet is the newest of all: it still comes."""
    crm = await system(house)
    there = []
    for number in range(5):
        customer = await house.customer()
        await customer.say(f"第{number}位")
        await customer.until("echo")
        there.append(customer)
    listed: list[str] = []
    cursor = ""
    while True:
        _, page = await crm.call("GET", f"/conversations?limit=2{cursor}")
        listed += [each["id"] for each in page["conversations"]]
        for customer in (there[0], there[3]):
            await customer.say("还在吗")
            await customer.until("echo")
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert listed == [customer.conversation for customer in reversed(there)]
