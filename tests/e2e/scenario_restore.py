#!/usr/bin/env python3
"""An older copy of the data folder is put back (promise 6): the bucket knows more, so the log is neither signed nor
delivered until an operator opens a new one, which names the old one and is proven by the reader of the bucket."""
import datetime
import json
import os
import shutil
import subprocess
import time
import unittest

from support import log_check, manifest_check, places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.s3_double import Double
from support.server import Server


class Restore(unittest.TestCase):
    def setUp(self):
        self.folder = places.workspace("restore")
        self.double = self.enterContext(Double())
        config, environment = self.double.config()
        self.server = Server(self.folder, config, environment).start()
        self.addCleanup(lambda: self.server.stop())
        self.at = tomorrow(0)
        self.clock(self.at)
        self.customer = Customer(self.server, self.double, "acme")
        self.bucket = self.customer.connect("acme-logs")

    def clock(self, time_: datetime.datetime) -> None:
        self.server.set_clock(time_.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def restart(self) -> None:
        """The clock goes on from its floor, which may be later than what it was set to last."""
        self.server.start()
        try:
            self.clock(self.at)
        except AssertionError as refused:
            self.assertIn("only be moved forward", str(refused))
        self.customer.sign_in()

    def an_hour_later(self) -> None:
        self.at = self.at.replace(minute=0, second=5) + datetime.timedelta(hours=1)
        self.clock(self.at)
        self.customer.sign_in()

    def deliver_hours(self, hours: int, events: int) -> None:
        for _ in range(hours):
            self.customer.send(events)
            self.an_hour_later()
            self.customer.wait_delivered(["acme-logs"], self.at.replace(second=0))

    def log(self) -> dict:
        return self.server.admin("log-key", "--org", "acme")

    def checkpoint(self, log: dict) -> str:
        answer = self.server.client().get(f"/log/{log['log']}/checkpoint")
        return answer.body.decode() if answer.status == 200 else ""

    def put_back(self, copy) -> None:
        self.assertEqual(self.server.stop(), 0)
        shutil.rmtree(self.server.data)
        shutil.copytree(copy, self.server.data, symlinks=True)
        self.restart()

    def state(self) -> dict:
        return self.customer.destination("acme-logs")

    def test_an_older_folder_neither_signs_nor_delivers_until_told_to(self):
        kept = self.receipt("kept")
        until("it is in a checkpoint", 120, lambda: self.log()["published_size"] >= kept["data"][0]["seq"])
        self.deliver_hours(1, 20)
        self.assertEqual(self.server.stop(), 0)
        copy = self.folder / "copy"
        shutil.copytree(self.server.data, copy, symlinks=True)
        self.restart()
        until("the last entries are in a checkpoint", 120, lambda: self.log()["published_size"] == self.log()["size"])
        lost = self.receipt("lost with the folder")
        self.deliver_hours(2, 30)
        old = self.log()
        objects = dict(self.bucket.objects)

        self.put_back(copy)
        stopped = until("the log is stopped", 60, lambda: self.log()["stopped"])
        self.assertEqual(stopped["code"], "bucket_ahead")
        self.assertIn("audit_logs_manifest", stopped["reason"])
        before = self.checkpoint(old)
        # What is sent is kept; it is in no checkpoint, and the next hour goes nowhere.
        self.customer.send(10)
        self.an_hour_later()
        until("the log has grown", 30, lambda: self.log()["size"] > self.log()["published_size"])
        time.sleep(4)  # several turns of the signer and the dispatcher
        self.assertEqual(self.checkpoint(old), before)
        self.assertEqual(self.bucket.objects, objects)
        self.assertEqual(self.state()["state"], "disabled")
        self.assertIn("Nothing is signed or delivered", self.state()["reason"])
        ready = self.server.client().get("/readyz")
        self.assertIn("The log of acme is stopped", ready.body.decode())
        self.assertIn("trailkeeper_logs_stopped 1", self.server.client().get("/metrics").body.decode())
        # A customer cannot decide it, and a restart does not forget it.
        self.assertEqual(self.customer.admin.post("/v1/orgs/acme/log/new_epoch").status, 403)
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        self.assertTrue(self.log()["stopped"])
        time.sleep(3)
        self.assertEqual(self.checkpoint(old), before)
        self.assertEqual(self.bucket.objects, objects)

        new = self.server.admin("new-epoch", "--org", "acme")
        self.assertEqual((new["epoch"], new["stopped"]), (2, None))
        self.assertNotEqual(new["origin"], old["origin"])
        self.assertNotEqual(new["vkey"].split("+", 2)[2], old["vkey"].split("+", 2)[2])
        with self.assertRaises(AssertionError) as refused:
            self.server.admin("new-epoch", "--org", "acme")
        self.assertIn("not stopped", str(refused.exception))
        self.old_log_is_served(old, new, before, kept, lost)
        self.deliver_hours(1, 15)
        keys = self.customer.keys_of_log(old["vkey"], old["manifest_vkey"])
        self.read(keys, old, before)

    def receipt(self, what: str) -> dict:
        answer = self.server.client(self.customer.key).post("/v1/events", [{"action": "report.viewed", "actor": {"id": what}}])
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def prove(self, receipt: dict, *keys: str) -> int:
        """Exit code of `trailkeeper verify --receipt`."""
        file = self.folder / "receipt.json"
        file.write_text(json.dumps(receipt))
        words = [word for key in keys for word in ("--key", key)]
        return subprocess.run([places.PROGRAM, "verify", "--receipt", file, "--url", self.server.url, "--org", "acme", *words],
                              capture_output=True, timeout=300, env=os.environ | {"TRAILKEEPER_KEY": self.customer.key}).returncode

    def old_log_is_served(self, old: dict, new: dict, before: str, kept: dict, lost: dict) -> None:
        """Who has a receipt or a checkpoint of the closed log can still check it: with its keys, against its tiles."""
        closed = self.server.client(self.customer.key).get("/v1/orgs/acme/log").json()["closed"]
        self.assertEqual([(log["log"], log["vkey"], log["manifest_vkey"]) for log in closed],
                         [(old["log"], old["vkey"], old["manifest_vkey"])])
        self.assertEqual(self.checkpoint(old), before)
        size = int(before.split("\n")[1])
        copy = {path: self.server.client().get(f"/log/{old['log']}/{path}") for path in log_check.paths(size)}
        self.assertEqual({answer.status for answer in copy.values()}, {200})
        files = {path: answer.body for path, answer in copy.items()} | {"checkpoint": before.encode()}
        self.assertEqual(log_check.problem(files, manifest_check.Keys(old["vkey"])), "")
        # Nothing that it has not signed.
        beyond = self.server.client().get(f"/log/{old['log']}/tile/entries/{size // 256 + 1:03}")
        self.assertEqual(beyond.status, 404)
        self.assertEqual({kept["log"], lost["log"]}, {old["log"]})
        self.assertEqual(self.prove(kept, old["vkey"]), 0)
        # Its key alone proves it; and what came after the copy is in no log of this server.
        self.assertNotEqual(self.prove(kept, new["vkey"]), 0)
        self.assertNotEqual(self.prove(lost, old["vkey"], new["vkey"]), 0)
        later = self.receipt("later")
        self.assertEqual(later["log"], new["log"])
        until("the new log is signed", 120, lambda: self.log()["published_size"] >= later["data"][0]["seq"])
        self.assertEqual(self.prove(later, new["vkey"]), 0)

    def read(self, keys: manifest_check.Keys, old: dict, before: str) -> None:
        """The bucket as its owner finds it: both logs, each proven with its own keys."""
        from support import bucket_check
        reader = bucket_check.client(self.double.endpoint, "owner", "owner", "us-east-1")
        report = bucket_check.check(reader, "acme-logs", "audit", keys_of_log=keys)
        self.assertEqual(report.problems, [])
        self.assertEqual(self.bucket.replaced, 0)
        self.assertEqual(sorted(report.manifests), [1, 2])
        first, second = report.manifests[1], report.manifests[2]
        self.assertEqual({manifest["epoch"] for manifest in first}, {1})
        self.assertEqual({manifest["epoch"] for manifest in second}, {2})
        opening = second[0]
        self.assertEqual((opening["reason"], opening["uncertain"]), ("new_epoch", True))
        self.assertEqual(opening["old_log"], {"epoch": 1, "checkpoint": before})
        self.assertEqual(manifest_check.read_note(before, keys)[0], old["origin"])
        # It begins where what the copy knew to be delivered ended, and leaves nothing out.
        self.assertEqual(int(opening["first_seq"]), int(first[1]["last_seq"]) + 1)
        begin, end = report.ranges[2]
        self.assertEqual(report.seqs[2], list(range(begin, end + 1)))
        self.assertGreaterEqual(len(report.seqs[2]), 25)
        self.assertEqual(self.server.stop(), 0)

    def test_a_newer_folder_goes_on(self):
        self.deliver_hours(2, 10)
        self.assertEqual(self.server.stop(), 0)
        self.restart()
        self.customer.send(5)
        until("signing goes on", 60, lambda: self.log()["published_size"] == self.log()["size"])
        self.assertIsNone(self.log()["stopped"])
        self.deliver_hours(1, 5)
        report = self.customer.check(self, "acme-logs")
        self.assertEqual(report.signed, sum(report.windows.values()))
        self.assertEqual(report.heartbeat["window"], report.windows[1] - 1)
        # What the customer takes away is found within a day, and offered again.
        gone = [key for key in self.bucket.objects if "/audit_logs/" in key][0]
        del self.bucket.objects[gone]
        self.at += datetime.timedelta(hours=25)
        self.clock(self.at)
        self.customer.sign_in()
        listed = until("the loss is seen", 60, lambda: [
            each for each in self.customer.admin.get("/v1/orgs/acme/deliveries?limit=200").json()["data"]
            if each["in_bucket"]["state"] == "missing"])
        self.assertEqual([file["key"] for file in listed[0]["files"]], [gone])
        self.assertTrue(listed[0]["history"][-1]["request_id"])
        self.assertEqual(listed[0]["proof"], {"epoch": 1, "size": listed[0]["last_seq"]})
        self.assertEqual(self.state()["missing_windows"], 1)
        again = self.customer.admin.post(f"/v1/orgs/acme/deliveries/{listed[0]['id']}/redeliver")
        self.assertEqual(again.status, 202, again.body)
        until("it is there again", 60, lambda: [key for key in self.bucket.objects
                                                if key.startswith("audit/replay/") and key.endswith(".jsonl.gz")])
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
