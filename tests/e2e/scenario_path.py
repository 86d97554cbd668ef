#!/usr/bin/env python3
"""The whole path: an unmodified SDK sends, a person finds and downloads, the mail's link gives the CSV, the customer's
bucket gets every entry once and byte for byte, hourly and daily. Real server, S3, SMTP and Chromium."""
import csv
import datetime
import gzip
import io
import json
import random
import re
import subprocess
import time
import unittest

from support import browser, places
from support.client import until
from support.lab import Lab
from support.mail import MailServer
from support.server import Server, s3_config

ORG = "acme"
EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
VICTIM = "zoë.müller@acme.example"
SDK_EVENTS, OWN_EVENTS = 1000, 20
CSV_HEADER = ["Date", "Username", "Name", "Application", "Action", "IP Address", "Area"]


def sdk_events(rng: random.Random, now: datetime.datetime) -> list[dict]:
    """A thousand, in the SDK's own spelling; seven of them are failed sign-ins of one person."""
    events = []
    for number in range(SDK_EVENTS):
        failed = number % 143 == 1
        at = now - datetime.timedelta(minutes=rng.randrange(1, 20 * 24 * 60), milliseconds=rng.randrange(1000))
        events.append({
            "action": "user.sign_in_failed" if failed else rng.choice(["segment.created", "report.viewed", "=cmd|calc"]),
            "occurredAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "actor": {"type": "user", "id": "u_9", "name": "Zoë Müller", "email": VICTIM} if failed else
                     {"type": "user", "id": f"u_{number % 20}", "name": f"Person {number % 20}"},
            "targets": [{"type": "segment", "id": f"seg_{number % 9}"}],
            "context": {"location": "192.0.2.7" if failed else "203.0.113.9", "userAgent": "sdk"},
            "metadata": {"number": number}})
    return events


def own_events(now: datetime.datetime) -> list[dict]:
    """What the SDK has no words for: email, category, before and after."""
    return [{"action": "settings.updated", "action_label": "Changed setting", "area": "Settings",
             "category": "configuration", "outcome": "success", "external_id": f"own-{number}",
             "occurred_at": (now - datetime.timedelta(hours=number + 1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
             "actor": {"id": "u_7", "name": "Sam Lee", "username": "sam", "email": "sam.lee@acme.example"},
             "changes": [{"field": "session.hours_max", "before": 24, "after": 12 + number}]}
            for number in range(OWN_EVENTS - 1)] + [
        {"action": "user.sign_in_failed", "action_label": "Sign-in failed", "area": "Sign-in",
         "category": "authentication", "outcome": "failure", "http_status": 401,
         "occurred_at": (now - datetime.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ"),
         "error": {"code": "bad_password", "message": "The password is wrong"},
         "actor": {"id": "u_9", "name": "Zoë Müller", "username": "zoe", "email": VICTIM},
         "context": {"ip": "192.0.2.7"}}]


class Path(unittest.TestCase):
    """The steps stand in order in one test: each needs what the one before it made."""

    def test_from_an_event_to_the_page_the_mail_and_the_bucket(self):
        folder = places.workspace("path")
        with Lab(folder) as self.lab, MailServer(folder) as self.mail:
            config, environment = s3_config(self.lab.env)
            self.server = Server(folder, config, environment, smtp_port=self.mail.port).start()
            self.addCleanup(self.server.stop)
            for step in (self.step_clock, self.step_organization, self.step_destinations, self.step_send, self.step_page,
                         self.step_csv, self.step_hourly, self.step_daily, self.step_link_expires):
                started = time.monotonic()
                step()
                print(f"{step.__name__}: {time.monotonic() - started:.1f} s", flush=True)
            self.assertEqual(self.server.stop(), 0)

    def step_clock(self):
        """Tomorrow at ten past ten, so that no hour or day passes while the test works."""
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        self.now = tomorrow.replace(hour=10, minute=10, second=0, microsecond=0)
        self.set_clock(self.now)

    def set_clock(self, time: datetime.datetime):
        """Sessions end by the same clock, so the person signs in again."""
        self.server.set_clock(time.strftime("%Y-%m-%dT%H:%M:%SZ"))
        if hasattr(self, "ann"):
            self.assertEqual(self.ann.sign_in(EMAIL, PASSWORD).status, 201)

    def step_organization(self):
        self.key = self.server.make_org(ORG, "Acme", "--s3")
        self.server.make_person(ORG, EMAIL, "Ann Park", "primary_admin", PASSWORD)
        self.server.make_person(ORG, "max@acme.example", "Max", "member", PASSWORD)
        self.server.make_org("globex", "Globex", "--s3")
        self.server.make_person("globex", "gus@globex.example", "Gus", "admin", PASSWORD)
        self.ann = self.server.client()
        self.assertEqual(self.ann.sign_in(EMAIL, PASSWORD).status, 201)

    def step_destinations(self):
        """Set through the API, with the policy that the draft answers put on the bucket by its owner."""
        for frequency in ("hourly", "daily"):
            path = f"/v1/orgs/{ORG}/integrations/s3/{frequency}"
            draft = self.ann.put(path, {"bucket": f"acme-{frequency}", "region": self.lab.env["region"],
                                        "endpoint": self.lab.env["endpoint"], "path": "audit/ë", "path_style": True,
                                        "frequency": frequency})
            self.assertEqual(draft.status, 201, draft.body)
            self.assertEqual(draft.json()["state"], "draft")
            self.assertRegex(draft.json()["auth"]["session_name"], r"^tk-[a-z2-7]{26}$")
            self.assertEqual(self.ann.post(path + "/activate").status, 409)
            customer = self.lab.customer()
            customer.make(f"acme-{frequency}")
            customer.put_policy(f"acme-{frequency}", json.dumps(draft.json()["policy"]))
            checked = self.ann.post(path + "/validate")
            self.assertEqual(checked.status, 200, checked.body)
            self.assertTrue(checked.json()["ok"], checked.body)
            active = self.ann.post(path + "/activate")
            self.assertEqual((active.status, active.json()["state"]), (200, "active"))

    def step_send(self):
        events = self.server.folder / "events.json"
        events.write_text(json.dumps(sdk_events(random.Random(3), self.now)))
        facts = {"host": "127.0.0.1", "port": self.server.port, "key": self.key, "org": ORG, "file": str(events)}
        done = subprocess.run([places.tool("node"), places.E2E / "send_with_sdk.mjs", json.dumps(facts)],
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {"sent": SDK_EVENTS, "failures": []})
        client = self.server.client(self.key)
        answer = client.post("/v1/events", own_events(self.now))
        self.assertEqual({item["status"] for item in answer.json()["data"]}, {"created"}, answer.body)
        self.records = self.server.wait_visible(client, ORG, SDK_EVENTS + OWN_EVENTS)
        self.assertEqual(len(self.records), SDK_EVENTS + OWN_EVENTS)

    def step_page(self):
        """What a person does, in Chromium; the script asserts what it sees."""
        first, last = [(self.now - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:00.000000Z") for days in (3, 1)]
        failed = [record for record in self.records if record["action"] == "user.sign_in_failed"]
        within = [record for record in failed if first <= record["occurred_at"] < last]
        self.assertTrue(len(failed) > len(within) > 0)
        seen = browser.run("page.mjs", url=self.server.url, org=ORG, email=EMAIL, password=PASSWORD, victim=VICTIM,
                           **{"from": first}, to=last, failedInAll=len(failed), failedInRange=len(within),
                           changes=OWN_EVENTS - 1)
        self.assertEqual(seen["errors"], [])
        self.assertGreater(seen["pictures"], 6)

    def step_csv(self):
        mail = self.mail.wait_for(EMAIL)
        text = mail.get_body(("plain",)).get_content()
        self.assertIn("Acme", mail["Subject"])
        link = re.search(re.escape(self.server.url) + r"(/v1/orgs/acme/exports/\S+/file)", text)
        self.assertIsNotNone(link, text)
        self.link = link[1]
        for name, client, statuses in self.strangers():
            self.assertIn(client.get(self.link).status, statuses, name)
        answer = self.ann.get(self.link)
        self.assertEqual(answer.status, 200, answer.body[:300])
        self.assertIn("attachment", answer.headers["content-disposition"])
        self.check_csv(answer.body)

    def strangers(self):
        found = [("signed out", self.server.client(), (401, 303))]
        for name, email, statuses in [("a member", "max@acme.example", (403,)),
                                      ("another org's admin", "gus@globex.example", (404,))]:
            client = self.server.client()
            self.assertEqual(client.sign_in(email, PASSWORD).status, 201)
            found.append((name, client, statuses))
        return found

    def check_csv(self, body: bytes):
        """Exactly the expected rows, and nothing that a spreadsheet would run."""
        self.assertIn(b"\r\n", body)
        rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
        self.assertEqual(rows[0], CSV_HEADER)
        ours = [row for row in rows[1:] if row[3] == "Product"]
        expected = sorted([self.csv_row(record) for record in self.records])
        self.assertEqual(sorted(ours), expected)
        self.assertFalse([cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")])

    @staticmethod
    def csv_row(record: dict) -> list[str]:
        actor, action = record["actor"], record.get("action_label", record["action"])
        username = actor.get("username") or actor.get("email") or actor["id"]
        row = [record["occurred_at"], username, actor.get("name", ""), record["application"], action,
               record.get("context", {}).get("ip", ""), record.get("area", "")]
        return ["'" + cell if cell[:1] in ("=", "+", "-", "@") else cell for cell in row]

    def step_hourly(self):
        self.set_clock(self.now.replace(hour=11, minute=0, second=5))
        found = self.wait_delivered("hourly", self.now.strftime("%Y-%m-%dT10:00:00"))
        self.check_bucket("acme-hourly", found)

    def step_daily(self):
        next_day = self.now + datetime.timedelta(days=1)
        self.set_clock(next_day.replace(hour=4, minute=50))
        self.assertEqual(self.deliveries("daily"), [], "nothing is due before 05:00")
        self.set_clock(next_day.replace(hour=5, minute=10))
        found = self.wait_delivered("daily", self.now.strftime("%Y-%m-%dT00:00:00"))
        self.check_bucket("acme-daily", found)
        full = [item for item in self.deliveries("daily") if item["entries"]]
        self.assertEqual(len(full), 1, "the day before, once")

    def deliveries(self, destination: str) -> list[dict]:
        return [item for item in self.ann.pages(f"/v1/orgs/{ORG}/deliveries", destination=destination)
                if item["state"] == "delivered" and item["window"] > 0]

    def wait_delivered(self, destination: str, start: str) -> dict:
        def look():
            return [item for item in self.deliveries(destination) if item["start"].startswith(start)]

        return until(f"{destination} window {start} is delivered", 120, look, every=0.5)[0]

    def check_bucket(self, bucket: str, delivery: dict):
        """As the bucket's owner: each event exactly once, byte for byte the record that the API shows."""
        keys = self.lab.keys(bucket)
        self.assertIn(delivery["manifest_key"], keys)
        manifest = json.loads(self.lab.read(bucket, delivery["manifest_key"]))
        self.assertEqual(manifest["first_seq"], str(delivery["first_seq"]))
        lines = []
        for file in delivery["files"]:
            self.assertTrue(file["key"].endswith(".jsonl.gz"), file)
            content = gzip.decompress(self.lab.read(bucket, file["key"]))
            self.assertTrue(content.endswith(b"\n"))
            lines += content[:-1].split(b"\n")
        self.assertEqual(len(lines), delivery["entries"])
        client = self.server.client(self.key)
        seqs = [json.loads(line)["seq"] for line in lines]
        self.assertEqual(seqs, list(range(delivery["first_seq"], delivery["last_seq"] + 1)))
        ids = {record["id"] for record in self.records}
        for line in lines:
            shown = client.get(f"/v1/orgs/{ORG}/events/{json.loads(line)['id']}")
            self.assertEqual(shown.body.rstrip(b"\n"), line)
            ids.discard(json.loads(line)["id"])
        self.assertEqual(ids, set(), "entries that were sent and not delivered")
        self.check_offline(bucket, delivery["end"])

    def check_offline(self, bucket: str, due: str):
        """And with public keys alone, as docs/verify.md says (promise 6)."""
        copy = self.server.folder / "copies" / bucket
        self.lab.aws("s3", "sync", "--only-show-errors", f"s3://{bucket}", str(copy))
        log = self.server.admin("log-key", "--org", ORG)
        done = subprocess.run([places.BUILD / "bin" / "trailkeeper-verify", copy, "--key", log["vkey"], "--key",
                               log["manifest_vkey"], "--at", due], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def step_link_expires(self):
        """24 hours after the file was ready the link says so, also to the one who may."""
        self.set_clock(self.now + datetime.timedelta(days=1, hours=1))
        self.assertEqual(self.ann.get(self.link).status, 410)


if __name__ == "__main__":
    unittest.main()
