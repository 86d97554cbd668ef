#!/usr/bin/env python3
"""Bad input gets a clear 4xx and changes nothing (promise 8), and nothing of one org opens another's (promise 7)."""
import datetime
import json
import unittest

from support import places
from support.client import until
from support.server import Server

GOOD = {"action": "report.viewed", "actor": {"id": "u_1"}}


def raw(text: str) -> bytes:
    """Text with \\ud800 and \\u0000 escapes as they stand: what json.dumps would never make."""
    return text.encode()


def event(**more) -> dict:
    return GOOD | more


FAR_OFF = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")

# What is sent, the status, and what must stand in the answer.
REFUSED = [
    ("malformed JSON", raw('{"action": '), 400, None),
    ("no JSON at all", raw("hello"), 400, None),
    ("not UTF-8", b'{"action":"a\xff","actor":{"id":"u"}}', 400, "/action"),
    ("a second value after the first", raw('{"action":"a","actor":{"id":"u"}} x'), 400, None),
    ("a number", raw("7"), 422, None),
    ("an empty body", b"", 400, None),
    ("an empty array", raw("[]"), 422, None),
    ("no action", {"actor": {"id": "u"}}, 422, "/action"),
    ("no actor", {"action": "a"}, 422, "/actor"),
    ("no actor id", {"action": "a", "actor": {}}, 422, "/actor/id"),
    ("an unknown member", event(colour="red"), 422, "/colour"),
    ("a wrong type", event(area=7), 422, "/area"),
    ("an unknown category", event(category="gossip"), 422, "/category"),
    ("an HTTP status that is none", event(http_status=42), 422, "/http_status"),
    ("an invalid date", event(occurred_at="2026-02-30T00:00:00Z"), 422, "/occurred_at"),
    ("a date without zone", event(occurred_at="2026-11-01T10:00:00"), 422, "/occurred_at"),
    ("a date before 2000", event(occurred_at="1999-12-31T23:59:59Z"), 422, "/occurred_at"),
    ("a date more than a day ahead", event(occurred_at=FAR_OFF), 422, "/occurred_at"),
    ("an address that is none", event(context={"ip": "300.1.2.3"}), 422, "/context/ip"),
    ("duplicate keys", raw('{"action":"a","action":"b","actor":{"id":"u"}}'), 422, "/action"),
    ("duplicate keys in metadata", raw('{"action":"a","actor":{"id":"u"},"metadata":{"x":1,"x":2}}'), 422, "/metadata"),
    ("NUL", raw('{"action":"a","actor":{"id":"u","name":"a\\u0000b"}}'), 422, "/actor/name"),
    ("a lone surrogate", raw('{"action":"a","actor":{"id":"u","name":"\\ud800"}}'), None, None),
    ("an event of 1 MiB", event(metadata={"x": "y" * (1 << 20)}), 422, None),
    ("too deep", raw('{"action":"a","actor":{"id":"u"},"metadata":' + '{"a":' * 40 + "1" + "}" * 41), None, None),
]


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("bad_input")).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.make_org("acme", "Acme")
        cls.other_key = cls.server.make_org("globex", "Globex")
        cls.client = cls.server.client(cls.key)
        answer = cls.client.post("/v1/events", event(action="first.one"))
        assert answer.status == 200, answer

    def stored(self) -> int:
        """How many entries of the product acme has, with one more that this sends: all that was committed before an
        entry is seen with it. Our own entries (a key was made) come when they come, so `seq` would not do."""
        answer = self.client.post("/v1/events", GOOD)
        self.assertEqual(answer.status, 200, answer.body)
        last = answer.json()["data"][0]["id"]

        def look() -> int:
            found = self.server.wait_visible(self.client, "acme", 1)
            return len(found) if any(record["id"] == last for record in found) else 0

        return until("an entry is seen", 60, look)

    def check_problem(self, answer, status, pointer):
        self.assertIn("x-request-id", answer.headers)
        body = answer.json()
        if status is None:
            self.assertIn(answer.status, (400, 422))
        else:
            self.assertEqual(answer.status, status, answer.body[:500])
        problem = body["data"][0]["problem"] if "data" in body else body
        self.assertTrue(problem["code"])
        self.assertTrue(problem.get("detail") or problem.get("errors"), body)
        if pointer:
            pointers = [item["pointer"] for item in problem["errors"]]
            self.assertTrue(any(found.startswith(pointer) or found.startswith("/0" + pointer) for found in pointers),
                            pointers)

    def test_each_is_refused_with_a_reason_and_stores_nothing(self):
        before = self.stored()
        for name, body, status, pointer in REFUSED:
            with self.subTest(name):
                self.check_problem(self.client.post("/v1/events", body), status, pointer)
        self.assertEqual(self.stored(), before + 1)

    def test_workos_form_answers_in_its_own_shape(self):
        before = self.stored()
        for name, body, statuses in [
                ("malformed JSON", raw("{"), (400,)),
                ("no event", {"organization_id": "acme"}, (400, 422)),
                ("unknown org", {"organization_id": "nobody", "event": GOOD}, (404, 422)),
                ("another's org", {"organization_id": "globex", "event": GOOD}, (404, 422)),
                ("bad date", {"organization_id": "acme", "event": event(occurred_at="yesterday")}, (400, 422))]:
            with self.subTest(name):
                answer = self.client.post("/audit_logs/events", body)
                self.assertIn(answer.status, statuses, answer.body)
                self.assertTrue(answer.json()["message"])
                self.assertTrue(answer.json()["code"])
                self.assertIn("x-request-id", answer.headers)
        self.assertEqual(self.stored(), before + 1)

    def test_a_batch_with_one_bad_event_keeps_the_good_ones(self):
        before = self.stored()
        answer = self.client.post("/v1/events", [GOOD, event(occurred_at="never"), GOOD])
        self.assertEqual(answer.status, 200, answer.body)
        items = answer.json()["data"]
        self.assertEqual([item["status"] for item in items], ["created", "rejected", "created"])
        self.assertEqual(items[2]["seq"], items[0]["seq"] + 1)
        self.assertEqual(items[1]["problem"]["errors"][0]["pointer"], "/1/occurred_at")
        self.assertEqual(self.stored(), before + 3)

    def test_an_atomic_batch_with_one_bad_event_stores_none(self):
        before = self.stored()
        answer = self.client.post("/v1/events?atomic=true", [GOOD, event(occurred_at="never"), GOOD])
        self.assertEqual(answer.status, 422, answer.body)
        self.assertEqual(self.stored(), before + 1)

    def test_wrong_keys_open_nothing(self):
        for name, key in [("none", ""), ("no key of ours", "hello"), ("one character changed", self.key[:-1] + "~"),
                          ("cut", self.key[:-4])]:
            with self.subTest(name):
                client = self.server.client(key)
                for answer in (client.post("/v1/events", GOOD), client.post("/audit_logs/events", {}),
                               client.get("/v1/orgs/acme/events")):
                    self.assertEqual(answer.status, 401, answer.body)

    def test_a_key_opens_its_own_org_only(self):
        other = self.server.client(self.other_key)
        theirs = self.client.post("/v1/events", GOOD).json()["data"][0]["id"]
        for path in ["/v1/orgs/acme/events", f"/v1/orgs/acme/events/{theirs}", "/v1/orgs/acme/exports",
                     "/v1/orgs/acme/deliveries", "/v1/orgs/nobody/events"]:
            with self.subTest(path):
                self.assertEqual(other.get(path).status, 404, path)
        before = self.stored()
        answer = other.post("/v1/events", event(organization_id="acme"))
        self.assertIn(answer.status, (404, 422), answer.body)
        self.assertEqual(self.stored(), before + 1)

    def test_a_read_key_cannot_send_and_a_sending_key_cannot_read(self):
        reader = self.server.client(self.server.make_key("acme", "read"))
        sender = self.server.client(self.server.make_key("acme", "ingest"))
        self.assertEqual(reader.post("/v1/events", GOOD).status, 403)
        self.assertEqual(sender.get("/v1/orgs/acme/events").status, 403)

    def test_queries_that_make_no_sense(self):
        for query in [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"from": "yesterday"}, {"cursor": "abc"},
                      {"order": "sideways"}, {"category": "gossip"}, {"q": "x" * 300}, {"colour": "red"}]:
            with self.subTest(query):
                answer = self.client.get("/v1/orgs/acme/events", **query)
                self.assertEqual(answer.status, 400, answer.body)
                self.assertTrue(answer.json()["code"])

    def test_idempotency_key_with_other_content_is_refused(self):
        first = self.client.post("/v1/events", GOOD, Idempotency_Key="k-1")
        again = self.client.post("/v1/events", GOOD, Idempotency_Key="k-1")
        other = self.client.post("/v1/events", event(area="Reports"), Idempotency_Key="k-1")
        self.assertEqual((first.status, again.status, other.status), (200, 200, 422))
        self.assertEqual(first.json(), again.json())

    def test_a_body_above_10_mib_is_413(self):
        body = json.dumps([event(metadata={"x": "y" * 60000})] * 180).encode()
        self.assertGreater(len(body), 10 << 20)
        before = self.stored()
        try:
            self.assertEqual(self.client.post("/v1/events", body).status, 413)
        except OSError:
            pass  # the server may close while we still send; what counts is that nothing is stored
        self.assertEqual(self.stored(), before + 1)

    def test_unknown_paths_and_methods(self):
        self.assertEqual(self.client.get("/v1/nothing").status, 404)
        self.assertEqual(self.client.request("PATCH", "/v1/events", {}).status, 405)


if __name__ == "__main__":
    unittest.main()
