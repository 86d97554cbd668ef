#!/usr/bin/env python3
"""Data packs at the console, in Chromium against the real server: an operator defines, previews and releases a pack and lets an
organization have it; the customer's admin sets up SFTP, runs it, fills in past days, switches to S3 in the wizard, compares both
sides; what drifts is held until the operator has seen it, and what fails is tried again. PostgreSQL, OpenSSH and S3 are real.
axe looks at every state in light and dark, a picture of each is kept, and every file that arrived is read back."""
import csv
import gzip
import hashlib
import io
import json
import threading
import time
import unittest

from support import browser, places
from support.lab import Lab
from support.postgres import BIN, Postgres
from support.server import Server, s3_config
from support.sshd import Sshd

PASSWORD = "correct horse battery"
CANARY = "quokka-of-globex"
ROWS = 30_000 if places.full() else 3_000
TABLE = f"""
CREATE TABLE deals AS SELECT n AS id, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'globex' END AS org,
  CASE WHEN n % 2 = 0 THEN 'Deal ' || n ELSE '{CANARY}' END AS title, (n * 0.25)::numeric(12,2) AS amount,
  timestamptz '2026-01-01 00:00:00+00' + n * interval '1 second' AS made, CASE WHEN n % 5 <> 0 THEN date '2026-01-01' + n / 50 END AS closed
FROM generate_series(1, {2 * ROWS}) AS n"""


class PacksConsole(unittest.TestCase):
    def setUp(self):
        folder = places.workspace("packs_console")
        self.postgres = self.enterContext(Postgres())
        self.postgres.run(TABLE)
        self.sshd = self.enterContext(Sshd(folder))
        self.lab = self.enterContext(Lab(folder))
        config, environment = s3_config(self.lab.env)
        self.server = Server(folder, config + '[sftp]\nprivate_hosts = ["127.0.0.1"]\n', environment).start()
        self.addCleanup(self.server.stop)
        for org, name in (("acme", "Acme"), ("globex", "Globex")):
            self.server.make_org(org, name, "--data-packs", "--s3")
            self.server.make_person(org, f"ann@{org}.example", "Ann Park", "admin", PASSWORD)
        self.server.admin("operator", "create", "--email", "olga@vendor.example", "--name", "Olga Ruiz", stdin=PASSWORD + "\n")
        self.customer = self.lab.customer()
        self.customer.make("acme-packs")
        self.policy = folder / "policy.json"

    def owner(self) -> None:
        """The bucket's owner, who puts the policy that the page shows on the bucket."""
        done = self.policy.with_name("policy.json.done")
        while not done.exists():
            try:
                self.customer.put_policy("acme-packs", json.dumps(json.loads(self.policy.read_text())))
                done.touch()
            except (OSError, ValueError):
                time.sleep(0.1)

    def test_data_packs_at_the_console(self):
        threading.Thread(target=self.owner, daemon=True).start()
        psql = [BIN / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.postgres.root, "-p", self.postgres.port,
                "-U", "admin", "-d", "postgres", "-c"]
        seen = browser.run("packs_console.mjs", seconds=1500, pictures="packs", url=self.server.url, host=self.server.url,
                           password=PASSWORD, rows=ROWS, source=self.postgres.source(), psql=[str(word) for word in psql],
                           sftp=self.sshd.settings(), host_key=self.sshd.host_key, files=str(self.sshd.files),
                           endpoint=self.lab.env["endpoint"], policy=str(self.policy),
                           axe=str(places.ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"))
        print({step: f"{seconds:.1f} s" for step, seconds in seen["steps"].items()})
        self.assertEqual(seen["errors"], [])
        self.assertEqual(seen["violations"], [])
        self.assertGreater(seen["pictures"], 30)
        self.read_back()

    def read_back(self) -> None:
        """Each run that the page called delivered is whole at each place that it named."""
        ann = self.server.client()
        self.assertEqual(ann.sign_in("ann@acme.example", PASSWORD).status, 201)
        runs = ann.pages("/v1/orgs/acme/data_packs/deals/runs")
        places_seen = []
        for run in runs:
            self.assertEqual(run["state"], "delivered", run)
            for delivery in run["deliveries"]:
                places_seen.append(delivery["destination"])
                self.check(run, delivery["destination"])
        self.assertEqual((places_seen.count("sftp") > 3, places_seen.count("s3") > 3), (True, True), places_seen)

    def check(self, run: dict, where: str) -> None:
        raw = self.read(run, where, "manifest.json")
        self.assertEqual(hashlib.sha256(raw).hexdigest(), run["manifest_sha256"])
        manifest = json.loads(raw)
        rows = 0
        for file in manifest["files"]:
            content = self.read(run, where, file["name"])
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (file["bytes"], file["sha256"]))
            text = gzip.decompress(content).decode()
            self.assertNotIn(CANARY, text)
            rows += len(list(csv.DictReader(io.StringIO(text, newline=""))))
        self.assertEqual((rows, rows), (manifest["rows"], run["rows"]))

    def read(self, run: dict, where: str, name: str) -> bytes:
        if where == "sftp":
            return (self.sshd.files / "packs" / run["folder"] / name).read_bytes()
        return self.customer.get("acme-packs", f"vendor/packs/{run['folder']}/{name}")


if __name__ == "__main__":
    unittest.main()
