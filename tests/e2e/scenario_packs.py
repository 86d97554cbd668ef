#!/usr/bin/env python3
"""Data packs from definition to delivered files: schedules, the switch of destinations, incremental, drift and unusual size,
cancelled and repeated runs, and a server killed at every step. The database is a real PostgreSQL, the bucket a double."""
import csv
import datetime
import gzip
import hashlib
import io
import json
import random
import threading
import unittest

from support import manifest_check, places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.postgres import Postgres
from support.s3_double import Bucket, Double
from support.server import Server

CANARY = "quokka-of-umbrella"
PASSWORD = "correct horse battery"
ROWS = 5_000
KILLS = 100 if places.full() else 10
TABLE = f"""
CREATE TABLE deals AS SELECT n AS id, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'umbrella' END AS org,
  CASE WHEN n % 2 = 0 THEN 'Deal, "no" ' || n ELSE '{CANARY}' END AS title, (n * 0.25)::numeric(12,2) AS amount,
  timestamptz '2026-01-01 00:00:00+00' + n * interval '1 second' AS changed
FROM generate_series(1, {2 * ROWS}) AS n"""


class Packs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("packs")
        cls.postgres = cls.enterClassContext(Postgres())
        cls.double = cls.enterClassContext(Double())
        cls.postgres.run(TABLE)
        config, environment = cls.double.config()
        cls.server = Server(folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.now = tomorrow(10, 1)  # a quarter of an hour before the first schedule below
        cls.set_clock(cls.now)
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.admin("org", "set", "acme", "--data-packs")
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)
        answer = cls.vendor.put("/v1/data_sources/warehouse", cls.postgres.source())
        assert answer.status == 201, answer.body
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")

    @classmethod
    def set_clock(cls, time: datetime.datetime) -> None:
        cls.now = time
        cls.server.set_clock(time.strftime("%Y-%m-%dT%H:%M:%SZ"))

    @property
    def ann(self):
        return self.customer.admin

    def make_pack(self, pack: str, query: str, **more) -> None:
        answer = self.vendor.put(f"/v1/data_packs/{pack}", {
            "name": pack.title(), "former_name": "SFE " + pack, "source": {"id": "warehouse", "query": query},
            "format": {"type": "csv", "compression": "gzip"}, "schedule": {"every": "monthly", "day": 1}} | more)
        self.assertEqual(answer.status, 201, answer.body)
        answer = self.vendor.post(f"/v1/data_packs/{pack}/release", {})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(self.vendor.put(f"/v1/orgs/acme/data_packs/{pack}", {}).status, 201)

    def start(self, pack: str, **body) -> str:
        answer = self.ann.post(f"/v1/orgs/acme/data_packs/{pack}/runs", body)
        self.assertEqual(answer.status, 202, answer.body)
        return answer.json()["data"][0]["id"]

    def look(self, pack: str, run: str) -> dict:
        answer = self.ann.get(f"/v1/orgs/acme/data_packs/{pack}/runs/{run}")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def wait(self, pack: str, run: str, *states: str, seconds: float = 60) -> dict:
        def look() -> dict | None:
            try:
                found = self.look(pack, run)
            except OSError:
                return None
            self.assertFalse(found["state"] == "failed" and "failed" not in states, found)
            return found if found["state"] in states else None

        return until(f"the run of {pack} is {states}", seconds, look, every=0.1)

    def keys_of_log(self) -> manifest_check.Keys:
        log = self.server.admin("log-key", "--org", "acme")
        return manifest_check.Keys(log["vkey"], log["manifest_vkey"])

    def read(self, key: str) -> bytes:
        return self.bucket.objects["vendor/" + key]

    def rows(self, run: dict) -> list[dict]:
        """The rows of a delivered run, after everything that its manifest says was checked."""
        raw = self.read(run["folder"] + "/manifest.json")
        self.assertEqual(hashlib.sha256(raw).hexdigest(), run["manifest_sha256"])
        manifest = json.loads(raw)
        self.assertTrue(manifest_check.is_signed(raw, self.keys_of_log()), "signed by the log's key (promise 6)")
        self.assertFalse(manifest_check.is_signed(raw.replace(b'"rows":', b'"rows":1', 1), self.keys_of_log()))
        rows = []
        for file in manifest["files"]:
            content = self.read(f"{run['folder']}/{file['name']}")
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (file["bytes"], file["sha256"]))
            text = gzip.decompress(content).decode()
            self.assertNotIn(CANARY, text)
            found = list(csv.DictReader(io.StringIO(text, newline="")))
            self.assertEqual(len(found), file["rows"])
            rows += found
        self.assertEqual(len(rows), manifest["rows"])
        keys = [key for key in list(self.bucket.objects) if key.startswith(f"vendor/{run['folder']}/")]
        self.assertEqual(len(keys), len(manifest["files"]) + 1, keys)
        return rows

    def test_1_without_a_destination_it_waits_and_the_switch_is_shown_first(self):
        self.make_pack("deals", "SELECT id, title, amount, changed FROM deals WHERE org = :org ORDER BY id", part_rows=1500,
                       schedule={"every": "hourly", "at": "00:15"})
        run = self.start("deals")
        waiting = until("it says what is missing", 60, lambda: self.look("deals", run)["error"] and self.look("deals", run))
        self.assertEqual((waiting["state"], waiting["rows"]), ("staged", ROWS))
        self.assertEqual([key for key in list(self.bucket.objects) if "deals" in key], [])
        path, wanted = "/v1/orgs/acme/data_pack_destination", {"s3": {"destination": "acme-packs", "path": "packs"}}
        shown = self.ann.put(path + "?preview=true", wanted).json()
        self.assertFalse(shown["applied"])
        self.assertIn("New runs go to s3://acme-packs/vendor/packs/.", shown["effects"])
        self.assertIsNone(self.ann.get(path).json()["s3"])
        unknown = self.ann.put(path, {"s3": {"destination": "other"}})
        self.assertEqual((unknown.status, unknown.json()["errors"][0]["pointer"]), (422, "/s3/destination"))
        self.assertTrue(self.ann.put(path, {"s3": {"destination": "acme-packs"}}).json()["applied"])
        self.assertEqual(self.ann.get(path).json()["sinks"], ["s3"])
        self.ann.post(f"/v1/orgs/acme/data_packs/deals/runs/{run}/retry")
        rows = self.rows(self.wait("deals", run, "delivered"))
        self.assertEqual([int(row["id"]) for row in rows], list(range(2, 2 * ROWS + 1, 2)))
        self.assertEqual(rows[0], {"id": "2", "title": 'Deal, "no" 2', "amount": "0.50", "changed": "2026-01-01T00:00:02.000000Z"})

    def test_2_each_hour_has_one_run_and_they_are_chained(self):
        path = "/v1/orgs/acme/data_packs/deals/runs"
        self.set_clock(self.now.replace(minute=20) + datetime.timedelta(hours=3))

        def delivered() -> list[dict]:
            self.customer.sign_in()
            found = [run for run in self.ann.pages(path) if run["kind"] == "scheduled"]
            return found if len(found) >= 4 and all(run["state"] == "delivered" for run in found) else []

        runs = until("four hours are delivered", 120, delivered, every=0.5)[::-1]
        self.assertEqual(len(runs), 4)
        for before, after in zip(runs, runs[1:]):
            self.assertEqual(before["interval"]["end"], after["interval"]["start"])
            self.assertEqual(after["previous_run"], before["id"])
            manifest = json.loads(self.read(after["folder"] + "/manifest.json"))
            self.assertEqual(manifest["previous"], {"run": before["id"], "manifest_sha256": before["manifest_sha256"]})
        latest = json.loads(self.read("deals/latest.json"))
        self.assertEqual((latest["run"], latest["manifest_sha256"]), (runs[-1]["id"], runs[-1]["manifest_sha256"]))
        self.assertEqual(runs[-1]["interval"]["end"], self.now.strftime("%Y-%m-%dT%H:15:00.000000Z"))

        def entries() -> list[dict]:
            return self.ann.get("/v1/orgs/acme/events", query="action:=trailkeeper.data_pack.delivered").json()["data"]

        until("the trail says so", 60, lambda: len(entries()) >= 5, every=0.5)
        [pack] = [one for one in self.ann.get("/v1/orgs/acme/data_packs").json()["data"] if one["id"] == "deals"]
        self.assertEqual((pack["former_name"], pack["places"]), ("SFE deals", ["s3://acme-packs/vendor/deals/"]))

    def test_3_incremental_brings_each_row_once(self):
        self.postgres.run("CREATE TABLE visits AS SELECT n AS id, 'acme' AS org, n AS at FROM generate_series(1, 100) AS n")
        self.make_pack("visits", "SELECT id, at FROM visits WHERE org = :org", mode="incremental", column="at")
        seen: list[int] = []
        for turn, expected in enumerate((100, 30, 0, 5)):
            if expected and turn:
                self.postgres.run(f"INSERT INTO visits SELECT n, 'acme', n FROM generate_series({len(seen) + 1}, {len(seen) + expected}) n")
            run = self.wait("visits", self.start("visits"), "delivered")
            found = [int(row["id"]) for row in self.rows(run)]
            self.assertEqual(len(found), expected)
            seen += found
        self.assertEqual(sorted(seen), list(range(1, 136)))
        again = self.wait("visits", self.start("visits", replaces=run["id"]), "delivered")
        self.assertEqual((again["replaces"], len(self.rows(again))), (run["id"], 5))

    def test_4_a_column_that_goes_holds_the_run_until_it_is_confirmed(self):
        self.postgres.run("CREATE TABLE people AS SELECT n AS id, 'acme' AS org, 'p' || n AS name FROM generate_series(1, 50) AS n")
        self.make_pack("people", "SELECT * FROM people WHERE org = :org")
        self.assertEqual(len(self.rows(self.wait("people", self.start("people"), "delivered"))), 50)
        self.postgres.run("ALTER TABLE people ADD COLUMN age int")
        more = self.wait("people", self.start("people"), "delivered")
        self.assertEqual(json.loads(self.read(more["folder"] + "/manifest.json"))["column_changes"], [{"column": "age", "change": "added"}])
        self.postgres.run("ALTER TABLE people RENAME COLUMN name TO full_name")
        held = self.wait("people", self.start("people"), "held")
        self.assertEqual([(one["column"], one["change"]) for one in held["hold"]["changes"]], [("name", "removed"), ("full_name", "added")])
        self.assertEqual(self.vendor.get("/v1/data_packs/people").json()["state"], "held")
        self.assertEqual(self.ann.post("/v1/data_packs/people/confirm_change").status, 403)
        self.assertEqual(self.vendor.post("/v1/data_packs/people/confirm_change").json()["version"], 2)
        done = self.wait("people", held["id"], "delivered")
        self.assertEqual((done["version"], done["folder"]), (2, f"people.v2/run={held['id']}"))
        self.assertIn("full_name", self.rows(done)[0])

    def test_5_an_unusual_size_is_held_with_its_numbers(self):
        self.postgres.run("CREATE TABLE seats AS SELECT n AS id, 'acme' AS org FROM generate_series(1, 200) AS n")
        self.make_pack("seats", "SELECT id FROM seats WHERE org = :org")
        for _ in range(3):
            self.wait("seats", self.start("seats"), "delivered")
        self.postgres.run("DELETE FROM seats WHERE id > 10")
        held = self.wait("seats", self.start("seats"), "held")
        self.assertIn({"what": "rows", "usual": 200, "now": 10}, held["hold"]["numbers"])
        path = f"/v1/orgs/acme/data_packs/seats/runs/{held['id']}"
        self.assertEqual(self.ann.post(path + "/release").status, 403)
        self.assertEqual(self.vendor.post(path + "/release").status, 200)
        self.assertEqual(len(self.rows(self.wait("seats", held["id"], "delivered"))), 10)
        refused = self.ann.post(path + "/cancel")
        self.assertEqual((refused.status, refused.json()["code"]), (409, "wrong_state"))

    def test_6_what_is_cancelled_leaves_nothing_that_looks_whole(self):
        stop = threading.Event()
        self.double.on_call = lambda operation, bucket, moment: (
            stop.wait(120) if (operation, bucket, moment) == ("PutObject", "acme-packs", "before") else None)
        run = self.start("deals")
        self.wait("deals", run, "delivering")
        self.assertEqual(self.ann.post(f"/v1/orgs/acme/data_packs/deals/runs/{run}/cancel").json()["state"], "cancelled")
        stop.set()
        self.double.on_call = None
        again = self.wait("deals", self.start("deals", replaces=run), "delivered")
        self.assertEqual((again["replaces"], len(self.rows(again))), (run, ROWS))
        self.assertNotIn(f"vendor/deals/run={run}/manifest.json", self.bucket.objects)

    def test_7_everything_can_be_done_on_the_command_line(self):
        source = self.postgres.source()
        self.server.admin("source", "set", "again", "--type", "postgresql", "--host", source["host"], "--port", str(source["port"]),
                          "--database", source["database"], "--user", source["user"], "--tls", "off", stdin=source["password"] + "\n")
        self.assertTrue(self.server.admin("source", "check", "again")["ok"])
        self.assertIn("again", [one["id"] for one in self.server.admin("source", "list")["data"]])
        file = self.server.folder / "notes.json"
        file.write_text(json.dumps({
            "name": "Notes", "source": {"id": "again", "query": "SELECT id, title FROM deals WHERE org = :org AND id <= 20"},
            "format": {"type": "csv", "compression": "gzip"}, "schedule": {"every": "cron", "cron": "0 4 * * mon", "zone": "Europe/Berlin"}}))
        slip = json.loads(file.read_text()) | {"source": {"id": "again", "query": "SELECT titel FROM deals WHERE org = :org"}}
        self.assertEqual(self.vendor.put("/v1/data_packs/notes", slip).status, 201)
        refused = self.vendor.post("/v1/data_packs/notes/preview", {"organization_ids": ["acme"]})
        self.assertEqual(refused.status, 409, refused.body)
        self.assertRegex(refused.json()["detail"], 'column "titel" does not exist')
        self.server.admin("pack", "set", "notes", "--file", str(file))
        shown = self.server.admin("pack", "preview", "notes", "--org", "acme")
        self.assertEqual((shown["organizations"][0]["rows"], shown["organizations"][0]["sample"][0]), (10, ["2", 'Deal, "no" 2']))
        self.server.admin("pack", "release", "notes")
        self.server.admin("pack", "enable", "notes", "--org", "acme")
        run = self.server.admin("pack", "run", "notes", "--org", "acme")["data"][0]["id"]
        self.assertEqual(len(self.rows(self.wait("notes", run, "delivered"))), 10)
        self.assertEqual([one["id"] for one in self.server.admin("pack", "runs", "notes", "--org", "acme")["data"]], [run])
        self.server.admin("pack", "end", "notes")
        self.assertEqual(self.vendor.get("/v1/data_packs/notes").status, 404)
        until("the look is in the trail", 60, lambda: self.ann.get(
            "/v1/orgs/acme/events", query="action:=trailkeeper.data_pack.previewed").json()["data"], every=0.5)

    def test_8_a_validated_bucket_takes_packs_unless_another_has_claimed_it(self):
        other = Customer(self.server, self.double, "globex")
        self.server.admin("org", "set", "globex", "--data-packs")
        settings = {"bucket": "shared", "region": "us-east-1", "endpoint": self.double.endpoint, "path": "in", "account_id": "111122223333",
                    "path_style": True, "frequency": "hourly"}
        self.customer.sign_in()
        drafts = [(one, one.path("shared")) for one in (other, self.customer)]
        made = [one.admin.put(path, settings) for one, path in drafts]
        self.assertEqual([answer.status for answer in made], [201, 201])
        wanted = {"s3": {"destination": "shared"}}
        path = "/v1/orgs/globex/data_pack_destination"
        refused = other.admin.put(path + "?preview=true", wanted)
        self.assertEqual((refused.status, refused.json()["errors"][0]["code"]), (422, "not_live"), "not validated yet")
        self.double.buckets["shared"] = Bucket(sessions={answer.json()["auth"]["session_name"] for answer in made})
        for one, draft in drafts:
            self.assertTrue(one.admin.post(draft + "/validate").json()["ok"])
        shown = other.admin.put(path + "?preview=true", wanted)
        self.assertEqual((shown.status, shown.json()["after"]["places"]), (200, ["s3://shared/in/"]), "before the last step of the wizard")
        self.assertEqual(self.ann.post(drafts[1][1] + "/activate").status, 200)
        refused = other.admin.put(path + "?preview=true", wanted)
        self.assertEqual((refused.status, refused.json()["errors"][0]["code"]), (422, "not_live"), "somebody else's by now")
        self.assertEqual(self.ann.request("DELETE", drafts[1][1]).status, 204)

    def test_9_killed_at_every_step_it_goes_on_with_the_same_bytes(self):
        rng = random.Random(7)
        fired = 0
        for number in range(KILLS):
            run = ""
            killed = threading.Event()
            if number % 2 == 0:  # around a call's effect: parts and the manifest
                moment, left = ("before", "after")[number // 2 % 2], [rng.randrange(5)]

                def on_call(operation, bucket, when, moment=moment, left=left, killed=killed):
                    if (operation, bucket, when) == ("PutObject", "acme-packs", moment):
                        left[0] -= 1
                        if left[0] == -1:
                            self.server.kill()
                            killed.set()

                self.double.on_call = on_call
                try:
                    run = self.start("deals")
                except OSError:
                    pass  # it began and was killed before it could answer
                self.assertTrue(killed.wait(120))
            else:  # in a state, as soon as it is seen
                state = ("due", "extracting", "staged", "delivering")[number // 2 % 4]
                run = self.start("deals")
                order = ["due", "extracting", "staged", "delivering", "delivered"]
                until("it came so far", 60, lambda: order.index(self.look("deals", run)["state"]) >= order.index(state), every=0.005)
                self.server.kill()
            fired += 1
            self.double.on_call = None
            self.server.start()
            run = run or self.ann.get("/v1/orgs/acme/data_packs/deals/runs", limit=1).json()["data"][0]["id"]
            self.assertEqual(len(self.rows(self.wait("deals", run, "delivered"))), ROWS)
        self.assertEqual(fired, KILLS)
        self.assertEqual([key for key in list(self.bucket.objects) if CANARY.encode() in self.bucket.objects[key]], [])


if __name__ == "__main__":
    unittest.main()
