#!/usr/bin/env python3
"""A double delivery to S3 and SFTP: after each run both sides are looked at again, and what they hold is compared with what
was sent. Files that go, shrink or change on either side are named, mailed and in the trail; a side that is away is waited for."""
import datetime
import hashlib
import unittest

from support import places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.postgres import Postgres
from support.s3_double import Bucket, Double
from support.server import Server
from support.sshd import Sshd

ROWS = 8_000
TABLE = f"CREATE TABLE deals AS SELECT n AS id, 'acme' AS org, 'Deal ' || n AS title FROM generate_series(1, {ROWS}) AS n"
DESTINATION = "/v1/orgs/acme/data_pack_destination"


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("pack_compare")
        cls.postgres = cls.enterClassContext(Postgres())
        cls.double = cls.enterClassContext(Double())
        cls.sshd = cls.enterClassContext(Sshd(folder))
        cls.postgres.run(TABLE)
        # Parts of 64 KiB: some files go up in one piece, others in parts.
        config, environment = cls.double.config('part = "64 KiB"\n[sftp]\nprivate_hosts = ["127.0.0.1"]\n')
        cls.server = Server(folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.set_clock(tomorrow(10))
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.admin("org", "set", "acme", "--data-packs")
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")
        cls.prepare()

    @classmethod
    def prepare(cls):
        ann = cls.customer.admin
        assert ann.put("/v1/orgs/acme/integrations/sftp", cls.sshd.settings(host_key=cls.sshd.host_key)).status == 201
        checked = ann.post("/v1/orgs/acme/integrations/sftp/check").json()
        assert checked["ok"], checked
        assert cls.vendor.put("/v1/data_sources/warehouse", cls.postgres.source()).status == 201
        made = cls.vendor.put("/v1/data_packs/deals", {
            "name": "Deals", "source": {"id": "warehouse", "query": "SELECT id, title FROM deals WHERE org = :org ORDER BY id"},
            "format": {"type": "csv", "compression": "none"}, "part_rows": 7000,
            "schedule": {"every": "monthly", "day": 1}})
        assert made.status == 201, made.body
        assert cls.vendor.post("/v1/data_packs/deals/release", {}).status == 200
        assert cls.vendor.put("/v1/orgs/acme/data_packs/deals", {}).status == 201
        cls.wanted = {"s3": {"destination": "acme-packs"}, "compare_until": cls.at(days=14)}
        changed = ann.put(DESTINATION, cls.wanted)
        assert changed.json().get("applied"), changed.body

    @classmethod
    def at(cls, **ahead) -> str:
        return (cls.now + datetime.timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")

    @classmethod
    def set_clock(cls, time: datetime.datetime) -> None:
        cls.now = time
        cls.server.set_clock(time.strftime("%Y-%m-%dT%H:%M:%SZ"))

    @property
    def ann(self):
        return self.customer.admin

    def look(self, run: str) -> dict:
        answer = self.ann.get(f"/v1/orgs/acme/data_packs/deals/runs/{run}")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def delivered(self) -> dict:
        started = self.ann.post("/v1/orgs/acme/data_packs/deals/runs", {})
        self.assertEqual(started.status, 202, started.body)
        run = started.json()["data"][0]["id"]
        return until("the run is delivered", 120, lambda: self.look(run)["state"] == "delivered" and self.look(run), every=0.1)

    def compared(self, run: dict, *states: str) -> dict:
        """The run's comparison once it has one of the states."""
        def look() -> dict | None:
            found = self.look(run["id"])["comparison"]
            return found if found and found["state"] in states else None

        return until(f"the comparison is {states}", 120, look, every=0.1)

    def again(self, run: dict, *states: str) -> dict:
        answer = self.ann.post(f"/v1/orgs/acme/data_packs/deals/runs/{run['id']}/compare")
        self.assertEqual((answer.status, answer.json()["comparison"]["state"]), (200, "due"), answer.body)
        return self.compared(run, *states)

    def local(self, run: dict, name: str):
        return self.sshd.files / "packs" / run["folder"] / name

    def key(self, run: dict, name: str) -> str:
        return f"vendor/{run['folder']}/{name}"

    def test_1_equal_sides_are_counted(self):
        for day in (5, 15):
            end = (self.now.replace(day=28) + datetime.timedelta(days=4)).replace(day=day)
            shown = self.ann.put(DESTINATION + "?preview=true", self.wanted | {"compare_until": end.strftime("%Y-%m-%dT%H:%M:%SZ")}).json()
            self.assertIn(f"SFTP gets every run too, with the same bytes, until {end.day} {end:%b %Y %H:%M} UTC.", shown["effects"])
        run = self.delivered()
        found = self.compared(run, "equal")
        self.assertEqual([(side["destination"], side["read_by"], side["others"]) for side in found["result"]["sides"]],
                         [("s3", "etag", []), ("sftp", "sha256", [])])
        self.assertEqual((found["result"]["files"], found["result"]["differences"]), (3, []))
        sizes = [file["bytes"] for file in run["files"]]
        self.assertTrue(min(sizes) < 65536 < max(sizes), sizes)  # in one piece, and in parts
        shown = self.ann.get(DESTINATION).json()["comparisons"]
        self.assertEqual((shown["runs"], shown["equal"], shown["last_difference"]), (1, 1, None))
        [pack] = self.ann.get("/v1/orgs/acme/data_packs").json()["data"]
        self.assertEqual((pack["comparisons"]["runs"], pack["comparisons"]["last_compared_at"]), (1, found["compared_at"]))

    def test_2_every_difference_is_named_by_its_side(self):
        run = self.delivered()
        self.compared(run, "equal")
        whole, large = (self.local(run, name).read_bytes() for name in ("part-00001.csv", "part-00000.csv"))
        key = self.key(run, "part-00000.csv")
        faults = [
            ("sftp", "part-00001.csv", "content", lambda: self.local(run, "part-00001.csv").write_bytes(b"X" + whole[1:])),
            ("sftp", "part-00001.csv", "size", lambda: self.local(run, "part-00001.csv").write_bytes(whole[:-1])),
            ("sftp", "manifest.json", "missing", lambda: self.local(run, "manifest.json").rename(self.sshd.root / "kept")),
            ("s3", "part-00000.csv", "content", lambda: self.store(key, large[:-2] + b"X\n")),
            ("s3", "part-00000.csv", "size", lambda: self.store(key, large + b"\n")),
            ("s3", "part-00000.csv", "missing", lambda: self.bucket.objects.pop(key))]
        manifest = self.local(run, "manifest.json").read_bytes()
        kept = self.bucket.meta[key]
        for side, file, what, harm in faults:
            with self.subTest(side=side, what=what):
                harm()
                differences = self.again(run, "differs")["result"]["differences"]
                self.assertEqual([(one["destination"], one["file"], one["what"]) for one in differences], [(side, file, what)])
                shown = self.ann.get(DESTINATION).json()["comparisons"]
                self.assertEqual((shown["differing"], shown["last_difference"]["run"]), (1, run["id"]))
                self.local(run, "part-00001.csv").write_bytes(whole)
                self.local(run, "manifest.json").write_bytes(manifest)
                self.bucket.objects[key] = large
                self.bucket.meta[key] = kept
        self.local(run, "theirs.txt").write_text("a note of the customer's")
        mended = self.again(run, "equal")
        self.assertEqual(mended["result"]["sides"][1]["others"], ["theirs.txt"])
        self.in_trail_and_mail(run)

    def store(self, key: str, content: bytes) -> None:
        """As somebody who writes into the bucket in one piece."""
        self.bucket.objects[key] = content
        self.bucket.meta[key] = self.bucket.meta[key] | {"etag": f'"{hashlib.md5(content).hexdigest()}"'}

    def in_trail_and_mail(self, run: dict) -> None:
        def entries() -> list[dict]:
            return self.ann.get("/v1/orgs/acme/events", query="action:=trailkeeper.data_pack.compared").json()["data"]

        until("the trail has the comparisons", 60, lambda: len(entries()) >= 8, every=0.3)
        failed = [entry for entry in entries() if entry["outcome"] == "failure"]
        mails = until("the mail is there", 60, lambda: [
            path for path in (self.server.data / "outbox").rglob("*.eml")
            if "do not hold the same" in path.read_text(errors="replace")])
        self.assertEqual(len(mails), 1, "one mail a day")
        self.assertIn(run["folder"], mails[0].read_text(errors="replace").replace("=\n", "").replace("=3D", "="))

    def test_3_a_side_that_is_away_is_waited_for(self):
        run = self.delivered()
        self.compared(run, "equal")
        self.sshd.stop()
        try:
            self.ann.post(f"/v1/orgs/acme/data_packs/deals/runs/{run['id']}/compare")
            waiting = until("it says what is missing", 120, lambda: (found := self.look(run["id"])["comparison"])["error"] and found, every=0.2)
            self.assertEqual(waiting["state"], "due")
            self.assertIsNotNone(waiting["next_attempt_at"])
        finally:
            self.sshd.start()
        self.set_clock(self.now + datetime.timedelta(minutes=30))
        self.customer.sign_in()
        self.compared(run, "equal")

    def test_4_where_etags_say_nothing_sizes_have_to_do(self):
        path = self.customer.path("acme-kms")
        draft = self.ann.put(path, {
            "bucket": "acme-kms", "region": "us-east-1", "endpoint": self.double.endpoint, "path": "vendor",
            "account_id": "111122223333", "path_style": True, "frequency": "hourly"})
        self.assertEqual(draft.status, 201, draft.body)
        self.double.buckets["acme-kms"] = Bucket(sessions={draft.json()["auth"]["session_name"]}, kms=True)
        self.assertTrue(self.ann.post(path + "/validate").json()["ok"])
        self.assertEqual(self.ann.post(path + "/activate").status, 200)
        wanted = self.wanted | {"s3": {"destination": "acme-kms"}}
        self.assertTrue(self.ann.put(DESTINATION, wanted).json()["applied"])
        found = self.compared(self.delivered(), "equal")
        self.assertEqual([side["read_by"] for side in found["result"]["sides"]], ["size", "sha256"])

    def test_5_runs_of_one_side_are_not_compared(self):
        self.assertTrue(self.ann.put(DESTINATION, {"s3": {"destination": "acme-packs"}}).json()["applied"])
        run = self.delivered()
        self.assertIsNone(run["comparison"])
        refused = self.ann.post(f"/v1/orgs/acme/data_packs/deals/runs/{run['id']}/compare")
        self.assertEqual((refused.status, refused.json()["code"]), (409, "not_compared"))
        self.assertTrue(self.ann.put(DESTINATION, self.wanted).json()["applied"])
        self.set_clock(self.now + datetime.timedelta(days=15))
        self.customer.sign_in()
        self.assertEqual([one["destination"] for one in self.delivered()["deliveries"]], ["s3"], "the time to compare is over")


if __name__ == "__main__":
    unittest.main(verbosity=2)
