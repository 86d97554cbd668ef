#!/usr/bin/env python3
"""A column goes: nothing changes before an operator says for how long both versions are delivered. During the notice each day
has a run of either version, in folders of their own; afterwards the old one ends and the new one goes on without a gap."""
import csv
import datetime
import gzip
import io
import json
import unittest

from support import places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.postgres import Postgres
from support.s3_double import Double
from support.server import Server

NOTICE_DAYS = 3
TABLE = "CREATE TABLE orders AS SELECT n AS id, 'acme' AS org, 'o' || n AS title, n * 2 AS amount FROM generate_series(1, 300) AS n"
RUNS = "/v1/orgs/acme/data_packs/orders/runs"


class Notice(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.double = cls.enterClassContext(Double())
        cls.postgres.run(TABLE)
        config, environment = cls.double.config()
        cls.server = Server(places.workspace("pack_notice"), config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.now = tomorrow(12)
        cls.server.set_clock(cls.text(cls.now))
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.admin("org", "set", "acme", "--data-packs")
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)
        assert cls.vendor.put("/v1/data_sources/warehouse", cls.postgres.source()).status == 201
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")
        changed = cls.customer.admin.put("/v1/orgs/acme/data_pack_destination", {"s3": {"destination": "acme-packs"}})
        assert changed.json().get("applied"), changed.body

    @staticmethod
    def text(time: datetime.datetime) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")

    def define(self, columns: str, status: int) -> None:
        answer = self.vendor.put("/v1/data_packs/orders", {
            "name": "Orders", "source": {"id": "warehouse", "query": f"SELECT {columns} FROM orders WHERE org = :org ORDER BY id"},
            "format": {"type": "csv", "compression": "gzip"}, "schedule": {"every": "daily", "at": "06:00"}})
        self.assertEqual(answer.status, status, answer.body)

    def runs(self) -> list[dict]:
        return self.customer.admin.pages(RUNS)

    def next_day(self, expected: set[int]) -> None:
        """The day after: each of these versions has one more run, and it is delivered."""
        before = len(self.runs())
        type(self).now = self.now + datetime.timedelta(days=1)
        self.server.set_clock(self.text(self.now))
        self.customer.sign_in()

        def look() -> list[dict] | None:
            found = self.runs()
            new = found[:len(found) - before]
            return new if len(new) >= len(expected) and all(run["state"] == "delivered" for run in new) else None

        new = until(f"the day's runs of {expected} are delivered", 120, look, every=0.2)
        self.assertEqual(sorted(run["version"] for run in new), sorted(expected))
        for run in new:
            self.assertEqual(run["interval"]["end"][:16], self.text(self.now)[:11] + "06:00")

    def columns_of(self, run: dict) -> list[str]:
        manifest = json.loads(self.bucket.objects[f"vendor/{run['folder']}/manifest.json"])
        text = gzip.decompress(self.bucket.objects[f"vendor/{run['folder']}/{manifest['files'][0]['name']}"]).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), 300)
        self.assertEqual(list(rows[0]), [column["name"] for column in manifest["columns"]])
        return list(rows[0])

    def test_both_versions_are_delivered_until_the_notice_ends(self):
        self.define("id, title, amount", 201)
        self.assertEqual(self.vendor.post("/v1/data_packs/orders/release", {}).status, 200)
        self.assertEqual(self.vendor.put("/v1/orgs/acme/data_packs/orders", {}).status, 201)
        self.next_day({1})
        self.define("id, title", 200)
        refused = self.vendor.post("/v1/data_packs/orders/release", {})
        self.assertEqual((refused.status, refused.json()["code"]), (409, "breaking_change"))
        self.next_day({1})
        released = self.vendor.post("/v1/data_packs/orders/release", {"notice_days": NOTICE_DAYS})
        self.assertEqual((released.status, released.json()["version"]), (200, 2), released.body)
        for _ in range(NOTICE_DAYS):
            self.next_day({1, 2})
        for _ in range(2):
            self.next_day({2})
        by_version = {version: [run for run in self.runs()[::-1] if run["version"] == version] for version in (1, 2)}
        self.assertEqual({version: len(runs) for version, runs in by_version.items()}, {1: 2 + NOTICE_DAYS, 2: NOTICE_DAYS + 2})
        for version, columns, folder in ((1, ["id", "title", "amount"], "orders"), (2, ["id", "title"], "orders.v2")):
            runs = by_version[version]
            for before, after in zip(runs, runs[1:]):
                self.assertEqual(before["interval"]["end"], after["interval"]["start"])
            for run in runs:
                self.assertTrue(run["folder"].startswith(folder + "/run="), run["folder"])
                self.assertEqual(self.columns_of(run), columns)
            latest = json.loads(self.bucket.objects[f"vendor/{folder}/latest.json"])
            self.assertEqual((latest["run"], latest["version"]), (runs[-1]["id"], version))
        self.assertEqual(by_version[1][-1]["interval"]["end"], by_version[2][NOTICE_DAYS - 1]["interval"]["end"])
        # latest.json of either version, by each of its runs but the first.
        self.assertEqual(self.bucket.replaced, sum(len(runs) - 1 for runs in by_version.values()))


if __name__ == "__main__":
    unittest.main(verbosity=2)
