#!/usr/bin/env python3
"""From nothing to delivered objects: an admin walks the wizard in Chromium against a real S3, every gate tried the wrong way
round first; the bucket's owner reads what came with awscli and the independent reader."""
import datetime
import gzip
import json
import threading
import time
import unittest

from support import browser, bucket_check, manifest_check, places
from support.client import until
from support.deliveries import tomorrow
from support.lab import Lab
from support.server import Server, s3_config

EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"


def whole(file) -> bool:
    """Whether all of it is written."""
    try:
        return bool(json.loads(file.read_text()))
    except (OSError, ValueError):
        return False


class Wizard(unittest.TestCase):
    def test_from_nothing_to_objects_in_the_bucket(self):
        folder = places.workspace("s3_wizard")
        with Lab(folder) as lab:
            config, environment = s3_config(lab.env)
            server = Server(folder, config, environment).start()
            self.addCleanup(server.stop)
            now = tomorrow(10)
            server.set_clock(now.strftime("%Y-%m-%dT%H:%M:%SZ"))
            key = server.make_org("acme", "Acme", "--s3")
            server.make_person("acme", EMAIL, "Ann Park", "admin", PASSWORD)
            customer = lab.customer()
            customer.make("acme-logs")
            policy = folder / "policy.json"

            def owner():
                while not whole(policy):
                    time.sleep(0.1)
                customer.put_policy("acme-logs", policy.read_text())
                (folder / "policy.json.done").touch()

            threading.Thread(target=owner, daemon=True).start()
            seen = browser.run("wizard.mjs", url=server.url, org="acme", email=EMAIL, password=PASSWORD, bucket="acme-logs",
                               endpoint=lab.env["endpoint"], policy=str(policy))
            self.assertEqual(seen["errors"], [])
            events = [{"action": "report.viewed", "actor": {"id": f"u_{number}"}} for number in range(50)]
            client = server.client(key)
            self.assertEqual(client.post("/v1/events", events).status, 200)
            server.set_clock((now + datetime.timedelta(minutes=51)).strftime("%Y-%m-%dT%H:%M:%SZ"))
            reader = bucket_check.client(lab.env["endpoint"], lab.env["customer"]["access_key"],
                                         lab.env["customer"]["secret_key"], lab.env["region"])

            log = server.admin("log-key", "--org", "acme")
            keys_of_log = manifest_check.Keys(log["vkey"], log["manifest_vkey"])

            def look():
                found = bucket_check.check(reader, "acme-logs", "audit", keys_of_log=keys_of_log)
                return found if sum(found.rows.values()) >= 50 else None

            report = until("the hour is in the bucket", 90, look, every=1)
            self.assertEqual(report.problems, [])
            keys = [one for one in lab.keys("acme-logs", "audit/audit_logs/")]
            lines = b"".join(gzip.decompress(lab.read("acme-logs", one)) for one in keys).splitlines()
            self.assertEqual(len([line for line in lines if json.loads(line)["action"] == "report.viewed"]), 50)
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
