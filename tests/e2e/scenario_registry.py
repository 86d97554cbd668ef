#!/usr/bin/env python3
"""The vendor registers what its actions mean and what their metadata may hold, and names what must not be stored
(REQUIREMENTS E6, E7; promise 8)."""
import json
import pathlib
import unittest

from support import places
from support.client import until
from support.server import Server

CONFIG = '[mask]\nfields = ["default", "ssn"]\ndrop_fields = ["internal_notes"]\n'
SCHEMA = {"targets": [{"type": "invoice", "metadata": {"type": "object", "required": ["number"]}}],
          "metadata": {"type": "object", "properties": {"amount": {"type": "number", "minimum": 0}},
                       "required": ["amount"], "additionalProperties": False}}


def event(action: str, **more) -> dict:
    return {"action": action, "actor": {"id": "u_1"}} | more


class Registry(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("registry"), CONFIG).start()
        cls.addClassCleanup(cls.server.stop)
        cls.sender = cls.server.client(cls.server.make_org("acme", "Acme"))
        cls.vendor = cls.server.client(cls.server.make_key("*", "ingest,read,manage"))

    def send(self, *events: dict) -> list[dict]:
        answer = self.sender.post("/v1/events", list(events))
        self.assertIn(answer.status, (200, 422), answer.body)
        return answer.json()["data"] if answer.status == 200 else [{"problem": answer.json()}]

    def stored(self, item: dict) -> dict:
        """The record of an answer's item, once the store has it."""
        path = f"/v1/orgs/acme/events/{item['id']}"
        until("the event is visible", 30, lambda: self.sender.get(path).status == 200)
        return self.sender.get(path).json()

    def test_labels_are_resolved_at_intake_and_stay(self):
        put = self.vendor.put("/v1/actions/report.made", {"label": "Made report", "area": "Reports", "category": "data",
                                                          "crud": "create", "description": "A report was made"})
        self.assertEqual(put.status, 201, put.body)
        first, own = self.send(event("report.made"), event("report.made", area="Sales"))
        self.assertEqual(self.vendor.put("/v1/actions/report.made", {"label": "Created report"}).status, 200)
        second = self.send(event("report.made"))[0]
        self.assertEqual({name: self.stored(first).get(name) for name in ("action_label", "area", "category", "crud")},
                         {"action_label": "Made report", "area": "Reports", "category": "data", "crud": "create"})
        self.assertEqual(self.stored(own)["area"], "Sales")
        self.assertEqual(self.stored(second)["action_label"], "Created report")
        self.assertNotIn("area", self.stored(second))

    def test_what_the_vendor_calls_critical_is_found_as_such(self):
        items = self.send(event("salary.seen", crud="read"), event("salary.set", crud="update"),
                          event("salary.set", crud="update", outcome="failure"))
        self.stored(items[2])

        def found() -> list[str]:
            page = self.sender.get("/v1/orgs/acme/events?query=is:critical_change+action:salary").json()
            return [entry["id"] for entry in page["data"]]
        self.assertEqual(found(), [])
        put = self.vendor.put("/v1/actions/salary.set", {"critical": True})
        self.assertEqual((put.status, put.json()["critical"]), (201, True), put.body)
        self.assertEqual(found(), [items[1]["id"]])
        export = self.sender.post("/v1/orgs/acme/exports/estimate", {"filter": {"query": "is:critical_change action:salary"}})
        self.assertEqual(export.json()["rows"], 1, export.body)
        self.vendor.put("/v1/actions/salary.set", {"label": "Set salary"})
        self.assertEqual(found(), [])

    def test_events_are_checked_against_their_version(self):
        made = self.vendor.post("/v1/actions/invoice.sent/schemas", SCHEMA)
        self.assertEqual((made.status, made.json()["version"]), (201, 1), made.body)
        self.assertEqual(self.vendor.post("/v1/actions/invoice.sent/schemas", SCHEMA).status, 200)
        looser = self.vendor.post("/v1/actions/invoice.sent/schemas", {"metadata": {"required": ["total"]}})
        self.assertEqual(looser.json()["version"], 2)
        target = {"type": "invoice", "metadata": {"number": "7"}}
        good = event("invoice.sent", targets=[target], metadata={"amount": 5})
        bad = event("invoice.sent", targets=[target], metadata={"amount": -5, "colour": "red"})
        items = self.send(good, bad, event("invoice.sent", metadata={"total": 1}, version=2),
                          event("invoice.sent", version=3))
        self.assertEqual([item["status"] for item in items], ["created", "rejected", "created", "rejected"])
        problems = {(error["pointer"], error["code"]) for error in items[1]["problem"]["errors"]}
        self.assertEqual(problems, {("/1/metadata/amount", "out_of_range"), ("/1/metadata/colour", "unknown_field")})
        self.assertEqual(items[3]["problem"]["errors"][0]["pointer"], "/3/version")
        self.assertNotIn("red", json.dumps(items[1]["problem"]))
        self.vendor.put("/v1/actions/invoice.sent", {"enforce": "warn"})
        self.assertEqual(self.send(bad)[0]["status"], "created")
        found = self.vendor.get("/v1/actions/invoice.sent").json()
        self.assertEqual((found["violations"]["rejected"], found["violations"]["warned"]), (2, 1))
        self.assertEqual([one["version"] for one in self.vendor.pages("/v1/actions/invoice.sent/schemas", limit=1)], [2, 1])
        self.assertEqual(self.vendor.get("/v1/actions/invoice.sent/schemas/1").json()["schema"], SCHEMA)

    def test_what_was_seen_and_what_is_registered(self):
        self.vendor.put("/v1/actions/never.happened", {})
        self.vendor.put("/v1/actions/often.happened", {"label": "Often"})
        items = self.send(event("often.happened"), event("often.happened"), event("nobody.knows"))
        self.stored(items[2])

        def names(status: str) -> set[str]:
            return {one["action"] for one in self.vendor.pages("/v1/actions", status=status, limit=2)}

        self.assertIn("never.happened", names("never_seen"))
        until("what was seen is known", 60, lambda: "often.happened" not in names("never_seen"))
        until("what nobody registered is known", 60, lambda: "nobody.knows" in names("unregistered"))
        self.assertLessEqual({"never.happened", "often.happened", "nobody.knows"}, names("all"))
        listed = until("both are counted", 60, lambda: (lambda found: found if found["often.happened"]["events"] == 2 else None)(
            {one["action"]: one for one in self.vendor.pages("/v1/actions")}))
        self.assertEqual(listed["often.happened"]["events"], 2)
        self.assertTrue(listed["often.happened"]["last_seen_at"])
        of_org = {one["action"]: one for one in self.sender.get("/v1/orgs/acme/actions").json()["data"]}
        self.assertEqual((of_org["often.happened"]["events"], of_org["often.happened"]["label"]), (2, "Often"))
        self.assertEqual(self.vendor.request("DELETE", "/v1/actions/never.happened").status, 204)
        self.assertEqual(self.vendor.get("/v1/actions/never.happened").status, 404)
        self.assertEqual(self.vendor.request("DELETE", "/v1/actions/never.happened").status, 404)

    def test_secrets_are_masked_before_they_are_stored(self):
        item = self.send(event(
            "user.changed",
            actor={"id": "u", "metadata": {"apiKey": "k-1", "plan": "pro"}},
            targets=[{"type": "card", "id": "c", "metadata": {"note": "paid with 4111 1111 1111 1111"}}],
            context={"url": "https://app.example/reset?user=7&token=t-1#x"},
            changes=[{"field": "password", "before": "old-1", "after": "new-1"},
                     {"field": "profile", "after": {"ssn": "078-05-1120", "city": "Bonn"}}],
            metadata={"Authorization": "Bearer b-1", "internal_notes": {"x": 1}, "order": 1763821978123456}))[0]
        record = self.stored(item)
        self.assertEqual(record["actor"]["metadata"], {"apiKey": "[masked]", "plan": "pro"})
        self.assertEqual(record["targets"][0]["metadata"], {"note": "paid with [masked]"})
        self.assertEqual(record["context"]["url"], "https://app.example/reset?user=7&token=[masked]#x")
        self.assertEqual(record["changes"][0], {"field": "password", "before": "[masked]", "after": "[masked]"})
        self.assertEqual(record["changes"][1]["after"], {"ssn": "[masked]", "city": "Bonn"})
        self.assertEqual(record["metadata"], {"Authorization": "[masked]", "order": 1763821978123456})
        data = b"".join(self.content(path) for path in self.server.data.rglob("*"))
        for secret in (b"k-1", b"old-1", b"new-1", b"b-1", b"078-05-1120", b"4111 1111"):
            self.assertNotIn(b'"' + secret if b"-" in secret else secret, data)

    @staticmethod
    def content(path: pathlib.Path) -> bytes:
        """Of a file; the store may just have taken it away, as it does when it merges."""
        try:
            return path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            return b""

    def test_masking_is_set_by_the_interface_and_lasts(self):
        before = self.vendor.get("/v1/masking").json()
        self.assertEqual((before["source"], before["drop_fields"]), ("configuration", ["internal_notes"]))
        self.assertIn("password", before["fields"])
        sent = event("setting.changed", external_id="set-1", metadata={"Colour": "red", "password": "p"})
        first = self.send(sent)[0]
        put = self.vendor.put("/v1/masking", {"fields": ["colour"], "card_numbers": False})
        self.assertEqual((put.status, put.json()["source"]), (200, "interface"), put.body)
        # A retry is known by the event as it was sent, whatever is masked by now.
        again = self.send(sent)[0]
        self.assertEqual((again["status"], again["id"]), ("duplicate", first["id"]))
        second = self.send(event("setting.changed", metadata={"Colour": "red", "password": "p"}))[0]
        self.assertEqual(self.stored(first)["metadata"], {"Colour": "red", "password": "[masked]"})
        self.assertEqual(self.stored(second)["metadata"], {"Colour": "[masked]", "password": "p"})
        self.vendor.put("/v1/masking", {name: before[name] for name in ("fields", "drop_fields", "card_numbers")})

    def test_who_may(self):
        one_org = self.server.client(self.server.make_key("acme", "ingest,read,manage"))
        reader = self.server.client(self.server.make_key("*", "read"))
        for client, status in ((one_org, 403), (reader, 403), (self.server.client(), 401)):
            self.assertEqual(client.put("/v1/actions/a.b", {}).status, status)
            self.assertEqual(client.post("/v1/actions/a.b/schemas", {}).status, status)
            self.assertEqual(client.put("/v1/masking", {}).status, status)
            self.assertEqual(client.request("DELETE", "/v1/actions/a.b").status, status)
        self.assertEqual(reader.get("/v1/actions").status, 200)
        self.assertEqual(reader.get("/v1/masking").status, 200)
        self.assertEqual(one_org.get("/v1/actions").status, 403)
        self.assertEqual(one_org.get("/v1/orgs/acme/actions").status, 200)
        self.assertEqual(one_org.get("/v1/orgs/trailkeeper/actions").status, 404)

    def test_what_is_refused(self):
        for path, body, status, pointer in (
                ("/v1/actions/trailkeeper.x", {}, 403, None),
                ("/v1/actions/a", {"category": "gossip"}, 422, "/category"),
                ("/v1/actions/a", {"label": ""}, 422, "/label"),
                ("/v1/actions/a", {"colour": 1}, 422, "/colour"),
                ("/v1/actions/" + "a" * 300, {}, 422, "/action"),
                ("/v1/masking", {"fields": ["--"]}, 422, "/fields/0")):
            with self.subTest(path=path, body=body):
                self.check_refusal(self.vendor.put(path, body), status, pointer)
        for body, pointer in (({"metadata": {"$ref": "https://example.com/s.json"}}, "/metadata/$ref"),
                              ({"metadata": {"pattern": "(a"}}, "/metadata/pattern"),
                              ({"targets": [{}]}, "/targets/0/type"), ({"other": 1}, "/other")):
            with self.subTest(body=body):
                self.check_refusal(self.vendor.post("/v1/actions/refused/schemas", body), 422, pointer)
        self.assertEqual(self.vendor.get("/v1/actions/refused").status, 404)

    def check_refusal(self, answer, status: int, pointer: str | None) -> None:
        self.assertEqual(answer.status, status, answer.body)
        if pointer:
            self.assertEqual(answer.json()["errors"][0]["pointer"], pointer)

    def test_zz_changes_are_entries_and_all_lasts_over_a_restart(self):
        self.vendor.put("/v1/actions/lasting.one", {"label": "Lasting"})
        self.server.kill()
        self.server.start()
        self.assertEqual(self.vendor.get("/v1/actions/lasting.one").json()["label"], "Lasting")
        operator = self.server.client()
        self.server.admin("operator", "create", "--email", "op@vendor.example", "--name", "Olga", stdin="a long password 1\n")
        self.assertEqual(operator.sign_in("op@vendor.example", "a long password 1").status, 201)

        def entries() -> set[str]:
            found = operator.get("/v1/orgs/trailkeeper/events", action="trailkeeper.", limit=200)
            return {record["action"] for record in found.json().get("data", [])}

        until("the changes are in the operators' trail", 30, lambda: {
            "trailkeeper.action.registered", "trailkeeper.action.changed", "trailkeeper.action.removed",
            "trailkeeper.action.schema_added", "trailkeeper.masking.changed"} <= entries())


if __name__ == "__main__":
    unittest.main()
