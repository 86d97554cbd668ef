#!/usr/bin/env python3
"""The wall clock steps back an hour and forward a day under load: seq has no gap, received_at never goes back, the
alarm is raised, and hourly windows go on without a gap once the operator takes the new time (promise 3)."""
import calendar
import json
import re
import time
import unittest

from harness import layer, places
from harness.check import check, records
from harness.writers import Writers
from support.client import until
from support.evidence import report
from support.lab import Lab
from support.server import Server, s3_config

HOUR, DAY = 3600, 86_400
EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"


class Clock(unittest.TestCase):
    def test_steps_under_load(self):
        folder = places.workspace("clock")
        with Lab(folder) as lab:
            config, environment = s3_config(lab.env)
            self.server = Server(folder, config, environment, test_clock=False)
            self.layer = layer.Layer(folder, self.server.data)
            self.server.environment |= self.layer.environment()
            self.server.start()
            self.addCleanup(self.server.kill)
            self.key = self.server.make_org("acme", "Acme", "--s3")
            self.destination(lab)
            with Writers(self.server, {"acme": self.key}, writers=8, seed=places.seed(), pause=0.2) as writers:
                self.steps(writers)
            self.assertEqual(writers.wrong, [])
            compared = check(self.server, {"acme": self.key}, writers.sent)
            windows = self.windows()
            self.assertEqual(self.server.stop(), 0)
        report("clock", seed=places.seed(), events=writers.count(), records_compared=compared, windows=windows,
               alarms=(self.server.folder / "server-1.log").read_text().count("the wall clock jumped"))

    def steps(self, writers: Writers) -> None:
        self.goes_on(writers)
        self.layer.shift_clock(-HOUR)
        until("the alarm is raised", 10, lambda: self.jump() < -HOUR / 2)
        self.goes_on(writers)
        self.layer.shift_clock(DAY)
        until("the alarm is raised", 10, lambda: self.jump() > DAY / 2)
        self.goes_on(writers)
        self.assertLess(self.newest(), self.wall() - DAY / 2, "a jump is not taken before somebody says so")
        self.server.admin("clock", "accept")
        until("the alarm is over", 10, lambda: self.jump() == 0)
        self.goes_on(writers)
        until("the new time is taken", 20, lambda: self.newest() > self.wall() - 60)
        # Back to what S3 believes, a day behind ours: signatures are right again, received_at waits for nobody.
        self.layer.shift_clock(0)
        until("the alarm is raised", 10, lambda: self.jump() < -DAY / 2)
        self.goes_on(writers)
        self.assertIn("the wall clock jumped", (self.server.folder / "server-1.log").read_text())

    def goes_on(self, writers: Writers) -> None:
        before = writers.count()
        until("intake goes on", 20, lambda: writers.count() > before + 200 or writers.wrong)

    def wall(self) -> float:
        return time.time() + self.layer.clock_shift()

    def newest(self) -> float:
        page = self.server.client(self.key).get("/v1/orgs/acme/events", limit=1, order="desc")
        received = page.json()["data"][0]["received_at"]
        return calendar.timegm(time.strptime(received[:19], "%Y-%m-%dT%H:%M:%S"))

    def jump(self) -> float:
        text = self.server.client().get("/metrics").body.decode()
        return float(re.search(r"^trailkeeper_clock_jump_seconds (\S+)", text, re.MULTILINE)[1])

    def destination(self, lab: Lab) -> None:
        self.server.make_person("acme", EMAIL, "Ann", "primary_admin", PASSWORD)
        ann = self.server.client()
        self.assertEqual(ann.sign_in(EMAIL, PASSWORD).status, 201)
        path = "/v1/orgs/acme/integrations/s3/hourly"
        draft = ann.put(path, {"bucket": "acme-clock", "region": lab.env["region"], "endpoint": lab.env["endpoint"],
                               "path": "audit", "path_style": True, "frequency": "hourly"})
        self.assertEqual(draft.status, 201, draft.body)
        customer = lab.customer()
        customer.make("acme-clock")
        customer.put_policy("acme-clock", json.dumps(draft.json()["policy"]))
        self.assertTrue(ann.post(path + "/validate").json()["ok"])
        self.assertEqual(ann.post(path + "/activate").status, 200)

    def windows(self) -> int:
        """A day of hourly windows is delivered, contiguous from the stream's start; how many."""
        ann = self.server.client()
        self.assertEqual(ann.sign_in(EMAIL, PASSWORD).status, 201)

        def look() -> list[dict]:
            found = [item for item in ann.pages("/v1/orgs/acme/deliveries", destination="hourly")
                     if item["state"] == "delivered" and item["window"] > 0]
            return found if len(found) >= 24 else []

        found = sorted(until("a day of windows is delivered", 300, look, every=0.5), key=lambda item: item["window"])
        for before, after in zip(found, found[1:], strict=False):
            self.assertEqual((after["window"], after["start"], int(after["first_seq"])),
                             (before["window"] + 1, before["end"], int(before["last_seq"]) + 1))
        # Each record lies in the window of its received_at.
        last = max(int(item["last_seq"]) for item in found)
        by_seq = {int(record["seq"]): record for record, _ in records(self.server, "acme", self.key)}
        for item in found:
            for seq in range(int(item["first_seq"]), int(item["last_seq"]) + 1):
                self.assertTrue(item["start"] <= by_seq[seq]["received_at"] < item["end"], (seq, item))
        self.assertGreater(last, 1)
        return len(found)


if __name__ == "__main__":
    unittest.main()
