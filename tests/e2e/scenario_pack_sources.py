#!/usr/bin/env python3
"""A pack out of a real PostgreSQL and a real MariaDB, brought to a real OpenSSH and a real S3: every value as it is in the
source, the organization's rows and no others, constant memory, and a server that is not there harms nothing."""
import csv
import datetime
import decimal
import gzip
import hashlib
import io
import json
import pathlib
import time
import unittest

import pyarrow.parquet

from support import places
from support.client import until
from support.lab import Lab
from support.mariadb import Mariadb
from support.postgres import Postgres
from support.server import Server, s3_config
from support.sshd import Sshd

EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
ROWS = 10_000_000 if places.full() else 400_000  # half of them are the organization's
SMALL = 3_000
# Growth that is allowed to the server while it reads, stages and sends: buffers, not rows.
MEMORY_MAX = 160 << 20
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)

POSTGRES_TABLE = """
CREATE TABLE deals AS SELECT n AS id, CASE WHEN n % 2 = 0 THEN 'acme' ELSE 'umbrella' END AS org,
  CASE WHEN n % 2 = 0 THEN 'Geschäft "' || n || '", 取引' ELSE 'CANARY-umbrella' END AS title,
  (n * 0.25)::numeric(12,2) AS amount, n * 0.5::float8 AS ratio, n % 4 = 0 AS won,
  date '2026-01-01' + (n % 300)::int AS day, timestamptz '2026-01-01 00:00:00+00' + n * interval '1 microsecond' AS at,
  jsonb_build_object('n', n) AS detail, int4send(n::int) AS raw, nullif(n % 6, 0)::int AS rest
FROM generate_series(1, {rows}::bigint) AS n"""
MARIADB_TABLE = """
CREATE TABLE vendor.deals ENGINE=InnoDB AS SELECT seq AS id, IF(seq % 2 = 0, 'acme', 'umbrella') AS org,
  IF(seq % 2 = 0, CONCAT('Geschäft "', seq, '", 取引'), 'CANARY-umbrella') AS title,
  CAST(seq * 0.25 AS DECIMAL(12,2)) AS amount, seq * 0.5e0 AS ratio, seq % 4 = 0 AS won,
  DATE_ADD(DATE '2026-01-01', INTERVAL seq % 300 DAY) AS day,
  TIMESTAMPADD(MICROSECOND, seq, TIMESTAMP '2026-01-01 00:00:00.000000') AS at, NULLIF(seq % 6, 0) AS rest
FROM vendor.series"""


def expected(number: int) -> dict:
    """Row `number` of the table, as Python has it."""
    return {"id": number, "org": "acme", "title": f'Geschäft "{number}", 取引',
            "amount": decimal.Decimal(number) / 4, "ratio": number * 0.5, "won": number % 4 == 0,
            "day": datetime.date(2026, 1, 1) + datetime.timedelta(days=number % 300),
            "at": EPOCH + datetime.timedelta(microseconds=number), "detail": {"n": number},
            "raw": number.to_bytes(4, "big"), "rest": number % 6 or None}


class PackSources(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("pack_sources")
        cls.lab = cls.enterClassContext(Lab(folder))
        cls.postgres = cls.enterClassContext(Postgres())
        cls.mariadb = cls.enterClassContext(Mariadb())
        cls.sshd = cls.enterClassContext(Sshd(folder))
        cls.postgres.run(POSTGRES_TABLE.format(rows=ROWS))
        cls.mariadb.run("SET SESSION max_recursive_iterations = 1000000; CREATE TABLE vendor.series AS WITH RECURSIVE "
                        f"s (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM s WHERE seq < {SMALL}) SELECT seq FROM s; "
                        + MARIADB_TABLE)
        config, environment = s3_config(cls.lab.env)
        cls.server = Server(folder, config + '[sftp]\nprivate_hosts = ["127.0.0.1"]\n', environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.make_org("acme", "Acme", "--data-packs", "--s3")
        cls.server.make_person("acme", EMAIL, "Ann Park", "admin", PASSWORD)
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=300)
        cls.operator = cls.make_operator()
        cls.ann = cls.server.client(timeout=120)
        assert cls.ann.sign_in(EMAIL, PASSWORD).status == 201
        cls.connect_sftp()

    @classmethod
    def make_operator(cls):
        cls.server.admin("operator", "create", "--email", "olga@vendor.example", "--name", "Olga", stdin=PASSWORD + "\n")
        operator = cls.server.client(timeout=300)
        assert operator.sign_in("olga@vendor.example", PASSWORD).status == 201
        return operator

    @classmethod
    def connect_sftp(cls):
        path = "/v1/orgs/acme/integrations/sftp"
        assert cls.ann.put(path, cls.sshd.settings(host_key=cls.sshd.host_key)).status == 201
        checked = cls.ann.post(path + "/check").json()
        assert checked["ok"], checked

    def connect_s3(self) -> None:
        path = "/v1/orgs/acme/integrations/s3/main"
        draft = self.ann.put(path, {"bucket": "packs", "region": self.lab.env["region"], "path": "vendor",
                                    "endpoint": self.lab.env["endpoint"], "path_style": True, "frequency": "hourly"})
        self.assertEqual(draft.status, 201, draft.body)
        customer = self.lab.customer()
        customer.make("packs")
        customer.put_policy("packs", json.dumps(draft.json()["policy"]))
        checked = self.ann.post(path + "/validate").json()
        self.assertTrue(checked["ok"], checked)
        self.assertEqual(self.ann.post(path + "/activate").status, 200)

    def make_pack(self, pack: str, source: dict, query: str, **format) -> None:
        answer = self.operator.put(f"/v1/data_sources/{pack}", source)
        self.assertEqual(answer.status, 201, answer.body)
        self.assertNotIn("reads only", answer.body.decode())
        checked = self.operator.post(f"/v1/data_sources/{pack}/check").json()
        self.assertTrue(checked["ok"] and checked["read_only"], checked)
        answer = self.operator.put(f"/v1/data_packs/{pack}", {
            "name": "Deals", "source": {"id": pack, "query": query}, "mode": "full", "format": format,
            "schedule": {"every": "monthly", "day": 1}, "part_rows": 60_000})
        self.assertEqual(answer.status, 201, answer.body)
        for verb, body in (("release", {}),):
            answer = self.operator.post(f"/v1/data_packs/{pack}/{verb}", body)
            self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(self.operator.put(f"/v1/orgs/acme/data_packs/{pack}", {}).status, 201)

    def run_now(self, pack: str, seconds: float = 120) -> dict:
        path = f"/v1/orgs/acme/data_packs/{pack}/runs"
        answer = self.ann.post(path, {})
        self.assertEqual(answer.status, 202, answer.body)
        run = answer.json()["data"][0]["id"]

        def ended() -> dict | None:
            found = self.ann.get(f"{path}/{run}").json()
            return found if found["state"] in ("delivered", "failed", "held", "cancelled") else None

        found = until("the run has ended", 1800 if places.full() else seconds, ended, every=0.2)
        self.assertEqual(found["state"], "delivered", found)
        return found

    def check_manifest(self, manifest: dict, read) -> dict[str, bytes]:
        """Every file is there with its size and hash; their contents by name."""
        files = {}
        for file in manifest["files"]:
            content = files[file["name"]] = read(file["name"])
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (file["bytes"], file["sha256"]))
        self.assertEqual(sum(file["rows"] for file in manifest["files"]), manifest["rows"])
        return files

    def sftp_run(self, run: dict) -> tuple[dict, pathlib.Path]:
        folder = self.sshd.files / "packs" / run["folder"]
        latest = json.loads((folder.parent / "latest.json").read_text())
        self.assertEqual(latest["run"], run["id"])
        self.assertEqual([path.name for path in folder.rglob(".*")], [], "no temporary file is left")
        return json.loads((folder / "manifest.json").read_text()), folder

    def memory(self, what: str) -> int:
        status = pathlib.Path(f"/proc/{self.server.process.pid}/status").read_text()
        return int(status.split(f"{what}:")[1].split()[0]) << 10

    def check_parquet(self, files: dict[str, bytes], numbers) -> None:
        wanted = iter(numbers)
        count = 0
        for name in sorted(files):
            reader = pyarrow.parquet.ParquetFile(io.BytesIO(files[name]))
            for batch in reader.iter_batches(batch_size=20_000):
                for row in batch.to_pylist():
                    row["detail"] = json.loads(row["detail"])
                    self.assertEqual(row, expected(next(wanted)))
                    count += 1
        self.assertEqual(count, len(numbers))

    def test_every_value_from_postgresql_to_sftp_and_s3_in_constant_memory(self):
        self.connect_s3()
        self.make_pack("deals", self.postgres.source(), "SELECT * FROM deals WHERE org = :org ORDER BY id",
                       type="parquet", compression="zstd")
        change = self.ann.put("/v1/orgs/acme/data_pack_destination",
                              {"s3": {"destination": "main", "path": "files"}, "keep_sftp": True})
        self.assertEqual(change.status, 200, change.body)
        before, began = self.memory("VmRSS"), time.monotonic()
        run = self.run_now("deals")
        took, grew = time.monotonic() - began, self.memory("VmHWM") - before
        print(f"{run['rows']} rows, {run['bytes']} bytes in {took:.1f} s, memory grew by {grew >> 20} MiB", flush=True)
        self.assertLess(grew, MEMORY_MAX)
        self.assertEqual(run["rows"], ROWS // 2)
        manifest, folder = self.sftp_run(run)
        self.assertGreater(len(manifest["files"]), 1)
        files = self.check_manifest(manifest, lambda name: (folder / name).read_bytes())
        self.check_parquet(files, range(2, ROWS + 1, 2))
        keys = {key.rsplit("/", 1)[1]: key for key in self.lab.keys("packs") if f"run={run['id']}" in key}
        there = self.check_manifest(json.loads(self.lab.read("packs", keys["manifest.json"])),
                                    lambda name: self.lab.read("packs", keys[name]))
        self.assertEqual(there, files, "both places hold the same bytes")
        for content in files.values():
            self.assertNotIn(b"CANARY", content)

    def test_mariadb_as_csv(self):
        self.make_pack("maria", self.mariadb.source(), "SELECT * FROM deals WHERE org = :org ORDER BY id",
                       type="csv", compression="gzip")
        run = self.run_now("maria")
        manifest, folder = self.sftp_run(run)
        self.assertEqual({column["name"]: column["type"] for column in manifest["columns"]},
                         {"id": "integer", "org": "text", "title": "text", "amount": "decimal", "ratio": "real",
                          "won": "integer", "day": "date", "at": "local_timestamp", "rest": "integer"})
        files = self.check_manifest(manifest, lambda name: (folder / name).read_bytes())
        text = "".join(gzip.decompress(files[name]).decode() for name in sorted(files))
        self.assertNotIn("CANARY", text)
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), SMALL // 2)
        for row, number in zip(rows, range(2, SMALL + 1, 2)):
            want = expected(number)
            self.assertEqual((int(row["id"]), row["title"], decimal.Decimal(row["amount"]), float(row["ratio"]),
                              row["day"], row["rest"] or None),
                             (number, want["title"], want["amount"], want["ratio"], str(want["day"]),
                              str(want["rest"]) if want["rest"] else None))
            at = datetime.datetime.fromisoformat(row["at"].rstrip("Z")).replace(tzinfo=datetime.timezone.utc)
            self.assertEqual(at, want["at"])

    def test_clickhouse_by_http(self):
        # The engine beside the server speaks a modern ClickHouse's HTTP; Debian's own knows no parameters.
        source = {"type": "clickhouse", "host": str(self.server.data / "store.sock"), "database": "default",
                  "user": "default", "tls": "off"}
        self.assertEqual(self.operator.put("/v1/data_sources/numbers", source).status, 201)
        checked = self.operator.post("/v1/data_sources/numbers/check").json()
        self.assertTrue(checked["ok"] and checked["version"].startswith("ClickHouse "), checked)
        query = ("SELECT number AS id, concat('a\\tb\\n', toString(number)) AS title, toDecimal64(number, 2) / 4 AS amount,"
                 " toDateTime64('2026-01-01 00:00:00', 6, 'UTC') + INTERVAL number MICROSECOND AS at,"
                 " nullIf(number % 6, 0) AS rest FROM numbers(3000) WHERE :org = 'acme' ORDER BY id")
        made = self.operator.put("/v1/data_packs/numbers", {
            "name": "Numbers", "source": {"id": "numbers", "query": query}, "mode": "full",
            "format": {"type": "csv", "compression": "none"}, "schedule": {"every": "monthly", "day": 1}})
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(self.operator.post("/v1/data_packs/numbers/release", {}).status, 200)
        self.assertEqual(self.operator.put("/v1/orgs/acme/data_packs/numbers", {}).status, 201)
        manifest, folder = self.sftp_run(self.run_now("numbers"))
        files = self.check_manifest(manifest, lambda name: (folder / name).read_bytes())
        rows = list(csv.DictReader(io.StringIO(b"".join(files.values()).decode(), newline="")))
        self.assertEqual(len(rows), 3000)
        for number, row in enumerate(rows):
            want = expected(number)
            at = datetime.datetime.fromisoformat(row["at"].replace("Z", "+00:00"))
            self.assertEqual((int(row["id"]), row["title"], decimal.Decimal(row["amount"]), at, row["rest"] or None),
                             (number, f"a\tb\n{number}", want["amount"], want["at"],
                              str(want["rest"]) if want["rest"] else None))

    def late_run(self, pack: str) -> tuple[str, dict]:
        """A run that SFTP alone is to get, after its first try failed; its address and its delivery."""
        self.make_pack(pack, self.mariadb.source(), "SELECT id, org FROM deals WHERE org = :org", type="csv",
                       compression="none")
        self.assertEqual(self.ann.put("/v1/orgs/acme/data_pack_destination", {"s3": None}).status, 200)
        path = f"/v1/orgs/acme/data_packs/{pack}/runs"
        run = f"{path}/{self.ann.post(path, {}).json()['data'][0]['id']}"

        def tried() -> dict | None:
            found = [delivery for delivery in self.ann.get(run).json()["deliveries"] if delivery["error"]]
            return found[0] if found else None

        return run, until("a delivery was tried", 60, tried, every=0.2)

    def arrived(self, run: str) -> None:
        until("the run arrived", 60, lambda: self.ann.get(run).json()["state"] == "delivered", every=0.2)
        manifest, folder = self.sftp_run(self.ann.get(run).json())
        self.check_manifest(manifest, lambda name: (folder / name).read_bytes())

    def test_sftp_server_that_was_away_gets_the_run_later(self):
        self.sshd.stop()
        try:
            run, _ = self.late_run("late")
        finally:
            self.sshd.start()
        self.arrived(run)

    def test_another_host_key_gets_nothing_until_it_is_confirmed(self):
        self.sshd.change_host_key()
        run, delivery = self.late_run("pinned")
        self.assertIn("host key", delivery["error"])
        self.assertIn("confirm", delivery["remedy"])
        self.assertFalse((self.sshd.files / "packs" / "pinned").exists(), "nothing was sent")
        path = "/v1/orgs/acme/integrations/sftp"
        self.assertEqual(self.ann.get(path).json()["reason"], "host_key_changed")
        self.assertEqual(self.ann.put(path, self.sshd.settings(host_key=self.sshd.host_key)).status, 200)
        self.assertTrue(self.ann.post(path + "/check").json()["ok"])
        retried = self.ann.post(run + "/retry")
        self.assertIn(retried.status, (200, 409), retried.body)  # 409: it went by itself meanwhile
        self.arrived(run)


if __name__ == "__main__":
    unittest.main(verbosity=2)
