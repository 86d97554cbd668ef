#!/usr/bin/env python3
"""Packs out of files: objects in a real S3, files of a web server with and without TLS, files in a folder. Every value as
it is in the files, the organization's rows and no others, and a process that reads them which can reach nothing else."""
import base64
import csv
import datetime
import decimal
import hashlib
import io
import json
import os
import pathlib
import socket
import time
import unittest

import pyarrow
import pyarrow.parquet

from support import places
from support.client import until
from support.lab import Lab
from support.server import Server
from support.sshd import Sshd
from support.web import OLD, Web, certificate

EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
SECRET = "only-for-the-web-server"
ROWS = 5_000_000 if places.full() else 120_000  # of the organization, in S3
PARTS = 50 if places.full() else 3
MEMORY_MAX = 200 << 20  # growth of the server, and of what reads: buffers, not rows
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def table(org: str, numbers: range) -> pyarrow.Table:
    title = (lambda n: f'Geschäft "{n}", 取引') if org == "acme" else (lambda n: f"CANARY-{org}")
    return pyarrow.table({
        "id": pyarrow.array(numbers, pyarrow.int64()), "org": [org] * len(numbers), "title": [title(n) for n in numbers],
        "amount": pyarrow.array([decimal.Decimal(n) / 4 for n in numbers], pyarrow.decimal128(12, 2)),
        "won": [n % 4 == 0 for n in numbers],
        "day": pyarrow.array([datetime.date(2026, 1, 1) + datetime.timedelta(days=n % 300) for n in numbers]),
        "at": pyarrow.array([EPOCH + datetime.timedelta(microseconds=n) for n in numbers],
                            pyarrow.timestamp("us", tz="UTC")),
        "rest": pyarrow.array([n % 6 or None for n in numbers], pyarrow.int64())})


def csv_of(org: str, rows: int) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["id", "org", "title", "amount"])
    for n in range(rows):
        writer.writerow([n, org, f'a "quoted", {n}\nline' if org == "acme" else f"CANARY-{org}", decimal.Decimal(n) / 4])
    return text.getvalue().encode()


class PackLocations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = folder = places.workspace("pack_locations")
        cls.lab = cls.enterClassContext(Lab(folder))
        cls.sshd = cls.enterClassContext(Sshd(folder))
        context, cls.ca = certificate(folder)
        cls.web = cls.enterClassContext(Web(SECRET))
        cls.tls_web = cls.enterClassContext(Web(SECRET, context))
        cls.drops = folder / "drops"
        cls.drops.mkdir()
        cls.server = Server(folder, cls.config(), {"TRAILKEEPER_TEST_SECRET": "not-for-the-process"}).start()
        cls.addClassCleanup(cls.server.stop)
        cls.operator, cls.ann = cls.people(cls.server)
        path = "/v1/orgs/acme/integrations/sftp"
        assert cls.ann.put(path, cls.sshd.settings(host_key=cls.sshd.host_key)).status == 201
        assert cls.ann.post(path + "/check").json()["ok"]

    @classmethod
    def config(cls, more: str = "") -> str:
        return ('[sftp]\nprivate_hosts = ["127.0.0.1"]\n[data_packs]\nprivate_hosts = ["127.0.0.1", "localhost"]\n'
                f'folders = ["{cls.drops}"]\nmemory = "300 MiB"\n' + more)

    @staticmethod
    def people(server: Server):
        server.make_org("acme", "Acme", "--data-packs", "--s3")
        server.make_person("acme", EMAIL, "Ann Park", "admin", PASSWORD)
        server.admin("operator", "create", "--email", "olga@vendor.example", "--name", "Olga", stdin=PASSWORD + "\n")
        clients = []
        for email in ("olga@vendor.example", EMAIL):
            client = server.client(timeout=300)
            assert client.sign_in(email, PASSWORD).status == 201
            clients.append(client)
        return clients

    def s3_source(self, **more) -> dict:
        keys, endpoint = self.lab.env["customer"], self.lab.env["endpoint"]
        return {"type": "s3", "host": "127.0.0.1", "port": int(endpoint.rsplit(":", 1)[1]), "database": "vendor/exports",
                "user": keys["access_key"], "password": keys["secret_key"], "tls": "off"} | more

    def web_source(self, **more) -> dict:
        return {"type": "http", "host": "127.0.0.1", "port": self.web.port, "tls": "off"} | more

    def put_source(self, name: str, source: dict, operator=None):
        answer = (operator or self.operator).put(f"/v1/data_sources/{name}", source)
        self.assertIn(answer.status, (200, 201), answer.body)
        if source.get("password"):
            self.assertNotIn(source["password"].encode(), answer.body)

    def check(self, name: str) -> dict:
        answer = self.operator.post(f"/v1/data_sources/{name}/check")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def put_pack(self, pack: str, source: str, query: str, operator=None, **format):
        return (operator or self.operator).put(f"/v1/data_packs/{pack}", {
            "name": pack, "source": {"id": source, "query": query}, "mode": "full",
            "format": format or {"type": "csv", "compression": "none"}, "schedule": {"every": "monthly", "day": 1},
            "part_rows": 50_000})

    def release(self, pack: str, operator=None) -> None:
        operator = operator or self.operator
        # First, so that a release has an organization whose files show the columns.
        self.assertEqual(operator.put(f"/v1/orgs/acme/data_packs/{pack}", {}).status, 201)
        answer = operator.post(f"/v1/data_packs/{pack}/release", {})
        self.assertEqual(answer.status, 200, answer.body)

    def make_pack(self, pack: str, source: str, query: str, operator=None, **format) -> None:
        answer = self.put_pack(pack, source, query, operator, **format)
        self.assertEqual(answer.status, 201, answer.body)
        self.release(pack, operator)

    def preview(self, pack: str):
        return self.operator.post(f"/v1/data_packs/{pack}/preview", {"organization_ids": ["acme"]})

    def start_run(self, pack: str, ann=None) -> str:
        path = f"/v1/orgs/acme/data_packs/{pack}/runs"
        answer = (ann or self.ann).post(path, {})
        self.assertEqual(answer.status, 202, answer.body)
        return f"{path}/{answer.json()['data'][0]['id']}"

    def run_until(self, path: str, states: tuple[str, ...], ann=None) -> dict:
        ann = ann or self.ann

        def there() -> dict | None:
            found = ann.get(path).json()
            return found if found["state"] in states else None

        return until(f"the run is one of {states}", 1800 if places.full() else 180, there, every=0.2)

    def delivered(self, pack: str) -> tuple[dict, dict[str, bytes]]:
        """The manifest of a new run and its files by name, each with its size and hash."""
        run = self.run_until(self.start_run(pack), ("delivered", "failed", "held", "cancelled"))
        self.assertEqual(run["state"], "delivered", run)
        folder = self.sshd.files / "packs" / run["folder"]
        manifest = json.loads((folder / "manifest.json").read_text())
        files = {}
        for file in manifest["files"]:
            content = files[file["name"]] = (folder / file["name"]).read_bytes()
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (file["bytes"], file["sha256"]))
            self.assertNotIn(b"CANARY", content)
        return manifest, files

    def readers(self) -> list[int]:
        """Processes that read a location for this server."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                if len(command) > 1 and command[1] == b"location" and str(self.server.data).encode() in b" ".join(command):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def memory(self, pid: int, what: str) -> int:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(status.split(f"{what}:")[1].split()[0]) << 10

    def test_objects_of_s3_in_constant_memory(self):
        customer = self.lab.customer()
        customer.make("vendor")
        step = ROWS // PARTS
        for part in range(PARTS):
            for org in ("acme", "umbrella", "acme2"):
                buffer = io.BytesIO()
                rows = range(part * step, (part + 1) * step) if org == "acme" else range(1000)
                pyarrow.parquet.write_table(table(org, rows), buffer, compression="zstd")
                customer.put("vendor", f"exports/deals/{org}/part-{part:03}.parquet", buffer.getvalue())
        self.put_source("lake", self.s3_source())
        checked = self.check("lake")
        self.assertTrue(checked["ok"], checked)
        self.assertEqual([step["name"] for step in checked["steps"]], ["address", "process", "read"])
        self.make_pack("deals", "lake", "SELECT * FROM objects('deals/' || :org || '/*.parquet', Parquet)",
                       type="parquet", compression="zstd")
        looked = self.preview("deals").json()["organizations"][0]
        self.assertEqual(looked["rows"], ROWS, looked)
        before, began = self.memory(self.server.process.pid, "VmRSS"), time.monotonic()
        manifest, files = self.delivered("deals")
        took, grew = time.monotonic() - began, self.memory(self.server.process.pid, "VmHWM") - before
        print(f"{manifest['rows']} rows of {PARTS} objects in {took:.1f} s, the server grew by {grew >> 20} MiB", flush=True)
        self.assertLess(grew, MEMORY_MAX)
        self.assertEqual({column["name"]: column["type"] for column in manifest["columns"]},
                         {"id": "integer", "org": "text", "title": "text", "amount": "decimal", "won": "boolean",
                          "day": "date", "at": "timestamp", "rest": "integer"})
        self.assertEqual(manifest["rows"], ROWS)
        got = pyarrow.concat_tables(pyarrow.parquet.read_table(io.BytesIO(content)) for content in files.values())
        self.assertEqual(got.num_rows, ROWS)
        got = got.sort_by("id")
        for first in range(0, ROWS, 20_000):
            rows = range(first, min(first + 20_000, ROWS))
            self.assertEqual(got.slice(first, len(rows)).to_pylist(), table("acme", rows).to_pylist())
        until("no process is left", 60, lambda: not self.readers())
        self.wrong_keys()

    def wrong_keys(self) -> None:
        self.put_source("lake-denied", self.s3_source(password="wrong-secret-key"))
        checked = self.check("lake-denied")
        self.assertEqual((checked["ok"], checked["steps"][-1]["name"]), (False, "read"), checked)
        self.assertNotIn("wrong-secret-key", json.dumps(checked))

    def test_files_of_a_web_server(self):
        for org in ("acme", "umbrella"):
            self.web.files[f"/private/{org}/deals.csv"] = csv_of(org, 500)
        self.put_source("web", self.web_source(database="private", user="reader", password=SECRET))
        self.make_pack("web-deals", "web", "SELECT id, title, amount FROM objects(:org || '/deals.csv', CSVWithNames, "
                       "'id Int64, org String, title String, amount Decimal(9, 2)') WHERE org = :org ORDER BY id")
        manifest, files = self.delivered("web-deals")
        rows = list(csv.DictReader(io.StringIO(b"".join(files.values()).decode(), newline="")))
        self.assertEqual([(int(row["id"]), row["title"], decimal.Decimal(row["amount"])) for row in rows],
                         [(n, f'a "quoted", {n}\nline', decimal.Decimal(n) / 4) for n in range(500)])
        self.put_source("web-denied", self.web_source(database="private", user="reader", password="guessed"))
        answer = self.put_pack("denied", "web-denied", "SELECT * FROM objects(:org || '/deals.csv', CSVWithNames)")
        self.assertEqual(answer.status, 201, answer.body)
        refused = self.preview("denied")
        self.assertNotEqual(refused.status, 200, refused.body)
        self.assertNotIn(b"CANARY", refused.body)

    def test_a_web_server_with_tls_is_who_it_says(self):
        self.tls_web.files["/deals.jsonl"] = b"".join(
            json.dumps({"id": n, "org": org, "title": "mine" if org == "acme" else f"CANARY-{org}"}).encode() + b"\n"
            for n in range(100) for org in ("acme", "umbrella"))
        query = "SELECT id, title FROM objects('deals.jsonl', JSONEachRow, 'id Int64, org String, title String') " \
                "WHERE org = :org ORDER BY id"
        source = {"type": "http", "host": "localhost", "port": self.tls_web.port, "ca": self.ca}
        self.put_source("tls", source)
        self.make_pack("tls-deals", "tls", query)
        manifest, files = self.delivered("tls-deals")
        self.assertEqual(manifest["rows"], 100)
        self.put_source("tls-other", source | {"host": "127.0.0.1"})
        self.assertEqual(self.put_pack("tls-other", "tls-other", query).status, 201)
        asked = len(self.tls_web.asked)
        refused = self.preview("tls-other")
        self.assertNotEqual(refused.status, 200, refused.body)
        self.assertIn(b"certificate", refused.body)
        self.assertEqual(len(self.tls_web.asked), asked, "nothing was said to it")

    def drop(self, name: str, content: bytes) -> None:
        path = self.drops / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))

    def test_files_of_a_folder_and_of_no_other(self):
        for month in ("2026-10", "2026-11"):
            self.drop(f"deals/{month}.csv", csv_of("acme", 40) + csv_of("umbrella", 40).split(b"\n", 1)[1])
        (self.folder / "outside.csv").write_bytes(csv_of("umbrella", 3))
        (self.drops / "deals" / "link.csv").symlink_to(self.folder / "outside.csv")
        self.put_source("drops", {"type": "files", "database": str(self.drops / "deals")})
        self.assertTrue(self.check("drops")["ok"])
        columns = "'id Int64, org String, title String, amount Decimal(9, 2)'"
        self.make_pack("drops", "drops",
                       f"SELECT * FROM objects('2026-*.csv', CSVWithNames, {columns}) WHERE org = :org ORDER BY id")
        manifest, files = self.delivered("drops")
        self.assertEqual(manifest["rows"], 80)
        data = os.path.relpath(self.server.data, self.drops / "deals")
        for number, path in enumerate(("link.csv", "../../outside.csv", f"{data}/settings.db", f"{data}/*", "/etc/passwd",
                                       "../../../../../../../../proc/self/environ")):
            pack = f"outside-{number}"
            answer = self.put_pack(pack, "drops", f"SELECT * FROM objects('{path}', CSV, 'a String') WHERE :org != ''")
            self.assertEqual(answer.status, 201, answer.body)
            looked = self.preview(pack)
            if looked.status == 200:
                self.assertIn(looked.json()["organizations"][0]["rows"], (0, None), looked.body)
            for word in (b"CANARY", b"SQLite", b"root:", b"not-for-the-process"):
                self.assertNotIn(word, looked.body, path)
        for folder in ("/etc", str(self.server.data), str(self.folder), f"{self.drops}/../data", "relative", ""):
            answer = self.operator.put("/v1/data_sources/elsewhere", {"type": "files", "database": folder})
            self.assertEqual(answer.status, 422, (folder, answer.body))

    def test_the_process_reaches_nothing_else(self):
        for number, host in enumerate(("10.0.0.7", "169.254.169.254", "[::1]")):
            self.put_source(f"inside-{number}", {"type": "http", "host": host})
            checked = self.check(f"inside-{number}")
            self.assertEqual((checked["ok"], checked["steps"][0]["name"], checked["steps"][0]["ok"]),
                             (False, "address", False), checked)
            self.assertIn("private_hosts", checked["steps"][0]["remedy"])
        self.web.files["/one.csv"] = b"id\n1\n"
        self.put_source("one", self.web_source(user="reader", password=SECRET))
        with socket.create_server(("127.0.0.1", 0)) as other:
            other.settimeout(0.2)
            port = other.getsockname()[1]
            reached = (("b.x", f"mysql('127.0.0.1:{port}', 'd', 't', 'u', 'p')"),
                       ("b.x", f"postgresql('127.0.0.1:{port}', 'd', 't', 'u', 'p')"),
                       ("toString(b.collection)", "system.named_collections"), ("b.query", "system.processes"))
            for number, (column, beside) in enumerate(reached):
                answer = self.put_pack(f"beside-{number}", "one", f"SELECT {column} AS seen FROM objects('one.csv', "
                                       f"CSVWithNames, 'id Int64') AS a, {beside} AS b WHERE :org != ''")
                self.assertEqual(answer.status, 201, answer.body)
                looked = self.preview(f"beside-{number}")
                works = looked.status == 200 and looked.json()["organizations"][0]["error"] is None
                self.assertEqual(works, beside.startswith("system."), looked.body)
                for secret in (SECRET, base64.b64encode(f"reader:{SECRET}".encode()).decode()):
                    self.assertNotIn(secret.encode(), looked.body)
            with self.assertRaises(TimeoutError):
                other.accept()
        for beside in ("url('http://127.0.0.1:1/', CSV)", "`file`('/etc/passwd', CSV)", "s3('https://b.s3.amazonaws.com/x')"):
            answer = self.put_pack("refused", "one", f"SELECT * FROM objects('one.csv'), {beside} WHERE :org != ''")
            self.assertEqual(answer.status, 422, answer.body)
        log = self.server.log_tail()
        self.assertNotIn(SECRET, log)

    def test_a_file_that_changes_meanwhile_is_read_again(self):
        path = "/changes/acme.csv"
        self.web.files[path] = csv_of("acme", 50)
        changed = []

        def change(asked: str) -> None:
            if asked == path and not changed:
                changed.append(True)
                self.web.files[path] = csv_of("acme", 60)
                self.web.modified[path] = OLD + datetime.timedelta(hours=1)

        self.web.on_get = change
        self.addCleanup(setattr, self.web, "on_get", lambda asked: None)
        self.put_source("changes", self.web_source(database="changes"))
        self.assertEqual(self.put_pack("changes", "changes", "SELECT id FROM objects(:org || '.csv', CSVWithNames, "
                                       "'id Int64, org String, title String, amount String')").status, 201)
        changed.append(True)  # not while the release looks at the columns
        self.release("changes")
        changed.clear()
        run = self.start_run("changes")
        found = self.run_until(run, ("delivered", "failed", "held"))
        self.assertEqual((found["state"], found["rows"]), ("delivered", 60), found)
        log = (self.folder / f"server-{self.server.starts}.log").read_text()
        self.assertIn("changed while they were read", log)

    def ends_with(self, run: str, reason: str, operator=None, ann=None) -> None:
        """The vendor reads why; the customer only that it was the vendor's source."""
        found = self.run_until(run, ("delivered", "failed", "held"), ann)
        self.assertEqual((found["state"], found["error"]), ("failed", "The vendor's source could not be read."))
        self.assertIn(reason, (operator or self.operator).get(run).json()["error"])

    def test_more_memory_than_it_may_ends_a_run(self):
        self.web.files["/memory.csv"] = b"id\n1\n"
        self.put_source("memory", self.web_source())
        self.make_pack("memory", "memory", "SELECT length(groupArray(n)) AS many FROM (SELECT arrayJoin(range(toUInt64(id) "
                       "* 1000000)) AS n FROM objects('memory.csv', CSVWithNames, 'id Int64') WHERE :org != '')")
        self.web.files["/memory.csv"] = b"id\n" + b"1\n" * 200
        self.ends_with(self.start_run("memory"), "more memory")
        self.assertEqual(self.server.status("/readyz"), 200)

    def test_more_time_than_it_may_ends_a_run(self):
        self.web.files["/stalls.csv"] = b"id\n1\n"
        folder = self.folder / "time"
        folder.mkdir()
        server = Server(folder, self.config("read_seconds = 3\n")).start()
        self.addCleanup(server.stop)
        operator, ann = self.people(server)
        self.put_source("time", self.web_source(), operator)
        self.make_pack("time", "time", "SELECT id FROM objects('stalls.csv', CSVWithNames, 'id Int64') WHERE :org != ''",
                       operator)
        self.web.stalling = True
        self.ends_with(self.start_run("time", ann), "longer than", operator, ann)


if __name__ == "__main__":
    unittest.main(verbosity=2)
