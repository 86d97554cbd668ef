#!/usr/bin/env python3
"""Data packs against everything that a bucket and an SFTP server can do wrong. Whatever happens, a run arrives whole and
once, nothing that was there is replaced, and nothing that looks complete lies there before it is."""
import hashlib
import json
import resource
import socket
import threading
import unittest

from support import places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.postgres import Postgres
from support.s3_double import FAULTS, Double, Fault
from support.server import Server
from support.sshd import Sshd

ROWS = 6_000
TABLE = f"CREATE TABLE deals AS SELECT n AS id, 'acme' AS org, md5(n::text) AS title FROM generate_series(1, {ROWS}) AS n"
CALLS = ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"]


class CuttingProxy:
    """Between the server and the SSH server: ends one connection after so many bytes to the latter."""

    def __init__(self, port: int):
        self.target, self.cut_after, self.cuts = port, 0, 0
        self.listener = socket.create_server(("127.0.0.1", places.free_port()))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            limit, self.cut_after = self.cut_after, 0
            for source, sink, bound in ((client, server, limit), (server, client, 0)):
                threading.Thread(target=self.pump, args=(source, sink, bound), daemon=True).start()

    def pump(self, source: socket.socket, sink: socket.socket, limit: int) -> None:
        passed = 0
        try:
            while data := source.recv(65536):
                passed += len(data)
                if limit and passed > limit:
                    self.cuts += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        source.close()  # of the other one its own pump is the reader

    def __enter__(self) -> "CuttingProxy":
        return self

    def __exit__(self, *_) -> None:
        self.listener.close()


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("pack_faults")
        cls.postgres = cls.enterClassContext(Postgres())
        cls.double = cls.enterClassContext(Double())
        cls.sshd = cls.enterClassContext(Sshd(folder))
        cls.proxy = cls.enterClassContext(CuttingProxy(cls.sshd.port))
        cls.postgres.run(TABLE)
        config, environment = cls.double.config(
            'part = "64 KiB"\n[sftp]\nprivate_hosts = ["127.0.0.1"]\n[data_packs]\nworkers = 8\n')
        cls.server = Server(folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.set_clock(tomorrow(10).strftime("%Y-%m-%dT%H:%M:%SZ"))
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.admin("org", "set", "acme", "--data-packs")
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=120)
        cls.ann = cls.customer.admin
        assert cls.vendor.put("/v1/data_sources/warehouse", cls.postgres.source()).status == 201
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")
        sftp = "/v1/orgs/acme/integrations/sftp"
        made = cls.ann.put(sftp, cls.sshd.settings(host_key=cls.sshd.host_key, port=cls.proxy.port))
        assert made.status == 201, made.body
        checked = cls.ann.post(sftp + "/check").json()
        assert checked["ok"], checked

    def go_to(self, bucket: str | None) -> None:
        answer = self.ann.put("/v1/orgs/acme/data_pack_destination", {"s3": {"destination": bucket} if bucket else None})
        self.assertTrue(answer.json().get("applied"), answer.body)

    def start(self, pack: str) -> str:
        made = self.vendor.put(f"/v1/data_packs/{pack}", {
            "name": pack, "source": {"id": "warehouse", "query": "SELECT id, title FROM deals WHERE org = :org ORDER BY id"},
            "format": {"type": "csv", "compression": "none"}, "part_rows": 4000, "schedule": {"every": "monthly", "day": 1}})
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(self.vendor.post(f"/v1/data_packs/{pack}/release", {}).status, 200)
        self.assertEqual(self.vendor.put(f"/v1/orgs/acme/data_packs/{pack}", {}).status, 201)
        answer = self.ann.post(f"/v1/orgs/acme/data_packs/{pack}/runs", {})
        self.assertEqual(answer.status, 202, answer.body)
        return answer.json()["data"][0]["id"]

    def look(self, pack: str, run: str) -> dict:
        answer = self.ann.get(f"/v1/orgs/acme/data_packs/{pack}/runs/{run}")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def delivered(self, pack: str, run: str) -> dict:
        def look() -> dict | None:
            found = self.look(pack, run)
            self.assertNotIn(found["state"], ("failed", "held"), found)
            return found if found["state"] == "delivered" else None

        return until(f"{pack} is delivered", 240, look, every=0.2)

    def check(self, run: dict, read) -> None:
        raw = read("manifest.json")
        self.assertEqual(hashlib.sha256(raw).hexdigest(), run["manifest_sha256"])
        rows = 0
        for file in json.loads(raw)["files"]:
            content = read(file["name"])
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (file["bytes"], file["sha256"]))
            rows += content.count(b"\r\n") - 1
        self.assertEqual(rows, ROWS)

    def failure(self, pack: str, run: str, code_words: str) -> dict:
        """The delivery once its error has these words."""
        def look() -> dict | None:
            found = self.look(pack, run)["deliveries"]
            return found[0] if found and code_words in (found[0]["error"] or "") else None

        return until(f"{pack} says: {code_words}", 120, look, every=0.1)

    def test_every_fault_of_every_call_of_s3(self):
        self.go_to("acme-packs")
        faults, runs = {}, {}
        for call in CALLS:
            for kind in FAULTS:
                pack = f"{call.lower()}-{kind.replace('_', '-')}"
                # Parts are too large for one call; the manifest is not.
                faults[pack] = Fault(call, kind, within=f"/{pack}/run=")
        self.double.faults["acme-packs"] = list(faults.values())
        for pack in faults:
            runs[pack] = self.start(pack)
        for pack, fault in faults.items():
            with self.subTest(pack):
                run = self.delivered(pack, runs[pack])
                self.assertEqual(fault.fired, 1)
                self.check(run, lambda name, run=run: self.bucket.objects[f"vendor/{run['folder']}/{name}"])
        self.assertEqual(len(runs), 56)
        rewritten = sum(1 for key in self.bucket.objects if key.endswith("/latest.json"))
        self.assertEqual((rewritten, self.bucket.replaced), (56, 0))

    def local(self, run: dict):
        return self.sshd.files / "packs" / run["folder"]

    def test_a_connection_that_is_cut_in_the_middle_of_a_file(self):
        self.go_to(None)
        for number, after in enumerate((20_000, 90_000, 160_000, 225_000)):
            with self.subTest(after=after):
                cuts, self.proxy.cut_after = self.proxy.cuts, after
                pack = f"cut-{number}"
                run = self.delivered(pack, self.start(pack))
                self.assertEqual(self.proxy.cuts, cuts + 1)
                self.check(run, lambda name, run=run: (self.local(run) / name).read_bytes())
                self.assertEqual([path.name for path in self.local(run).iterdir() if path.name.endswith(".part")], [])

    def test_a_disk_without_space_suspends_and_goes_on(self):
        self.go_to(None)
        process = self.sshd.process_id
        soft, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (50_000, hard))
        try:
            run = self.start("full")
            delivery = self.failure("full", run, "stopped writing")
            self.assertIn("disk space", delivery["remedy"])
            self.assertEqual(list((self.sshd.files / "packs" / "full").rglob("manifest.json")), [])
        finally:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (soft, hard))
        found = self.delivered("full", run)
        self.check(found, lambda name: (self.local(found) / name).read_bytes())

    def test_something_else_under_a_name_stays_and_stops_the_run(self):
        self.go_to(None)
        self.sshd.stop()
        try:
            run = self.start("taken")
            folder = self.local(until("it waits", 120, lambda: (found := self.look("taken", run))["error"] and found, every=0.1))
            folder.mkdir(parents=True)
            (folder / "part-00000.csv").write_text("somebody else's")
        finally:
            self.sshd.start()
        self.failure("taken", run, "holds something else")
        self.assertEqual((folder / "part-00000.csv").read_text(), "somebody else's")
        self.assertFalse((folder / "manifest.json").exists())
        (folder / "part-00000.csv").unlink()
        found = self.delivered("taken", run)
        self.check(found, lambda name: (folder / name).read_bytes())

    def test_another_host_key_gets_nothing(self):
        self.go_to(None)
        old = [(self.sshd.root / name).read_bytes() for name in ("host", "host.pub")]
        self.sshd.change_host_key()
        run = self.start("stranger")
        delivery = self.failure("stranger", run, "host key")
        self.assertIn("Nothing was sent", delivery["remedy"])
        self.assertFalse((self.sshd.files / "packs" / "stranger").exists())
        self.sshd.stop()
        for name, content in zip(("host", "host.pub"), old):
            (self.sshd.root / name).write_bytes(content)
        self.sshd.start()
        found = self.delivered("stranger", run)
        self.check(found, lambda name: (self.local(found) / name).read_bytes())


if __name__ == "__main__":
    unittest.main(verbosity=2)
