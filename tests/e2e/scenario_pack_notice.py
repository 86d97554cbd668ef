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


class Notice(unittest.TestCase):
    RUNS = "/v1/orgs/acme/data_packs/orders/runs"

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
        return self.customer.admin.pages(self.RUNS)

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

    def rows_of(self, run: dict) -> tuple[dict, list[dict]]:
        manifest = json.loads(self.bucket.objects[f"vendor/{run['folder']}/manifest.json"])
        text = gzip.decompress(self.bucket.objects[f"vendor/{run['folder']}/{manifest['files'][0]['name']}"]).decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), 300)
        self.assertEqual(list(rows[0]), [column["name"] for column in manifest["columns"]])
        return manifest, rows

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
                self.assertEqual(list(self.rows_of(run)[1][0]), columns)
            latest = json.loads(self.bucket.objects[f"vendor/{folder}/latest.json"])
            self.assertEqual((latest["run"], latest["version"]), (runs[-1]["id"], version))
        self.assertEqual(by_version[1][-1]["interval"]["end"], by_version[2][NOTICE_DAYS - 1]["interval"]["end"])
        # latest.json of either version, by each of its runs but the first.
        self.assertEqual(self.bucket.replaced, sum(len(runs) - 1 for runs in by_version.values()))

    def test_what_is_confirmed_leaves_readers_their_columns_until_the_notice_ends(self):
        """The source itself changes: the run is held; confirmed, both versions have its interval and the days of the notice."""
        type(self).RUNS = "/v1/orgs/acme/data_packs/people/runs"
        self.postgres.run("CREATE TABLE people AS SELECT n AS id, 'acme' AS org, 'p' || n AS name, n AS age FROM generate_series(1, 300) AS n")
        made = self.vendor.put("/v1/data_packs/people", {
            "name": "People", "source": {"id": "warehouse", "query": "SELECT * FROM people WHERE org = :org ORDER BY id"},
            "format": {"type": "csv", "compression": "gzip"}, "schedule": {"every": "daily", "at": "06:00"}})
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(self.vendor.post("/v1/data_packs/people/release", {}).status, 200)
        self.assertEqual(self.vendor.put("/v1/orgs/acme/data_packs/people", {}).status, 201)
        self.next_day({1})
        self.postgres.run("ALTER TABLE people RENAME COLUMN name TO full_name")
        type(self).now = self.now + datetime.timedelta(days=1)
        self.server.set_clock(self.text(self.now))
        self.customer.sign_in()
        held = until("the day's run is held", 120, lambda: next((run for run in self.runs() if run["state"] == "held"), None), every=0.2)
        answer = self.vendor.post("/v1/data_packs/people/confirm_change", {"notice_days": -1})
        self.assertEqual((answer.status, answer.json()["errors"][0]["pointer"]), (422, "/notice_days"))
        confirmed = self.server.admin("pack", "confirm-change", "people", "--notice-days", str(NOTICE_DAYS))
        self.assertEqual([(one["version"], one["ends_at"] is None) for one in confirmed["versions"]], [(2, True), (1, False)])
        until("both versions have the day", 120, lambda: sorted((run["version"], run["state"]) for run in self.runs()) == [
            (1, "delivered"), (1, "delivered"), (2, "delivered")], every=0.2)
        for _ in range(NOTICE_DAYS):
            self.next_day({1, 2})
        self.next_day({2})
        by_version = {version: [run for run in self.runs()[::-1] if run["version"] == version] for version in (1, 2)}
        self.assertEqual({version: len(runs) for version, runs in by_version.items()}, {1: 2 + NOTICE_DAYS, 2: NOTICE_DAYS + 2})
        self.assertEqual(by_version[2][0]["id"], held["id"])
        for number, run in enumerate(by_version[1]):
            manifest, rows = self.rows_of(run)
            self.assertEqual(list(rows[0]), ["id", "org", "name", "age"])
            self.assertEqual(manifest["column_changes"], [{"column": "name", "change": "removed"}] if number else [])
            self.assertEqual([(row["name"], row["age"]) for row in rows], [("" if number else f"p{n}", str(n)) for n in range(1, 301)])
        for run in by_version[2]:
            manifest, rows = self.rows_of(run)
            self.assertEqual((manifest["column_changes"], list(rows[0])), ([], ["id", "org", "full_name", "age"]))
            self.assertEqual([row["full_name"] for row in rows], [f"p{n}" for n in range(1, 301)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
