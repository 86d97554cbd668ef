#!/usr/bin/env python3
"""Data packs in the mode `changed`: a reader who applies each run to its own copy has the vendor's table, whatever happens to the
server in between. The database is a real PostgreSQL, the bucket a double."""
import csv
import gzip
import hashlib
import io
import json
import random
import threading
import unittest

from support import places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.postgres import Postgres
from support.s3_double import Double
from support.server import Server

ROWS = 3_000
KILLS = 60 if places.full() else 6
TABLE = f"""
CREATE TABLE deals AS SELECT n AS id, CASE WHEN n % 4 = 0 THEN 'umbrella' ELSE 'acme' END AS org, 'Deal ' || n AS title,
  (n * 0.25)::numeric(12,2) AS amount FROM generate_series(1, {ROWS}) AS n"""


class PackChanged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.double = cls.enterClassContext(Double())
        cls.postgres.run(TABLE)
        config, environment = cls.double.config()
        cls.server = Server(places.workspace("pack_changed"), config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.set_clock(tomorrow(10).strftime("%Y-%m-%dT%H:%M:%SZ"))
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.admin("org", "set", "acme", "--data-packs")
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)
        assert cls.vendor.put("/v1/data_sources/warehouse", cls.postgres.source()).status == 201
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")
        answer = cls.customer.admin.put("/v1/orgs/acme/data_pack_destination", {"s3": {"destination": "acme-packs"}})
        assert answer.status == 200, answer.body
        cls.definition = {"name": "Deals", "source": {"id": "warehouse", "query": "SELECT id, title, amount FROM deals WHERE org = :org"},
                          "format": {"type": "csv", "compression": "gzip"}, "schedule": {"every": "monthly", "day": 1},
                          "mode": "changed", "key": ["id"]}
        cls.copy: dict[str, tuple] = {}  # what a reader has: id -> (title, amount)
        cls.random = random.Random(7)

    def start(self, **body) -> str:
        answer = self.customer.admin.post("/v1/orgs/acme/data_packs/deals/runs", body)
        self.assertEqual(answer.status, 202, answer.body)
        return answer.json()["data"][0]["id"]

    def wait(self, run: str, *states: str) -> dict:
        def look() -> dict | None:
            try:
                found = self.customer.admin.get(f"/v1/orgs/acme/data_packs/deals/runs/{run}").json()
            except OSError:
                return None
            self.assertFalse(found["state"] == "failed" and "failed" not in states, found)
            return found if found["state"] in states else None

        return until(f"the run is {states}", 120, look, every=0.02)

    def apply(self, run: dict) -> dict:
        """What a reader does with a run that was delivered; its manifest."""
        manifest = json.loads(self.bucket.objects[f"vendor/{run['folder']}/manifest.json"])
        self.assertEqual((manifest["mode"], manifest["changes"]["key"]), ("changed", ["id"]))
        if manifest["changes"]["since"] is None:
            self.copy.clear()
        else:
            self.assertEqual(manifest["changes"]["since"], self.applied)
        counted = {"added": 0, "changed": 0, "removed": 0}
        for file in manifest["files"]:
            content = self.bucket.objects[f"vendor/{run['folder']}/{file['name']}"]
            self.assertEqual(hashlib.sha256(content).hexdigest(), file["sha256"])
            for row in csv.DictReader(io.StringIO(gzip.decompress(content).decode(), newline="")):
                change = row.pop("_change")
                counted[change] += 1
                self.assertEqual(row["id"] in self.copy, change != "added")
                if change == "removed":
                    self.assertEqual((row["title"], row["amount"]), ("", ""))
                    del self.copy[row["id"]]
                else:
                    self.copy[row["id"]] = (row["title"], row["amount"])
        self.assertEqual(counted, {name: manifest["changes"][name] for name in counted})
        self.assertEqual(sum(counted.values()), manifest["rows"])
        self.assertEqual(run["changes"], counted | {"since": manifest["changes"]["since"]}, "people are shown the same")
        type(self).applied = run["id"]
        wanted = dict((row[0], (row[1], row[2])) for row in csv.reader(io.StringIO(self.postgres.run(
            "COPY (SELECT id, title, amount FROM deals WHERE org = 'acme') TO STDOUT (FORMAT csv)"))))
        self.assertEqual(self.copy, wanted, "the reader's copy is the table")
        return manifest

    def change(self) -> None:
        """Some rows new, some other, some gone; and some of somebody else's."""
        first = self.random.randrange(1, ROWS - 200)
        self.postgres.run(
            f"UPDATE deals SET amount = amount + 1 WHERE id BETWEEN {first} AND {first + 40};"
            f"DELETE FROM deals WHERE id BETWEEN {first + 60} AND {first + 90};"
            f"INSERT INTO deals SELECT max(id) + 1, 'acme', 'New', 5 FROM deals;"
            f"INSERT INTO deals SELECT max(id) + 1, 'umbrella', 'quokka', 5 FROM deals")

    def states(self) -> list[str]:
        return sorted(path.name for path in (self.server.data / "packs" / "states").iterdir())

    def test_1_a_key_is_needed_and_must_be_there(self):
        path = "/v1/data_packs/deals"
        refused = self.vendor.put(path, self.definition | {"key": []})
        self.assertEqual((refused.status, refused.json()["errors"][0]["pointer"]), (422, "/key"))
        self.assertEqual(self.vendor.put(path, self.definition | {"key": ["id", "nr"]}).status, 201)
        refused = self.vendor.post(path + "/release", {})
        self.assertEqual((refused.status, refused.json()["errors"][0]["pointer"]), (422, "/key/1"))
        self.assertEqual(self.vendor.put(path, self.definition).json()["key"], ["id"])
        released = self.vendor.post(path + "/release", {})
        self.assertEqual([column["name"] for column in released.json()["columns"]], ["_change", "id", "title", "amount"])
        self.assertEqual(self.vendor.put("/v1/orgs/acme/data_packs/deals", {}).status, 201)

    def test_2_a_reader_who_applies_each_run_has_the_table(self):
        first = self.apply(self.wait(self.start(), "delivered"))
        self.assertEqual((first["changes"]["since"], first["changes"]["added"]), (None, ROWS - ROWS // 4))
        none = self.apply(self.wait(self.start(), "delivered"))
        self.assertEqual(none["rows"], 0)
        self.change()
        some = self.apply(self.wait(self.start(), "delivered"))
        self.assertGreater(min(some["changes"][name] for name in ("added", "changed", "removed")), 0)
        self.assertLess(some["rows"], 100)
        until("what a run remembers goes with the next one", 60, lambda: self.states() == [self.applied])

    def test_3_what_is_not_delivered_changes_nothing(self):
        stop = threading.Event()
        self.double.on_call = lambda operation, bucket, moment: (
            stop.wait(120) if (operation, bucket, moment) == ("PutObject", "acme-packs", "before") else None)
        self.change()
        run = self.start()
        self.wait(run, "delivering")
        cancelled = self.customer.admin.post(f"/v1/orgs/acme/data_packs/deals/runs/{run}/cancel")
        stop.set()
        self.double.on_call = None
        self.assertEqual(cancelled.json()["state"], "cancelled")
        self.change()
        self.apply(self.wait(self.start(), "delivered"))

    def test_4_run_again_brings_all_rows(self):
        again = self.apply(self.wait(self.start(replaces=self.applied), "delivered"))
        self.assertEqual((again["changes"]["since"], again["changes"]["added"]), (None, len(self.copy)))
        self.change()
        self.apply(self.wait(self.start(), "delivered"))
        refused = self.customer.admin.post("/v1/orgs/acme/data_packs/deals/runs", {"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"})
        self.assertEqual((refused.status, refused.json()["code"]), (409, "no_intervals"))

    def test_5_rows_with_the_same_key_fail_the_run(self):
        self.postgres.run("INSERT INTO deals VALUES (1, 'acme', 'Twice', 1), (1, 'acme', 'Twice', 1)")
        failed = self.wait(self.start(), "failed")
        self.assertEqual(failed["error"], "The vendor's source could not be read.")
        to_vendor = self.vendor.get(f"/v1/orgs/acme/data_packs/deals/runs/{failed['id']}").json()
        self.assertIn("Two rows have the same key", to_vendor["error"], "the vendor, who can mend it, reads why")
        self.postgres.run("DELETE FROM deals WHERE id = 1 AND title = 'Twice'")
        self.assertEqual(self.customer.admin.post(f"/v1/orgs/acme/data_packs/deals/runs/{failed['id']}/retry").status, 200)
        self.apply(self.wait(failed["id"], "delivered"))

    def test_6_killed_at_each_step_no_change_is_lost_or_comes_twice(self):
        for number in range(KILLS):
            self.change()
            killed = threading.Event()
            if number % 2 == 0:  # around the writing of a file: the part or the manifest
                moment, left = ("before", "after")[number // 2 % 2], [number // 4 % 2]

                def on_call(operation, bucket, when, moment=moment, left=left, killed=killed):
                    if (operation, bucket, when) == ("PutObject", "acme-packs", moment):
                        left[0] -= 1
                        if left[0] == -1:
                            self.server.kill()
                            killed.set()

                self.double.on_call = on_call
                try:
                    run = self.start()
                except OSError:
                    run = ""  # it began and was killed before it could answer
                self.assertTrue(killed.wait(120))
            else:  # as soon as a state is seen
                order = ["due", "extracting", "staged", "delivering", "delivered"]
                state = order[number // 2 % 5]
                run = self.start()
                until(f"it is {state}", 60, lambda: order.index(self.wait(run, *order)["state"]) >= order.index(state), every=0.005)
                self.server.kill()
            self.double.on_call = None
            self.server.start()
            run = run or self.customer.admin.get("/v1/orgs/acme/data_packs/deals/runs", limit=1).json()["data"][0]["id"]
            self.apply(self.wait(run, "delivered"))
            until("only the last is remembered", 60, lambda: self.states() == [self.applied], every=0.1)
        self.assertEqual([key for key, content in list(self.bucket.objects.items()) if key.endswith(".gz") and b"quokka" in gzip.decompress(content)], [])

    def test_7_a_version_of_another_key_begins_with_all_rows(self):
        self.assertEqual(self.vendor.put("/v1/data_packs/deals", self.definition | {"key": ["id", "title"]}).status, 200)
        refused = self.vendor.post("/v1/data_packs/deals/release", {})
        self.assertEqual((refused.status, refused.json()["code"]), (409, "breaking_change"))
        self.assertEqual(self.vendor.post("/v1/data_packs/deals/release", {"notice_days": 0}).json()["version"], 2)
        run = self.wait(self.start(), "delivered")
        manifest = json.loads(self.bucket.objects[f"vendor/{run['folder']}/manifest.json"])
        self.assertEqual((manifest["changes"]["since"], manifest["changes"]["added"]), (None, manifest["rows"]))


if __name__ == "__main__":
    unittest.main()
