#!/usr/bin/env python3
"""Days of an integration's life, 4 here and 30 with the long sizes: outages, a role revoked, the vendor's key expired, the
clock stepped, a service that is busy, frequency and form changed on the way; a backfill and a replay. Every entry of each
stream goes out once, in order; admins are mailed once a day at most."""
import datetime
import email
import email.policy
import gzip
import json
import time
import unittest

from support import evidence, places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.s3_double import Double, Fault
from support.server import Server


class Days(unittest.TestCase):
    def test_days_with_everything_that_happens(self):
        folder = places.workspace("s3_days")
        days = 30 if places.full() else 4
        with Double() as self.double:
            config, environment = self.double.config()
            self.server = Server(folder, config, environment).start()
            self.addCleanup(self.server.stop)
            self.now = self.began = tomorrow(0)
            self.set_clock(self.now)
            self.acme = Customer(self.server, self.double, "acme")
            self.acme.send(30)  # before anything is connected: for the backfill
            self.server.wait_visible(self.server.client(self.acme.key), "acme", 30)
            self.pass_hours(25)
            self.acme.sign_in()
            self.hourly = self.acme.connect("hourly")
            self.daily = self.acme.connect("daily", frequency="daily")
            self.picky = self.acme.connect("picky", filter={"categories": ["error"]})
            for day in range(days):
                self.one_day(day)
            self.set_clock(self.now + datetime.timedelta(hours=6))
            self.acme.sign_in()
            self.acme.wait_delivered(["hourly", "picky"], self.now.replace(minute=0))
            self.acme.wait_delivered(["daily"], self.now.replace(hour=0, minute=0))
            self.check_streams()
            self.check_replay()
            self.check_backfill()
            mails = self.check_mails(days)
            evidence.report("s3_days", days=days, events=self.acme.sent, entries=self.entries, mails=mails,
                            replaced=sum(bucket.replaced for bucket in self.double.buckets.values()))
            self.assertEqual(self.server.stop(), 0)

    def set_clock(self, moment: datetime.datetime):
        self.now = moment
        self.server.set_clock(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def pass_hours(self, hours: int, events: int = 0):
        for _ in range(hours):
            if events:
                self.acme.send(events)
            self.set_clock(self.now + datetime.timedelta(hours=1))
            time.sleep(0.05)

    def one_day(self, day: int):
        kind = day % 4
        if kind == 0:  # the policy is taken away for 30 hours
            self.hourly.put_denied = self.hourly.list_denied = True
            self.pass_hours(24, events=2)
        elif kind == 1:
            self.pass_hours(6, events=2)
            until("it has stopped", 30, lambda: self.state("hourly") == "suspended")
            self.assertIsNotNone(self.view("hourly")["data_at_risk_at"])
            self.hourly.put_denied = self.hourly.list_denied = False
            self.pass_hours(1, events=1)
            until("it works again by itself", 60, lambda: self.state("hourly") == "active")
            self.pass_hours(17, events=2)
        elif kind == 2:  # a busy service, and a change of frequency and form back and forth
            self.double.faults["hourly"] = [Fault("PutObject", "busy", times=6), Fault("PutObject", "lost_after", 3),
                                            Fault("PutObject", "expired", 2)]
            self.pass_hours(4, events=2)
            self.change("hourly", frequency="daily", form="csv", compression="zstd")
            self.pass_hours(3, events=2)
            self.change("hourly")
            self.step_clock()
            self.pass_hours(11, events=2)
        else:  # the role is revoked for two hours, later the vendor's own key has expired for three
            self.double.roles["gone"] = self.double.roles.pop(self.double.role_arn)
            self.pass_hours(2, events=1)
            self.double.roles[self.double.role_arn] = self.double.roles.pop("gone")
            self.pass_hours(2, events=2)
            self.expire_key("ExpiredToken" if day % 8 == 3 else "InvalidClientTokenId")
            self.pass_hours(17, events=2)

    def expire_key(self, code: str):
        """Nobody's fault but ours: no customer is told to mend anything, and it goes on by itself."""
        self.double.expire_key(code)
        self.pass_hours(3, events=2)
        for name in ("hourly", "picky"):
            until(f"{name} is tried again", 60, lambda name=name: self.state(name) == "retrying")
        self.double.key_expired = ""
        until("it works again by itself", 60, lambda: self.state("hourly") == "active")

    def step_clock(self):
        """The machine's clock is wrong, so S3 refuses what it signs; put right, it leaps over four windows at once."""
        self.double.skewed = True
        self.pass_hours(2, events=2)
        until("it is tried again", 60, lambda: self.state("hourly") == "retrying")
        self.double.skewed = False
        self.acme.send(3)
        self.set_clock(self.now + datetime.timedelta(hours=4))

    def view(self, name: str) -> dict:
        answer = self.acme.admin.get(self.acme.path(name))
        if answer.status == 401:
            self.acme.sign_in()
            answer = self.acme.admin.get(self.acme.path(name))
        return answer.json()

    def state(self, name: str) -> str:
        return self.view(name)["state"]

    def change(self, name: str, **more):
        self.acme.sign_in()
        settings = {"bucket": name, "region": "us-east-1", "endpoint": self.double.endpoint, "path": "audit",
                    "account_id": "111122223333", "path_style": True, "frequency": "hourly"} | more
        answer = self.acme.admin.put(self.acme.path(name), settings)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertFalse(answer.json()["pending"])

    def check_streams(self):
        self.entries: dict[str, int] = {}
        for name in ("hourly", "daily"):
            report = self.acme.check(self, name)
            self.assertEqual(len(report.ranges), 1, name)
            stream, (first, last) = next(iter(report.ranges.items()))
            self.assertEqual(report.rows[stream], last - first + 1, name)
            self.entries[name] = report.rows[stream]
        self.assertTrue([key for key in self.hourly.objects if key.endswith(".csv.zst")] or not places.full())
        picky = self.acme.check(self, "picky")
        self.assertLess(sum(picky.rows.values()), self.acme.sent)
        for key, content in self.picky.objects.items():
            if "/audit_logs/" in key:
                for line in gzip.decompress(content).splitlines():
                    self.assertEqual(json.loads(line)["category"], "error")
        for key, meta in self.hourly.meta.items():
            self.assertIsNone(meta.get("encoding"), key)
            self.assertTrue(meta["type"], key)

    def check_replay(self):
        """A past window again, beside the others, byte for byte."""
        delivered = [item for item in self.acme.admin.pages("/v1/orgs/acme/deliveries", destination="daily")
                     if item["entries"]]
        answer = self.acme.admin.post(f"/v1/orgs/acme/deliveries/{delivered[-1]['id']}/redeliver")
        self.assertEqual((answer.status, answer.json()["kind"]), (202, "replay"), answer.body)

        def look():
            return [item for item in self.acme.admin.pages("/v1/orgs/acme/deliveries", destination="daily")
                    if item["kind"] == "replay" and item["state"] == "delivered"]

        again = until("it is delivered again", 60, look)[0]
        self.assertEqual([file["sha256"] for file in again["files"]],
                         [file["sha256"] for file in delivered[-1]["files"]])
        self.assertIn("audit/replay/", again["manifest_key"])
        manifest = json.loads(self.daily.objects[again["manifest_key"]])
        self.assertEqual(manifest["replay_of"]["key"], delivered[-1]["manifest_key"])
        self.acme.check(self, "daily")

    def check_backfill(self):
        start = self.acme.check(self, "daily").ranges
        asked = {"from": (self.began - datetime.timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")}
        answer = self.acme.admin.post(self.acme.path("daily") + "/backfill", asked)
        self.assertEqual(answer.status, 202, answer.body)
        again = self.acme.admin.post(self.acme.path("daily") + "/backfill", asked)
        self.assertEqual((again.status, again.json()["code"]), (409, "backfill_running"))
        until("the backfill is complete", 240, lambda: self.view("daily")["backfill"]["state"] == "complete", every=0.5)
        self.assertEqual(self.view("daily")["backfill"]["progress"], 1)
        report = self.acme.check(self, "daily")
        added = (set(report.ranges) - set(start)).pop()
        self.assertEqual(report.ranges[added], (1, min(first for first, _ in start.values()) - 1))

    def check_mails(self, days: int) -> dict[str, int]:
        """Of what stopped, at most one a day and destination; and that it works again."""
        stopped: dict[str, list] = {}
        again = 0
        for file in sorted((self.server.data / "outbox").rglob("*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            text = mail.get_body(("plain",)).get_content()
            if "no longer reach" in mail["Subject"]:
                self.assertIn("Nothing is lost until", text)
                self.assertIn(f"{self.server.url}/orgs/acme/settings/integrations/s3", text)
                stopped.setdefault(text.split("s3://")[1].split("/")[0], []).append(mail["Date"].datetime)
            again += "reach your bucket again" in mail["Subject"]
        self.assertIn("hourly", stopped)
        self.assertGreaterEqual(again, 1)
        for name, times in stopped.items():
            times.sort()
            self.assertLessEqual(len(times), days, name)
            for one, two in zip(times, times[1:]):
                self.assertGreaterEqual(two - one, datetime.timedelta(hours=23, minutes=59), name)
        return {name: len(times) for name, times in stopped.items()} | {"works again": again}


if __name__ == "__main__":
    unittest.main()
