#!/usr/bin/env python3
"""What the vendor's staff see and do: a look at a customer's trail and what it leaves there (REQUIREMENTS F6), the view over all
organizations (G4), the registry from the command line, and the operators' pages in a real browser."""
import datetime
import json
import os
import subprocess
import unittest

from support import browser, places
from support.client import Client, until
from support.people import totp
from support.server import Server

PASSWORD = "correct horse battery"
AREA = "Vendor access"


class Operators(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("operators")
        config = '[s3]\nrole_arn = "arn:aws:iam::123456789012:role/trailkeeper"\n'
        cls.server = Server(cls.folder, config).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.make_org("acme", "Acme", "--s3")
        cls.server.make_org("globex", "Globex")
        cls.server.make_person("acme", "ann@acme.example", "Ann Park", "primary_admin", PASSWORD)
        cls.server.make_person("globex", "gina@globex.example", "Gina Ruiz", "admin", PASSWORD)
        cls.server.admin("operator", "create", "--email", "olga@vendor.example", "--name", "Olga", stdin=PASSWORD + "\n")
        now = datetime.datetime.now(datetime.timezone.utc)
        events = [{"action": "invite.sent", "actor": {"id": f"u{n}", "name": f"User {n}", "email": f"u{n}@acme.example"},
                   "occurred_at": (now - datetime.timedelta(minutes=n)).isoformat()} for n in range(30)]
        events.append(events[0] | {"action": "long.ago", "occurred_at": (now - datetime.timedelta(days=40)).isoformat()})
        answer = cls.server.client(cls.key).post("/v1/events", events)
        assert answer.status == 200, answer
        cls.server.wait_visible(cls.server.client(cls.key), "acme", 31)

    def person(self, email: str) -> Client:
        client = self.server.client()
        self.assertEqual(client.sign_in(email, PASSWORD).status, 201)
        return client

    def trail(self, action: str, count: int) -> list[dict]:
        """The entries of that action as the customer's own admin sees them, oldest first."""
        ann = self.person("ann@acme.example")
        return until(f"{count} entries {action}", 30, lambda: (lambda found: found if len(found) >= count else [])(
            ann.get("/v1/orgs/acme/events", action=action, limit=200, order="asc").json()["data"]))

    def test_1_a_look_is_needed_and_everything_in_it_is_in_the_customers_trail(self):
        olga, events = self.person("olga@vendor.example"), "/v1/orgs/acme/events"
        refused = olga.get(events)
        self.assertEqual((refused.status, refused.json()["code"]), (403, "look_needed"))
        self.assertEqual(olga.post("/v1/orgs/acme/looks", {"reason": ""}).status, 422)
        made = olga.post("/v1/orgs/acme/looks", {"reason": "Case 4711: 4111 1111 1111 1111"})
        self.assertEqual(made.status, 201, made.body)
        look = made.json()
        self.assertEqual(look["org"]["name"], "Acme")
        self.assertEqual([one["id"] for one in olga.get("/v1/looks").json()["data"]], [look["id"]])
        # Masking that would hide all of it, were it for the vendor's own entries.
        self.server.admin("masking", "set", "--field", "reason", "--field", "asked", "--drop", "look", "--drop", "path")
        page = olga.get(events, q="user 7").json()
        self.assertEqual(page["total"]["value"], 1)
        self.assertEqual(olga.get(events, **{"from": "2020-01-01T00:00:00Z", "action": "long.ago"}).json()["data"], [])
        self.assertEqual(olga.get(f"{events}/{page['data'][0]['id']}").status, 200)
        self.assertEqual(olga.get(events, q="user 7", limit=1).status, 200)
        export = olga.post("/v1/orgs/acme/exports", {"format": "csv", "from": "2026-01-01T00:00:00Z"})
        self.assertEqual(export.status, 202, export.body)
        exports = f"/v1/orgs/acme/exports/{export.json()['id']}"
        until("the export is ready", 30, lambda: olga.get(exports).json()["state"] == "ready")
        self.assertEqual(olga.get(f"{exports}/file").status, 200)

        searched = self.trail("trailkeeper.vendor.searched", 2)
        self.assertEqual(searched[0]["area"], AREA)
        self.assertEqual(searched[0]["actor"], {"type": "operator", "id": searched[0]["actor"]["id"], "name": "Olga",
                                                "username": "olga@vendor.example", "email": "olga@vendor.example", "role": "operator"})
        self.assertEqual(searched[0]["metadata"], {"look": look["id"], "reason": "Case 4711: 4111 1111 1111 1111",
                                                   "path": events, "asked": ["q=user 7"]})
        self.assertEqual(len(searched), 2, "the same search again is one entry")
        for action in ("look_started", "entry_opened", "exported", "downloaded"):
            found = self.trail(f"trailkeeper.vendor.{action}", 1)
            self.assertEqual((len(found), found[0]["area"]), (1, AREA), action)
        self.assertEqual(self.trail("trailkeeper.vendor.entry_opened", 1)[0]["targets"][0]["id"], page["data"][0]["id"])
        self.assertEqual(olga.request("DELETE", f"/v1/looks/{look['id']}").status, 204)
        self.assertEqual(olga.get(events).json()["code"], "look_needed")
        self.trail("trailkeeper.vendor.look_ended", 1)

    def test_2_nobody_fakes_or_renames_vendor_access(self):
        client = self.server.client(self.key)
        for event in ({"action": "x", "area": "vendor ACCESS"}, {"action": "trailkeeper.vendor.searched"}):
            answer = client.post("/v1/events", {"actor": {"id": "u"}, **event})
            self.assertEqual(answer.status, 422, event)
            self.assertEqual(answer.json()["data"][0]["problem"]["code"] if "data" in answer.json() else "reserved", "reserved")
        manage = self.server.client(self.server.make_key("*", "manage"))
        self.assertEqual(manage.put("/v1/actions/x", {"area": "Vendor access"}).status, 422)
        self.assertEqual(manage.put("/v1/actions/trailkeeper.vendor.searched", {"label": "Nothing"}).status, 403)

    def test_3_a_look_ends_after_half_an_hour_and_with_its_session(self):
        olga = self.person("olga@vendor.example")
        made = olga.post("/v1/orgs/acme/looks", {"reason": "Case 1"})
        self.assertEqual(made.status, 201)
        self.assertEqual(self.person("olga@vendor.example").get("/v1/orgs/acme/events").json()["code"], "look_needed")
        ends = datetime.datetime.fromisoformat(made.json()["expires_at"])
        began = datetime.datetime.fromisoformat(made.json()["started_at"])
        self.assertEqual(ends - began, datetime.timedelta(minutes=30))
        self.server.set_clock((ends - datetime.timedelta(minutes=2)).isoformat())
        self.assertEqual(olga.get("/v1/orgs/acme/events").status, 200)
        self.server.set_clock((ends + datetime.timedelta(seconds=1)).isoformat())
        self.assertEqual(olga.get("/v1/orgs/acme/events").json()["code"], "look_needed")
        self.assertEqual(olga.get("/v1/looks").json()["data"], [])

    def test_4_an_operator_who_is_an_admin_of_the_customer_too_needs_a_look(self):
        self.server.make_person("globex", "both@vendor.example", "Both", "primary_admin", PASSWORD)
        self.server.admin("operator", "create", "--email", "both@vendor.example", "--name", "Both", stdin=PASSWORD + "\n")
        self.assertEqual(self.person("both@vendor.example").get("/v1/orgs/globex/events").json()["code"], "look_needed")

    def test_5_the_overview_says_what_comes_in(self):
        olga = self.person("olga@vendor.example")
        found = until("the overview counts", 30, lambda: (lambda page: page if page["orgs"]["active_last_day"] >= 1 else None)(
            olga.get("/v1/overview").json()))
        self.assertEqual((found["orgs"]["total"], found["intake"]["accepting"], found["store"]["state"]), (2, True, "ok"))
        self.assertLessEqual(found["orgs"]["active_last_day"], 2)
        self.assertEqual(found["errors"]["internal_errors"], 0)
        self.assertGreater(found["store"]["journal_bytes"], 0)
        row = next(one for one in olga.get("/v1/orgs").json()["data"] if one["id"] == "acme")
        self.assertGreaterEqual(row["activity"]["entries_last_day"], 31)
        self.assertEqual(self.person("ann@acme.example").get("/v1/overview").status, 403)

    def test_6_actions_are_counted_as_they_come(self):
        manage = self.server.client(self.server.make_key("*", "read,manage"))
        client = self.server.client(self.key)

        def count() -> int:
            return sum(one["events"] for one in manage.pages("/v1/actions", limit=200) if one["action"] == "counted.once")

        self.assertEqual(count(), 0)
        for sent in range(1, 4):
            self.assertEqual(client.post("/v1/events", {"action": "counted.once", "actor": {"id": "u"}}).status, 200)
            until(f"{sent} are counted", 20, lambda: count() == sent)

    def test_7_the_registry_from_the_command_line(self):
        file = self.folder / "actions.json"
        file.write_text(json.dumps([{"action": "file.opened", "label": "Opened file", "area": "Files", "category": "data"},
                                    {"action": "file.closed", "label": "Closed file"}]))
        self.run_admin("action", "import", str(file))
        self.run_admin("action", "set", "file.closed", "--label", "File closed", "--crud", "update")
        found = {one["action"]: one for one in self.server.admin("action", "list", "--status", "registered")["data"]}
        self.assertEqual((found["file.closed"]["label"], found["file.closed"]["crud"]), ("File closed", "update"))
        self.run_admin("action", "remove", "file.closed")
        masking = self.folder / "masking.json"
        masking.write_text('{"fields": ["password"], "drop_fields": [], "card_numbers": true}')
        self.run_admin("masking", "import", str(masking))
        self.assertEqual(self.server.admin("masking", "show")["fields"], ["password"])
        # For the pages below: one with a schema.
        manage = self.server.client(self.server.make_key("*", "manage"))
        self.assertEqual(manage.post("/v1/actions/file.opened/schemas", {"targets": [{"type": "file"}]}).status, 201)

    def run_admin(self, *words: str) -> str:
        done = subprocess.run([places.PROGRAM, "admin", *words, "--data", self.server.data], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_8_the_pages(self):
        """console/e2e/operators.spec.ts; each page by axe, in light and dark."""
        ann = self.person("ann@acme.example")
        made = ann.put("/v1/orgs/acme/integrations/s3/main", {"bucket": "acme-logs", "region": "eu-central-1",
                                                             "account_id": "210987654321", "frequency": "hourly"})
        self.assertIn(made.status, (200, 201), made.body)
        self.make_everybody()
        environment = os.environ | {
            "BASE_URL": self.server.url, "E2E_ORG": "acme", "E2E_OPERATOR_EMAIL": "olga@vendor.example", "E2E_OPERATOR_PASSWORD": PASSWORD,
            "CHROMIUM": browser.chromium(), "E2E_OUTPUT": str(self.folder / "results"), "CI": "1",
            "E2E_SHOTS": os.environ.get("E2E_SHOTS", str(places.SCREENSHOTS)),
            "PATH": f"{places.ROOT}/.venv/bin:{os.environ['PATH']}"}
        done = subprocess.run([places.tool("npm"), "--prefix", str(places.ROOT / "console"), "run", "--silent", "e2e", "--", "operators"],
                              env=environment, capture_output=True, text=True, timeout=700)
        print(done.stdout[-5000:])
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        # Taken away in the browser: the password alone signs in, and the customer's trail says who did it.
        for email in ("fay@acme.example", "hal@acme.example"):
            self.assertFalse(self.person(email).get("/v1/me").json()["second_factor"]["enabled"])
        for entry in self.trail("trailkeeper.user.second_factor_reset", 2):
            self.assertEqual(entry["actor"]["email"], "olga@vendor.example")

    def make_everybody(self):
        """More people than a page of the operators' list holds, and two with a second factor."""
        vendor = self.server.client(self.server.make_key("*", "manage"))
        self.server.make_org("crowd", "Crowd")
        for n in range(60):
            made = vendor.post("/v1/orgs/crowd/people", {"email": f"crowd{n:02}@crowd.example", "name": f"Person {n}", "role": "member"})
            self.assertEqual(made.status, 201, made.body)
        for email, name in (("fay@acme.example", "Fay Long"), ("hal@acme.example", "Hal Moss")):
            self.server.make_person("acme", email, name, "member", PASSWORD)
            person = self.person(email)
            secret = person.post("/v1/me/second_factor", {"password": PASSWORD}).json()["secret"]
            self.assertEqual(person.post("/v1/me/second_factor/confirm", {"code": totp(secret)}).status, 200)

    def test_9_all_people_are_narrowed(self):
        """GET /v1/people: each filter, all of them together, and what is refused."""
        vendor = self.server.client(self.server.make_key("*", "manage"))
        def emails(**filters: str) -> list[str]:
            return sorted(one["email"] for one in vendor.pages("/v1/people", limit=7, **filters))
        self.assertEqual(emails(org="globex", role="admin"), ["gina@globex.example"])
        self.assertEqual(emails(org="globex", role="member"), [])
        self.assertIn("olga@vendor.example", emails(operators="true"))
        self.assertEqual(emails(q="GINA", state="active", second_factor="off"), ["gina@globex.example"])
        self.assertEqual(emails(q="gina", state="disabled"), [])
        self.assertEqual(emails(q="gina", second_factor="on"), [])
        self.assertEqual(emails(q="gina", not_since="1970-01-01T00:00:00Z"), ["gina@globex.example"])
        self.assertEqual(emails(q="ann@", not_since="1970-01-01T00:00:00Z"), [])
        self.assertEqual(emails(q="gina", org="", role="", state="", second_factor="", not_since=""), ["gina@globex.example"])
        found = vendor.get("/v1/people", q="gina").json()["data"][0]
        self.assertEqual(found["orgs"], [{"id": "globex", "name": "Globex", "role": "admin"}])
        for name, value in (("org", "a b"), ("role", "king"), ("state", "on"), ("second_factor", "maybe"), ("not_since", "lately")):
            refused = vendor.get("/v1/people", **{name: value})
            self.assertEqual((refused.status, refused.json()["errors"][0]["pointer"]), (400, name))
        for who in ("ann@acme.example", "gina@globex.example"):
            self.assertEqual(self.person(who).get("/v1/people", org="acme").status, 403)


if __name__ == "__main__":
    unittest.main()
