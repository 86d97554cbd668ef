#!/usr/bin/env python3
"""DESIGN, promise 7: no id, cursor, link or key of one organization opens anything of another.

The matrix is made from api/openapi.yaml: every operation, with every kind of id its address and body name, by everybody who
must get nothing. Organization `bravo` is full of a word that occurs nowhere else; no byte that anybody else is answered may
hold it, and an answer about bravo's things must be the answer about things that there are not. At the end bravo is as before.

A new route is tried by itself. It fails here only when the matrix cannot know what an id is or who may use the route; the
message says which of the tables below wants a line."""
import base64
import datetime
import json
import re
import unittest
import urllib.parse
import uuid

from support import places
from support.client import Answer, Client, until
from support.contract import Contract, Operation
from support.server import Server

PASSWORD = "correct horse battery"
CANARY = "quokka7f3a91"

# What the id at the end of a place is. World.ids says which one bravo has.
PLACES = {
    "/v1/orgs/{org}": "org",
    "/v1/orgs/{org}/events/{id}": "entry",
    "/v1/orgs/{org}/views/{id}": "view",
    "/v1/orgs/{org}/exports/{id}": "export",
    "/v1/orgs/{org}/integrations/s3/{id}": "destination",
    "/v1/orgs/{org}/deliveries/{id}": "delivery",
    "/v1/orgs/{org}/data_packs/{pack}": "pack",
    "/v1/orgs/{org}/data_packs/{pack}/runs/{run}": "run",
    "/v1/data_packs/{pack}": "pack",
    "/v1/data_sources/{source}": "source",
    "/v1/data_sources/{source}/uploads/{upload}": "upload",
    "/v1/orgs/{org}/invitations/{id}": "invitation",
    "/v1/orgs/{org}/people/{id}": "person",
    "/v1/people/{id}": "person",
    "/v1/looks/{id}": "look",
    "/v1/me/sessions/{id}": "session",
    "/v1/sign_in/oidc/{org}": "org",
    "/v1/keys/{id}": "key",
    "/publisher/v1/project/{project}": "org",
    "/audit_logs/actions/{action}": "action",
    "/audit_logs/exports/{id}": "export",
    "/organizations/{org}": "org",
    "/v1/actions/{action}": "action",
    "/v1/actions/{action}/schemas/{version}": "number",
    "/log/{log}": "log",
    "/log/{log}/tile/{tile}": "tile",
}
# Names that each organization chooses for itself: under alpha's own address bravo's name is a name of alpha's.
CHOSEN = {"destination"}
# What an operator has to enable before an organization's own admins get anything there; "" for nothing.
ENTITLEMENT = {
    "events": "audit_logs", "views": "audit_logs", "exports": "audit_logs", "feed": "audit_logs", "actions": "audit_logs",
    "log": "audit_logs", "integrations": "s3", "deliveries": "s3", "data_packs": "data_packs", "data_pack_destination": "data_packs",
    "people": "", "invitations": "", "sign_in": "", "keys": "", "looks": "", "": "",
}
# Of an organization's own things, what its members may too, and a key of its own that can only send.
MEMBERS_MAY = {"GET /v1/orgs/{org}"}
SENDERS_MAY = {"GET /v1/orgs/{org}"}
# Decided by operators about an organization, whatever it has enabled; nothing of its trail is read.
OPERATORS_DECIDE = {"POST /v1/orgs/{org}/log/new_epoch"}
# The vendor's own: nothing for a customer's people.
VENDORS_OWN = ("/v1/operators", "/v1/overview", "/v1/destinations", "/v1/looks", "/v1/people", "/v1/actions", "/v1/masking",
               "/v1/admin", "/v1/keys", "/v1/data_packs", "/v1/data_sources", "/v1/data_pack_runs", "/v1/watched_folder")
# Sent by applications: the key says whose they are.
INTAKE = ("/v1/events", "/v1/logs", "/v1/cloudevents", "/publisher/", "/audit_logs/events")
# About whoever asks.
OWN = ("/v1/me", "/v1/sessions", "/v1/embed")


class World:
    """Two customers, a third that has nothing enabled, and everybody who is refused."""

    def __init__(self, folder):
        # What keys need is never asked for here; the role is one that nobody assumes.
        config = '[s3]\nrole_arn = "arn:aws:iam::123456789012:role/trailkeeper"\n'
        self.server = Server(folder, config).start()
        self.unserved: set[str] = set()

    def make(self) -> None:
        server = self.server
        self.operator = self.make_operator()
        expired = self.make_org("bravo", CANARY)
        now = datetime.datetime.now(datetime.timezone.utc)
        server.set_clock((now + datetime.timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self.operator = self.make_operator()
        self.bravo = self.signed_in("admin@bravo.example")
        self.bravo_key = server.client(server.make_key("bravo", "ingest,read,manage"))
        self.ids = self.fill("bravo", CANARY)
        self.alpha = self.make_org("alpha", "plain")
        self.alpha_key = server.client(server.make_key("alpha", "ingest,read,manage"))
        self.alpha_ids = self.fill("alpha", "plain")
        self.bare = self.make_org("bare", "plain", flags=())
        self.strangers = {"another org's admin": self.alpha, "another org's key": self.alpha_key}
        self.nobodies = {"no credential": server.client(), "an expired session": expired,
                         "an ended session": self.ended(), "a disabled person": self.disabled(),
                         "a revoked key": self.revoked()}
        server.make_person("bravo", "member@bravo.example", "Member", "member", PASSWORD)
        self.member = self.signed_in("member@bravo.example")
        self.sender = server.client(server.make_key("bravo", "ingest"))

    def make_operator(self) -> Client:
        self.server.admin("operator", "create", "--email", "olga@vendor.example", "--name", "Olga", stdin=PASSWORD + "\n")
        return self.signed_in("olga@vendor.example")

    def make_org(self, org: str, word: str, flags=("--audit-logs", "--data-packs", "--s3")) -> Client:
        self.server.admin("org", "create", org, "--name", f"{org} {word}", *flags)
        self.server.make_person(org, f"admin@{org}.example", f"Ann {word}", "primary_admin", PASSWORD)
        return self.signed_in(f"admin@{org}.example")

    def signed_in(self, email: str) -> Client:
        client = self.server.client()
        answer = client.sign_in(email, PASSWORD)
        assert answer.status == 201, (email, answer)
        return client

    def ended(self) -> Client:
        client = self.signed_in("admin@bravo.example")
        token, csrf = client.cookie, client.csrf
        assert client.request("DELETE", "/v1/sessions/current").status == 204
        client.cookie, client.csrf = token, csrf
        return client

    def disabled(self) -> Client:
        self.server.make_person("bravo", "gone@bravo.example", "Gone", "admin", PASSWORD)
        client = self.signed_in("gone@bravo.example")
        people = self.bravo.pages("/v1/orgs/bravo/people")
        person = next(one["id"] for one in people if one["email"] == "gone@bravo.example")
        answer = self.operator.post(f"/v1/people/{person}/disable")
        if answer.status == 404:
            self.unserved.add("disabling people")
            return self.server.client()
        assert answer.status in (200, 204), answer
        return client

    def revoked(self) -> Client:
        key = self.server.make_key("bravo", "ingest,read,manage")
        client = self.server.client(key)
        made = next(one for one in self.operator.pages("/v1/keys", org="bravo") if key.startswith(one["hint"]))
        assert self.operator.request("DELETE", f"/v1/keys/{made['id']}").status == 204
        return client

    def fill(self, org: str, word: str) -> dict[str, str]:
        """One of each kind of thing, each with the word in whatever text it takes; their ids."""
        admin = self.bravo if org == "bravo" else self.alpha
        key = self.bravo_key if org == "bravo" else self.alpha_key
        base = f"/v1/orgs/{org}"

        def made(answer: Answer, what: str = "") -> dict:
            if what and answer.status in (404, 405):
                self.unserved.add(what)  # said by test_1
                return {"id": str(uuid.uuid4())}
            assert answer.status in (200, 201, 202), (org, answer)
            return answer.json()

        event = {"action": f"{word}.opened", "action_label": f"Opened {word}", "area": f"Area {word}",
                 "actor": {"id": f"u-{word}", "name": f"Zoe {word}", "email": f"zoe@{word}.example"},
                 "targets": [{"type": "file", "id": f"f-{word}", "name": word}], "metadata": {"note": word}}
        made(key.post("/v1/events", [event] * 5))
        records = self.server.wait_visible(key, org, 5)
        export = made(admin.post(f"{base}/exports", {"format": "csv", "from": "2026-01-01T00:00:00Z", "filter": {"q": word}}))
        until("the export is ready", 60, lambda: admin.get(f"{base}/exports/{export['id']}").json()["state"] == "ready")
        destination = made(admin.put(f"{base}/integrations/s3/main", {
            "bucket": f"{word}-logs", "region": "eu-central-1", "account_id": "210987654321", "path": word, "frequency": "hourly"}))
        made(admin.put(f"{base}/integrations/sftp", {"host": f"{word}.invalid", "user": word, "path": word,
                                                     "auth": {"password": word}}), "sftp")
        made(self.operator.put(f"/v1/data_sources/source-{word}", {"type": "postgresql", "host": f"{word}.invalid",
                                                                   "database": word, "user": word, "password": word}), "data sources")
        made(self.operator.put(f"/v1/data_packs/pack-{word}", {
            "name": f"Pack {word}", "source": {"id": f"source-{word}", "query": "SELECT 1 WHERE :org <> ''"},
            "format": {"type": "csv", "compression": "none"}, "schedule": {"every": "daily"}}), "data packs")
        made(self.operator.put(f"{base}/data_packs/pack-{word}", {}), "data packs")
        made(self.operator.put(f"/v1/data_sources/drop-{word}", {"type": "upload"}))
        named = [f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in (("filename", f"{word}.csv"), ("organization_id", org), ("set", word))]
        upload = self.operator.request("POST", f"/v1/data_sources/drop-{word}/uploads", None, {
            "Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": ",".join(named)})
        view = made(admin.post(f"{base}/views", {"name": f"View {word}", "shared": True, "query": word}), "views")
        invitation = made(admin.post(f"{base}/invitations", {"email": f"new@{word}.example", "name": word, "role": "member"}), "invitations")
        look = made(self.operator.post(f"{base}/looks", {"reason": f"Case {word}"}))
        # A look that lasts would let the operator in below.
        assert self.operator.request("DELETE", f"/v1/looks/{look['id']}").status == 204
        session = made(admin.get("/v1/me/sessions"), "sessions").get("data", [{"id": str(uuid.uuid4())}])[0]
        keys = self.operator.pages("/v1/keys", org=org)
        return {"org": org, "entry": records[0]["id"], "export": export["id"], "destination": destination["id"],
                "view": view["id"], "invitation": invitation["id"], "look": look["id"], "session": session["id"],
                "pack": f"pack-{word}", "source": f"source-{word}", "upload": upload.headers["location"].rsplit("/", 1)[1], "run": str(uuid.uuid4()),
                "person": admin.get("/v1/sessions/current").json()["person"]["id"], "key": keys[0]["id"], "delivery": str(uuid.uuid4()),
                "action": f"{word}.opened", "number": "1", "log": made(admin.get(f"{base}/log"), "log").get("log", "b" * 26), "tile": "0/000"}

    def nothing(self) -> dict[str, str]:
        """Ids of the same form, of nothing."""
        made_up = {kind: str(uuid.uuid4()) for kind in self.ids}
        return made_up | {"org": "nowhere", "destination": "other", "action": "nothing.here", "number": "1",
                          "log": "a" * 26, "tile": "0/000"}


class Isolation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.contract = Contract()
        cls.operations = cls.contract.operations()
        cls.world = World(places.workspace("isolation"))
        cls.addClassCleanup(cls.world.server.stop)
        cls.world.make()
        cls.before = cls.look_at_bravo()
        cls.answers = 0

    def test_1_every_id_of_every_route_is_known(self):
        self.assertEqual(self.world.unserved, set(), "the contract has routes for these that nobody answers")
        for operation in self.operations:
            for place in operation.places:
                self.assertIn(place, PLACES, f"{operation}: write into PLACES which kind of id stands at the end of {place}, and "
                              "into World.fill how bravo gets one of that kind.")
                self.assertIn(PLACES[place], self.world.ids, f"World.fill makes no {PLACES[place]}.")
            if operation.path.startswith("/v1/orgs/{org}"):
                self.assertIn(self.part_of(operation), ENTITLEMENT, f"{operation}: write into ENTITLEMENT what an operator has to "
                              "enable before an organization's admins get anything of it.")

    def test_2_strangers_learn_nothing_not_even_that_it_is_there(self):
        for operation in self.operations:
            if operation.public or not self.names_something(operation):
                continue
            for who, client in self.world.strangers.items():
                for ids, nothing in self.pairs(operation):
                    with self.subTest(who=who, operation=str(operation), ids=ids["org"]):
                        asked = self.ask(client, operation, ids)
                        self.check_clean(asked, who, operation)
                        refused = 400 <= asked.status < 500
                        self.assertTrue(refused, f"{asked.status} {asked.body[:300]!r}")
                        if not operation.path.startswith(INTAKE):
                            self.assertIn(asked.status, (401, 403, 404), asked.body[:300])
                        other = self.ask(client, operation, nothing)
                        self.assertEqual(self.bare(asked, ids), self.bare(other, nothing), "bravo's thing and none are told apart")

    def test_3_whoever_is_not_signed_in_is_told_so_and_nothing_else(self):
        for operation in self.operations:
            for who, client in self.world.nobodies.items():
                if operation.public and operation.method != "get":
                    continue  # signing in and links: their own scenarios
                with self.subTest(who=who, operation=str(operation)):
                    asked = self.ask(client, operation, self.world.ids)
                    self.check_clean(asked, who, operation)
                    if not operation.public:
                        self.assertEqual(asked.status, 401, asked.body[:300])

    def test_4_members_and_keys_that_only_send_get_nothing(self):
        for who, client, may in (("a member", self.world.member, MEMBERS_MAY), ("a key that only sends", self.world.sender, SENDERS_MAY)):
            for operation in self.operations:
                if not operation.path.startswith("/v1/orgs/{org}") or str(operation) in may:
                    continue
                with self.subTest(who=who, operation=str(operation)):
                    asked = self.ask(client, operation, self.world.ids)
                    self.check_clean(asked, who, operation)
                    self.assertIn(asked.status, (401, 403, 404), f"{operation} lets {who} in. If that is meant, write it into "
                                  f"MEMBERS_MAY or SENDERS_MAY and say why: {asked.body[:200]!r}")

    def test_5_what_is_not_enabled_is_refused_to_the_organizations_own_admins(self):
        for operation in self.operations:
            needed = self.needs(operation)
            if not needed or operation.keys_only or operation.path.endswith("/looks") or str(operation) in OPERATORS_DECIDE:
                continue
            with self.subTest(operation=str(operation)):
                asked = self.ask(self.world.bare, operation, self.world.nothing() | {"org": "bare"})
                self.assertEqual((asked.status, asked.json()["code"]), (403, "not_enabled"))

    def test_6_an_operator_reads_no_trail_without_a_look(self):
        for operation in self.operations:
            if (self.needs(operation) != "audit_logs" or operation.keys_only or operation.public
                    or str(operation) in OPERATORS_DECIDE):
                continue
            with self.subTest(operation=str(operation)):
                asked = self.ask(self.world.operator, operation, self.world.ids)
                self.check_clean(asked, "an operator without a look", operation)
                self.assertEqual((asked.status, asked.json()["code"]), (403, "look_needed"))

    def test_7_the_vendors_own_is_not_for_customers(self):
        for operation in self.operations:
            vendors = (operation.path.startswith(VENDORS_OWN) or operation.path == "/v1/orgs"
                       or str(operation) in OPERATORS_DECIDE)
            if not vendors:
                continue
            for who, client in (("an admin", self.world.alpha), ("its own admin", self.world.bravo),
                                ("a member", self.world.member)):
                with self.subTest(who=who, operation=str(operation)):
                    asked = self.ask(client, operation, self.world.ids)
                    self.check_clean(asked, who, operation)
                    self.assertIn(asked.status, (403, 404), asked.body[:300])

    def test_8_what_alpha_reads_of_its_own_holds_nothing_of_bravo(self):
        read = 0
        for operation in self.operations:
            if operation.method != "get":
                continue
            for who, client in self.world.strangers.items():
                with self.subTest(who=who, operation=str(operation)):
                    asked = self.ask(client, operation, self.world.alpha_ids)
                    self.check_clean(asked, who, operation)
                    read += asked.status == 200
        self.assertGreater(read, 30)

    def test_9_a_cursor_of_bravo_opens_nothing(self):
        """Its own page goes on with it, so it is one; in alpha it is refused or alpha's own."""
        tried = 0
        for operation in self.operations:
            if operation.method != "get" or "cursor" not in operation.parameters or operation.places != ["/v1/orgs/{org}"]:
                continue
            for whose, client in ((self.world.bravo, self.world.alpha), (self.world.bravo_key, self.world.alpha_key)):
                page = whose.get(operation.path.format(org="bravo"), limit=1)
                if page.status != 200 or not page.json().get("next_cursor"):
                    continue
                with self.subTest(operation=str(operation)):
                    tried += 1
                    cursor = page.json()["next_cursor"]
                    self.check_clean(client.get(operation.path.format(org="alpha"), cursor=cursor), "with bravo's cursor", operation)
                    other = client.get(operation.path.format(org="bravo"), cursor=cursor)
                    self.check_clean(other, "with bravo's cursor", operation)
                    self.assertEqual(other.status, 404)
        self.assertGreaterEqual(tried, 3)

    def test_99_bravo_is_as_before(self):
        self.assertEqual(self.look_at_bravo(), self.before)
        self.assertEqual(self.world.server.starts, 1)
        print(f"{len(self.operations)} operations, {self.answers} answers looked through")

    @classmethod
    def look_at_bravo(cls) -> dict:
        """Everything that lists of bravo hold, without what time alone changes."""
        found = {}
        for what in ("people", "invitations", "views", "exports", "integrations/s3"):
            found[what] = [one["id"] for one in cls.world.bravo.get(f"/v1/orgs/bravo/{what}").json().get("data", [])]
        org = cls.world.bravo.get("/v1/orgs/bravo").json()
        found["org"] = {name: value for name, value in org.items() if name != "activity"}
        found["keys"] = sorted(one["id"] for one in cls.world.operator.pages("/v1/keys", org="bravo") if not one["revoked_at"])
        records = cls.world.bravo_key.pages("/v1/orgs/bravo/events", limit=200, **{"from": "2000-01-01T00:00:00Z"})
        found["entries"] = [one["id"] for one in records if one.get("application") != "trailkeeper"]
        return found

    def part_of(self, operation: Operation) -> str:
        """What follows /v1/orgs/{org}: `events`, `exports`, or nothing."""
        return (operation.path.removeprefix("/v1/orgs/{org}").strip("/").split("/") or [""])[0]

    def needs(self, operation: Operation) -> str:
        if not operation.path.startswith("/v1/orgs/{org}"):
            return ""
        return ENTITLEMENT.get(self.part_of(operation), "")

    def names_something(self, operation: Operation) -> bool:
        return bool(operation.places) or self.contract.names_org(operation) is not None

    def pairs(self, operation: Operation) -> list[tuple[dict, dict]]:
        """bravo's ids, and bravo's under alpha's own address; each with made-up ones of the same form."""
        ids, nothing = self.world.ids, self.world.nothing()
        found = [(ids, nothing)]
        kinds = [PLACES[place] for place in operation.places]
        if kinds[:1] == ["org"] and len(kinds) > 1 and not CHOSEN & set(kinds):
            found.append((ids | {"org": "alpha"}, nothing | {"org": "alpha"}))
        return found

    def ask(self, client: Client, operation: Operation, ids: dict[str, str]) -> Answer:
        path = operation.path
        for place in operation.places:
            kind = PLACES[place]
            path = path.replace(re.search(r"\{\w+\}$", place).group(0), urllib.parse.quote(ids[kind], safe="/" if kind == "tile" else ""), 1)
        query = {name: ids["org"] for name in ("org",) if name in operation.parameters}
        if "destination" in operation.parameters:
            query["destination"] = ids["destination"]
        if "field" in operation.parameters:
            query["field"] = "actor"
        if "email" in operation.parameters:
            query["email"] = "new@elsewhere.example"
        if query:
            path += "?" + urllib.parse.urlencode(query)
        body = self.contract.example(operation.body, {
            "org": ids["org"], "organization_id": ids["org"], "organization": ids["org"], "email": "eve@alpha.example",
            "password": PASSWORD, "new": PASSWORD, "name": "Eve", "all_orgs": None, "parent": "https://alpha.example",
            "targets": [], "user": {"id": "eve"}, "time": "2020-01-01T00:00:00Z", "return_url": None, "success_url": None})
        type(self).answers += 1
        return client.request(operation.method.upper(), path, body)

    def check_clean(self, answer: Answer, who: str, operation: Operation) -> None:
        for part in (answer.body, json.dumps(answer.headers).encode()):
            self.assertNotIn(CANARY.encode(), part.lower(), f"{who} is told something of bravo by {operation}")

    def bare(self, answer: Answer, ids: dict[str, str]) -> tuple:
        """What of an answer may not depend on what there is: without the ids that were sent, and the request's own."""
        text = answer.body.decode(errors="replace").replace(answer.headers.get("x-request-id", "-"), "REQUEST")
        for value in sorted(ids.values(), key=len, reverse=True):
            if len(value) > 1:
                text = text.replace(value, "ID")
        return answer.status, text, answer.headers.get("content-type"), answer.headers.get("location")


if __name__ == "__main__":
    unittest.main()
