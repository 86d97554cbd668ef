#!/usr/bin/env python3
"""Keys, limits and our own actions, as an operator and an application see them: provisioning by PUT and by the admin
commands, keys that expire, rotate and are revoked, limits that refuse a whole request and say so, and a trail that
names everything that was done, once (promises 2, 7 and 8)."""
import datetime
import re
import subprocess
import time
import unittest

from support import places
from support.client import until
from support.server import Server

EVENT = {"action": "report.viewed", "actor": {"id": "u_1"}}
ALL_TIME = {"from": "2000-01-01T00:00:00Z"}
# So that a destination can be entered; nothing is sent there.
ROLE = '[s3]\nrole_arn = "arn:aws:iam::123456789012:role/trailkeeper-delivery"\n'
PROXY = '[proxies]\ntrusted = ["127.0.0.1", "203.0.113.0/24"]\n'
PASSWORD = "correct horse battery staple"
POLICY = re.compile(r'^"events";q=(\d+);qu="events";w=(\d+), "bytes";q=\d+;qu="content-bytes";w=\d+, '
                    r'"requests";q=\d+;qu="requests";w=\d+$')
LEFT = re.compile(r'^"events";r=(\d+);t=(\d+), "bytes";r=\d+;t=\d+, "requests";r=\d+;t=\d+$')


def later(**span) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("keys"), config=ROLE + PROXY).start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.make_org("acme", "Acme", "--s3")
        cls.server.make_org("globex", "Globex")
        cls.vendor = cls.server.client(cls.server.make_key("*", "ingest,read,manage"))

    def test_behind_a_proxy_the_log_names_the_client(self):
        for sent, client in (("198.51.100.7", "198.51.100.7"), ("192.0.2.1, 198.51.100.8, 203.0.113.9", "198.51.100.8"),
                             ("nobody", "127.0.0.1")):
            answer = self.vendor.request("GET", "/v1/keys", headers={"X-Forwarded-For": sent})
            self.assertEqual(answer.status, 200, answer.body)
            wanted = f'"peer":"127.0.0.1","client":"{client}"'
            until(f"a line with {wanted}", 10, lambda: any(
                answer.headers["x-request-id"] in line and wanted in line for line in self.server.log_tail().splitlines()))

    def send(self, key: str, count: int = 1):
        return self.server.client(key).post("/v1/events", [EVENT] * count)

    def make_key(self, **more) -> dict:
        answer = self.vendor.post("/v1/keys", {"org": "acme", "application": "Shop", "scopes": ["ingest"]} | more)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json()

    def own(self, org: str, action: str, client=None) -> list[dict]:
        """Our own entries of that kind in the org's trail."""
        records = (client or self.vendor).pages(f"/v1/orgs/{org}/events", action=action, limit=200, **ALL_TIME)
        return [record for record in records if record["action"] == action]

    def wait_own(self, org: str, action: str, count: int, client=None) -> list[dict]:
        return until(f"{count} of {action} in {org}", 30,
                     lambda: (lambda found: found if len(found) >= count else None)(self.own(org, action, client)), 0.3)

    # --- keys

    def test_a_key_is_shown_once_and_ends_at_once(self):
        made = self.make_key(name="till 3")
        self.assertTrue(made["key"].startswith("tk_"))
        self.assertEqual(self.send(made["key"]).status, 200)
        shown = self.vendor.get(f"/v1/keys/{made['id']}").json()
        self.assertNotIn("key", shown)
        self.assertEqual(shown["name"], "till 3")
        self.assertIsNotNone(shown["last_used_at"])
        self.assertNotIn(made["key"].encode(), (self.server.data / "settings.db").read_bytes())
        self.assertEqual(self.vendor.request("DELETE", f"/v1/keys/{made['id']}").status, 204)
        self.assertEqual(self.send(made["key"]).status, 401)
        self.assertEqual(len(self.wait_own("acme", "trailkeeper.key.revoked", 1)), 1)

    def test_rotation_overlaps(self):
        old = self.make_key()
        new = self.vendor.post(f"/v1/keys/{old['id']}/rotate", {"overlap_seconds": 3600})
        self.assertEqual(new.status, 201, new.body)
        new = new.json()
        self.assertEqual(new["scopes"], ["ingest"])
        self.assertEqual((self.send(old["key"]).status, self.send(new["key"]).status), (200, 200))
        self.assertEqual(self.vendor.get(f"/v1/keys/{old['id']}").json()["replaced_by"], new["id"])
        again = self.vendor.post(f"/v1/keys/{old['id']}/rotate")
        self.assertEqual((again.status, again.json()["code"]), (409, "already_rotated"))
        without = self.vendor.post(f"/v1/keys/{new['id']}/rotate", {"overlap_seconds": 0}).json()
        self.assertEqual((self.send(new["key"]).status, self.send(without["key"]).status), (401, 200))

    def test_a_key_opens_what_it_is_for(self):
        for scope, path in (("ingest", "/v1/orgs/acme/events"), ("read", "/v1/orgs/acme/keys")):
            key = self.make_key(scopes=[scope])["key"]
            self.assertEqual(self.server.client(key).get(path).status, 403)
        manage = self.server.client(self.make_key(scopes=["manage"])["key"])
        self.assertEqual(manage.get("/v1/orgs/acme/keys").status, 200)
        self.assertEqual(manage.get("/v1/orgs/globex/keys").status, 404)
        self.assertEqual(manage.post("/v1/keys", {"org": "globex", "application": "x", "scopes": ["read"]}).status, 404)
        self.assertEqual(manage.post("/v1/orgs/acme/keys", {"application": "x", "scopes": ["ingest"]}).status, 201)
        of_others = self.vendor.post("/v1/orgs/globex/keys", {"application": "x", "scopes": ["ingest"]}).json()["id"]
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate")):
            self.assertEqual(manage.request(method, f"/v1/keys/{of_others}{path}").status, 404)

    def test_lists_are_filtered_and_paged(self):
        for number in range(5):
            self.make_key(application="Lists", name=str(number))
        ended = self.make_key(application="Lists", name="ended")
        self.vendor.request("DELETE", f"/v1/keys/{ended['id']}")
        found = self.vendor.pages("/v1/keys", application="Lists", limit=2)
        self.assertEqual(sorted(key["name"] for key in found), ["0", "1", "2", "3", "4", "ended"])
        self.assertEqual(len(self.vendor.pages("/v1/keys", application="Lists", active="true", limit=2)), 5)
        self.assertEqual(self.vendor.pages("/v1/keys", application="Lists", org="globex"), [])

    def test_a_mapping_is_kept_as_it_was_sent(self):
        mapping = {"actor.id": "enduser.id", "area": "app.screen"}
        made = self.make_key(otlp_mapping=mapping)
        self.assertEqual(made["otlp_mapping"], mapping)
        cleared = self.vendor.request("PATCH", f"/v1/keys/{made['id']}", {"otlp_mapping": None, "name": "x"})
        self.assertEqual((cleared.json()["otlp_mapping"], cleared.json()["name"]), (None, "x"))
        for wrong in ({"x": "y" * 4096}, {"actor.id": 7}, "actor.id"):
            refused = self.vendor.request("PATCH", f"/v1/keys/{made['id']}", {"otlp_mapping": wrong})
            self.assertIn(refused.status, (400, 422))
            self.assertTrue(refused.json()["errors"][0]["pointer"].startswith("/otlp_mapping"), refused.body)

    # --- limits

    def limited_key(self, org: str, **limits) -> str:
        answer = self.vendor.put(f"/v1/orgs/{org}", {"name": org, "entitlements": {"audit_logs": True},
                                                     "limits": limits})
        self.assertIn(answer.status, (200, 201), answer.body)
        return self.vendor.post("/v1/keys", {"org": org, "application": "Shop",
                                             "scopes": ["ingest", "read"]}).json()["key"]

    def test_a_request_beyond_the_limit_is_refused_whole_and_says_when(self):
        # As slow as lets no pause of this machine pay anything back that matters.
        key = self.limited_key("narrow", events_per_second=10, burst_seconds=10)
        first = self.send(key, 100)
        self.assertEqual(first.status, 200)
        self.assertEqual(POLICY.match(first.headers["ratelimit-policy"]).groups(), ("100", "10"))
        self.assertLess(int(LEFT.match(first.headers["ratelimit"]).group(1)), 50)
        refused = None
        stored = 100
        for _ in range(50):
            answer = self.send(key, 100)
            self.assertIn(answer.status, (200, 429), answer.body)
            if answer.status == 429:
                refused = answer
                break
            stored += 100
        self.assertIsNotNone(refused)
        self.assertEqual(refused.json()["code"], "rate_limited")
        self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)
        self.assertEqual(LEFT.match(refused.headers["ratelimit"]).group(1), "0")
        # The same on WorkOS' surface, in its own shape; nothing of it was stored either.
        workos = self.server.client(key).post("/audit_logs/events", {"organization_id": "narrow", "event": EVENT})
        self.assertEqual((workos.status, workos.json()["code"]), (429, "rate_limited"))
        self.assertIn("ratelimit-policy", workos.headers)
        time.sleep(int(refused.headers["retry-after"]))
        self.assertEqual(self.send(key).status, 200)
        records = self.server.wait_visible(self.server.client(key), "narrow", stored + 1)
        self.assertEqual(len(records), stored + 1)

    def test_every_answer_of_intake_says_what_is_left(self):
        key = self.limited_key("wide")
        client = self.server.client(key)
        record = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"eventName": "a.b", "attributes": [
            {"key": "user.id", "value": {"stringValue": "u"}}]}]}]}]}
        cloud = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "a.b", "data": EVENT}
        for answer in (client.post("/v1/logs", record), client.post("/v1/logs", {"resourceLogs": 7}),
                       client.post("/v1/cloudevents", cloud, Content_Type="application/cloudevents+json"),
                       client.post("/publisher/v1/project/p/event", {"action": "a.b", "actor": {"id": "u"}}),
                       client.post("/v1/events", EVENT), client.post("/v1/events", {"no": "event"}),
                       client.post("/v1/events", b"{"), client.post("/v1/events", EVENT, Content_Encoding="br"),
                       client.post("/audit_logs/events", {"organization_id": "wide", "event": EVENT}),
                       client.post("/audit_logs/events", b"x")):
            self.assertRegex(answer.headers.get("ratelimit-policy", "none"), POLICY, answer)
            self.assertRegex(answer.headers["ratelimit"], LEFT)
        self.assertNotIn("ratelimit", self.server.client("tk_none").post("/v1/events", EVENT).headers)

    def test_a_large_request_passes_when_there_is_room_and_is_paid_back(self):
        key = self.limited_key("bulk", events_per_second=20, burst_seconds=1)
        self.assertEqual(self.send(key, 3000).status, 200)
        self.assertEqual(self.send(key).status, 429)

    def test_a_limit_is_one_orgs_and_changes_at_once(self):
        key = self.limited_key("slow", events_per_second=1, burst_seconds=1)
        self.send(key, 100)
        self.assertEqual(self.send(key).status, 429)
        self.assertEqual(self.send(self.limited_key("quick")).status, 200)
        per_key = self.make_key(limits={"events_per_second": 1, "burst_seconds": 1})
        self.assertEqual((self.send(per_key["key"], 60).status, self.send(per_key["key"]).status), (200, 429))
        # A debt is an amount of events: at a higher rate it is paid back sooner.
        self.vendor.request("PATCH", f"/v1/keys/{per_key['id']}", {"limits": {"burst_seconds": 3600}})
        self.assertEqual(self.send(per_key["key"]).status, 200)
        self.assertEqual(len(self.wait_own("slow", "trailkeeper.org.created", 1)), 1)
        self.vendor.put("/v1/orgs/slow", {"limits": None})
        changed = self.wait_own("slow", "trailkeeper.org.limits_changed", 1)
        self.assertEqual(changed[0]["changes"][0], {"field": "limits.events_per_second", "before": 1})

    # --- our own actions

    def test_what_people_and_operators_do_is_in_the_trail(self):
        self.server.make_person("acme", "ann@acme.example", "Ann", "admin", PASSWORD)
        ann = self.server.client()
        self.assertEqual(ann.sign_in("ann@acme.example", "wrong").status, 401)
        self.assertEqual(ann.sign_in("ann@acme.example", PASSWORD).status, 201)
        exported = ann.post("/v1/orgs/acme/exports", {"format": "csv", "from": later(days=-2)})
        self.assertEqual(exported.status, 202, exported.body)
        path = f"/v1/orgs/acme/exports/{exported.json()['id']}"
        until("the export is ready", 30, lambda: ann.get(path).json()["state"] == "ready")
        self.assertEqual(ann.get(path + "/file").status, 200)
        bucket = {"bucket": "acme-trail", "region": "eu-west-1", "account_id": "123456789012"}
        self.assertEqual(ann.put("/v1/orgs/acme/integrations/s3/main", bucket).status, 201)
        self.assertEqual(ann.put("/v1/orgs/acme/integrations/s3/main",
                                 bucket | {"frequency": "daily"}).status, 200)
        self.assertEqual(ann.request("DELETE", "/v1/sessions/current").status, 204)
        for action in ("user.signed_in", "user.sign_in_failed", "export.requested", "export.downloaded",
                       "user.signed_out", "member.added", "org.created"):
            found = self.wait_own("acme", "trailkeeper." + action, 1)
            self.assertEqual(len(found), 1, action)
            self.assertEqual(found[0]["application"], "trailkeeper")
        changed = self.wait_own("acme", "trailkeeper.s3.changed", 2)
        self.assertEqual(len(changed), 2)
        self.assertEqual(changed[0]["changes"], [{"field": "frequency", "before": "hourly", "after": "daily"}])
        self.assertEqual(changed[0]["actor"]["email"], "ann@acme.example")
        # Reading the trail, and the entries themselves, add nothing to it.
        first, second = self.wait_key_made(), self.wait_key_made()
        self.assertEqual(second - first, 1)

    def wait_key_made(self) -> int:
        """How many own entries acme has up to that of a key that this makes: they come in the order of what happened."""
        made = self.make_key()["id"]

        def look() -> int:
            ids = [[target["id"] for target in record.get("targets", [])] for record in reversed(self.own_all("acme"))]
            return ids.index([made]) + 1 if [made] in ids else 0

        return until("the key's entry is there", 30, look, 0.3)

    def own_all(self, org: str) -> list[dict]:
        records = self.vendor.pages(f"/v1/orgs/{org}/events", limit=200, **ALL_TIME)
        return [record for record in records if record.get("application") == "trailkeeper"]

    def test_strangers_are_in_the_operators_trail_and_cannot_fill_it(self):
        self.server.admin("operator", "create", "--email", "op@vendor.example", "--name", "Op", stdin=PASSWORD + "\n")
        operator = self.server.client()
        self.assertEqual(operator.sign_in("op@vendor.example", PASSWORD).status, 201)
        self.assertTrue(operator.get("/v1/sessions/current").json()["operator"])
        started = time.monotonic()
        refused = [self.server.client().sign_in(f"nobody{number}@example.com", "wrong").status for number in range(120)]
        minutes = int((time.monotonic() - started) // 60) + 1
        self.assertTrue(set(refused) <= {401, 429}, refused)
        tried = refused.count(401)
        self.assertGreater(tried, 5)
        self.assertLess(tried, 60)
        strangers = self.wait_own("trailkeeper", "trailkeeper.user.sign_in_failed", min(tried, 30), operator)
        self.assertLessEqual(len(strangers), 30 * minutes)
        self.assertTrue(strangers[0]["actor"]["email"].startswith("nobody"))
        self.assertEqual(len(self.wait_own("trailkeeper", "trailkeeper.operator.added", 1, operator)), 1)
        # Nobody else sees it, and nobody writes into it.
        key = self.make_key(scopes=["read", "ingest", "manage"])["key"]
        self.assertEqual(self.server.client(key).get("/v1/orgs/trailkeeper/events").status, 404)
        self.assertEqual(self.vendor.post("/v1/events", EVENT | {"organization_id": "trailkeeper"}).status, 422)

    # --- provisioning

    def test_thousands_of_orgs_by_put(self):
        count = 5000 if places.full() else 500
        started = time.monotonic()
        for number in range(count):
            answer = self.vendor.put(f"/v1/orgs/many-{number}", {"name": f"Org {number}",
                                                                 "entitlements": {"audit_logs": True}})
            self.assertEqual(answer.status, 201, answer.body)
        made = time.monotonic() - started
        started = time.monotonic()
        for number in range(count):
            answer = self.vendor.put(f"/v1/orgs/many-{number}", {"name": f"Org {number}",
                                                                 "entitlements": {"audit_logs": True}})
            self.assertEqual(answer.status, 200)
        again = time.monotonic() - started
        # The relay is still at it: what it sent but did not cross out is sent once more and stays one entry.
        self.server.kill()
        self.server.start()
        listed = self.vendor.pages("/v1/orgs", q="many-", limit=200)
        self.assertEqual(len(listed), count)
        for number in range(0, count, max(1, count // 50)):
            self.assertEqual(len(self.wait_own(f"many-{number}", "trailkeeper.org.created", 1)), 1)
        print(f"{count} organizations made by PUT in {made:.1f} s, again in {again:.1f} s")

    # --- the admin commands

    def run_admin(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess:
        return subprocess.run([places.PROGRAM, "admin", *words], input=stdin, capture_output=True, text=True,
                              timeout=300)

    def test_admin_by_address_and_key(self):
        where = ("--url", self.server.url, "--key", self.vendor.key)
        made = self.run_admin("org", "create", "by-url", "--name", "By URL", "--audit-logs", "--events-per-second",
                              "7", *where)
        self.assertEqual((made.returncode, made.stdout), (0, "The organization by-url is made.\n"), made.stderr)
        self.assertEqual(self.vendor.get("/v1/orgs/by-url").json()["limits"]["events_per_second"], 7)
        self.assertEqual(self.run_admin("org", "set", "by-url", "--name", "Other", *where).returncode, 0)
        listed = self.run_admin("org", "list", "--query", "by-url", *where)
        self.assertEqual(listed.stdout, "by-url\tOther\taudit_logs\n")
        key = self.run_admin("key", "create", "--org", "by-url", "--application", "Shop", "--scope", "ingest", *where)
        text = key.stdout.splitlines()[-1]
        self.assertTrue(text.startswith("tk_"), key.stdout)
        line = self.run_admin("key", "list", "--org", "by-url", *where).stdout
        self.assertIn("\tShop\tingest\tnever used", line)
        self.assertNotIn(text, line)
        rotated = self.run_admin("key", "rotate", line.split("\t")[0], "--overlap-seconds", "0", *where)
        fresh = rotated.stdout.splitlines()[-1]
        self.assertEqual((self.send(text).status, self.send(fresh).status), (401, 200))
        ids = [one.split("\t")[0] for one in
               self.run_admin("key", "list", "--org", "by-url", "--active", *where).stdout.splitlines()]
        self.assertEqual(len(ids), 1)
        self.assertEqual(self.run_admin("key", "revoke", ids[0], *where).returncode, 0)
        self.assertEqual(self.send(fresh).status, 401)
        self.assertEqual(self.run_admin("user", "create", "--org", "by-url", "--email", "x@example.com", "--name", "X",
                                        "--role", "member", *where, stdin=PASSWORD + "\n").returncode, 0)
        # A key is no operator.
        refused = self.run_admin("operator", "create", "--email", "y@example.com", "--name", "Y", *where,
                                 stdin=PASSWORD + "\n")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("Only operators may do this.", refused.stderr)

    def test_bad_arguments_get_a_sentence_and_a_code(self):
        data = ("--data", str(self.server.data))
        for words, code, sentence in (
                (("org", "create", "a b", "--name", "x", *data), 64, "1 to 64 letters"),
                (("org", "create", "x", *data), 64, "--name is required"),
                (("org", "create", "acme", "--name", "x", *data), 1, "exists already"),
                (("org", "set", "nobody", "--audit-logs", *data), 1, "/name"),
                (("org", "set", "acme", "--burst-seconds", "0", *data), 64, "--burst-seconds"),
                (("key", "create", "--application", "x", "--scope", "read", *data), 64, "--all-orgs"),
                (("key", "create", "--org", "acme", "--application", "x", "--scope", "all", *data), 1, "/scopes"),
                (("key", "revoke", "7", *data), 64, "UUID"),
                (("key", "rotate", "018f0000-0000-7000-8000-000000000000", *data), 1, "no such key"),
                (("user", "create", "--org", "acme", "--email", "e@x.example", "--name", "E", "--role", "king", *data),
                 64, "--role"),
                (("user", "create", "--org", "nobody", "--email", "e@x.example", "--name", "E", "--role", "admin",
                  *data), 1, "no such organization"),
                (("operator", "create", "--email", "e@x.example", "--name", "E", *data), 64, "password"),
                (("clock", "set", "yesterday", *data), 1, "/time"),
                (("clock", "set", "2001-01-01T00:00:00Z", *data), 1, ""),
                (("frob", *data), 64, "subcommand is required"),
                (("org", "list", "--url", self.server.url), 64, "--key"),
                (("org", "list", "--data", "/nonexistent"), 75, "no server answers"),
        ):
            with self.subTest(words=words):
                done = self.run_admin(*words)
                self.assertEqual(done.returncode, code, done.stderr + done.stdout)
                self.assertIn(sentence, done.stderr)
                self.assertTrue(done.stderr.strip())

    def test_z_expiry_follows_the_business_clock(self):
        """Last, because the clock goes a day on."""
        made = self.make_key(expires_at=later(hours=6))
        self.assertEqual(self.send(made["key"]).status, 200)
        old = self.make_key()
        self.vendor.post(f"/v1/keys/{old['id']}/rotate", {"overlap_seconds": 3600})
        self.server.set_clock(later(hours=5))
        self.assertEqual((self.send(made["key"]).status, self.send(old["key"]).status), (200, 401))
        self.server.set_clock(later(hours=7))
        self.assertEqual(self.send(made["key"]).status, 401)
        ended = self.vendor.post(f"/v1/keys/{made['id']}/rotate")
        self.assertEqual((ended.status, ended.json()["code"]), (409, "key_ended"))
        clocks = self.wait_own("trailkeeper", "trailkeeper.clock.set", 2)
        self.assertEqual(clocks[0]["changes"][0]["field"], "time")


if __name__ == "__main__":
    unittest.main()
