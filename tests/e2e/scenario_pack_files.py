#!/usr/bin/env python3
"""Data packs of files that the vendor brings: uploads by tus (an unmodified client, and every rule of the protocol by hand), sets that
are delivered whole or not at all, and a server killed in the middle. The bucket is a double."""
import base64
import csv
import datetime
import gzip
import hashlib
import io
import json
import random
import subprocess
import unittest

from support import manifest_check, places
from support.client import Answer, until
from support.deliveries import Customer, tomorrow
from support.s3_double import Double
from support.server import Server

CANARY = "quokka-of-umbrella"
KILLS = 60 if places.full() else 6
PIECE = 256 * 1024


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def table(first: int, count: int, columns: str = "id,title") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns.split(","))
    writer.writerows([n, f'Deal, "no"\n{n}'][:columns.count(",") + 1] for n in range(first, first + count))
    return out.getvalue().encode()


class PackFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("pack_files")
        cls.double = cls.enterClassContext(Double())
        config, environment = cls.double.config()
        cls.server = Server(cls.folder, config, environment).start()
        cls.addClassCleanup(cls.server.stop)
        cls.now = tomorrow(10)
        cls.set_clock(cls.now)
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.make_org("umbrella", "Umbrella", "--s3")
        for org in ("acme", "umbrella"):
            cls.server.admin("org", "set", org, "--data-packs")
        cls.key = cls.server.make_key("*", "manage")
        cls.vendor = cls.server.client(cls.key, timeout=60)
        assert cls.vendor.put("/v1/data_sources/drop", {"type": "upload"}).status == 201
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")
        answer = cls.customer.admin.put("/v1/orgs/acme/data_pack_destination", {"s3": {"destination": "acme-packs"}})
        assert answer.status == 200, answer.body
        cls.make_pack("deals", "*.csv.gz")

    @classmethod
    def make_pack(cls, pack: str, files: str, source: str = "drop", **more) -> None:
        answer = cls.vendor.put(f"/v1/data_packs/{pack}", {
            "name": pack.title(), "source": {"id": source, "files": files}, "format": {"type": "csv", "compression": "gzip"},
            "schedule": {"every": "hourly", "at": "00:15"}} | more)
        assert answer.status == 201, answer.body
        answer = cls.vendor.post(f"/v1/data_packs/{pack}/release", {})
        assert answer.status == 200, answer.body
        assert cls.vendor.put(f"/v1/orgs/acme/data_packs/{pack}", {}).status == 201

    @classmethod
    def set_clock(cls, time: datetime.datetime) -> None:
        cls.now = time
        cls.server.set_clock(time.strftime("%Y-%m-%dT%H:%M:%SZ"))

    # The protocol by hand.

    def create(self, name: str, content: bytes, source: str = "drop", length: int | None = None, version: str = "1.0.0", **metadata) -> Answer:
        given = {"filename": name, "organization_id": "acme"} | {key: str(value) for key, value in metadata.items()}
        header = ",".join(f"{key} {b64(value)}" for key, value in given.items())
        return self.vendor.request("POST", f"/v1/data_sources/{source}/uploads", None, {
            "Tus-Resumable": version, "Upload-Length": str(len(content) if length is None else length), "Upload-Metadata": header})

    def patch(self, url: str, offset: int, piece: bytes, **headers: str) -> Answer:
        return self.vendor.request("PATCH", url, piece, {
            "Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            | {name.replace("_", "-"): value for name, value in headers.items()})

    def head(self, url: str) -> Answer:
        return self.vendor.request("HEAD", url, None, {"Tus-Resumable": "1.0.0"})

    def upload(self, name: str, content: bytes, **metadata) -> str:
        made = self.create(name, content, sha256=hashlib.sha256(content).hexdigest(), **metadata)
        self.assertEqual(made.status, 201, made.body)
        url = made.headers["location"]
        if content:
            done = self.patch(url, 0, content)
            self.assertEqual((done.status, done.headers["upload-offset"]), (204, str(len(content))), done.body)
        return url

    # What came of it.

    def runs(self, pack: str) -> list[dict]:
        return self.vendor.pages(f"/v1/orgs/acme/data_packs/{pack}/runs")

    def wait(self, pack: str, what: str, look) -> dict:
        """The first run that `look` takes."""
        def find() -> dict | None:
            try:
                return next((run for run in self.runs(pack) if look(run)), None)
            except (OSError, AssertionError):
                return None  # it is being started again
        return until(what, 120, find, every=0.3)

    def wait_run(self, pack: str, interval: str, state: str, kind: str = "scheduled") -> dict:
        return self.wait(pack, f"the {kind} run of {pack} for {interval} is {state}", lambda run: (
            run["interval"]["start"], run["state"], run["kind"]) == (interval.replace("Z", ".000000Z"), state, kind))

    def content(self, run: dict) -> dict[str, bytes]:
        """The files of a delivered run, after everything that its manifest says was checked."""
        raw = self.bucket.objects[f"vendor/{run['folder']}/manifest.json"]
        self.assertEqual(hashlib.sha256(raw).hexdigest(), run["manifest_sha256"])
        log = self.server.admin("log-key", "--org", "acme")
        self.assertTrue(manifest_check.is_signed(raw, manifest_check.Keys(log["vkey"], log["manifest_vkey"])))
        manifest = json.loads(raw)
        found = {}
        for file in manifest["files"]:
            found[file["name"]] = content = self.bucket.objects[f"vendor/{run['folder']}/{file['name']}"]
            self.assertEqual((len(content), hashlib.sha256(content).hexdigest()), (file["bytes"], file["sha256"]))
        keys = [key for key in list(self.bucket.objects) if key.startswith(f"vendor/{run['folder']}/")]
        self.assertEqual(len(keys), len(found) + 1, keys)
        self.manifest = manifest
        return found

    def hour(self, hours: int) -> str:
        """The start of the interval that begins so many hours after the one of now."""
        start = self.now.replace(minute=15, second=0) - datetime.timedelta(hours=self.now.minute < 15)
        return (start + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_1_what_the_protocol_says_is_kept(self):
        said = self.vendor.request("OPTIONS", "/v1/data_sources/drop/uploads")
        self.assertEqual((said.status, said.headers["tus-version"]), (204, "1.0.0"))
        self.assertEqual(set(said.headers["tus-extension"].split(",")), {"creation", "checksum", "termination", "expiration"})
        self.assertIn("sha1", said.headers["tus-checksum-algorithm"].split(","))
        other = self.create("a.bin", b"12345", version="0.2.2", set="one")
        self.assertEqual((other.status, other.headers["tus-version"], other.json()["code"]), (412, "1.0.0", "tus_version"))
        made = self.create("a.bin", b"12345", set="one", files=2)
        url = made.headers["location"]
        self.assertEqual((made.status, made.headers["tus-resumable"]), (201, "1.0.0"))
        self.assertIn("upload-expires", made.headers)
        for headers, status in (({"Content_Type": "text/plain"}, 415), ({"Upload_Offset": "three"}, 400), ({"Tus_Resumable": "2"}, 412)):
            self.assertEqual(self.patch(url, 0, b"123", **headers).status, status, headers)
        self.assertEqual(self.patch(url, 0, b"123").headers["upload-offset"], "3")
        there = self.head(url)
        self.assertEqual((there.status, there.headers["upload-offset"], there.headers["upload-length"], there.headers["cache-control"]),
                         (200, "3", "5", "no-store"))
        self.assertIn("filename " + b64("a.bin"), there.headers["upload-metadata"])
        wrong = self.patch(url, 0, b"123")
        self.assertEqual((wrong.status, wrong.json()["code"], wrong.headers["tus-resumable"]), (409, "offset_mismatch", "1.0.0"))
        torn = self.patch(url, 3, b"45", Upload_Checksum="sha1 " + b64(hashlib.sha1(b"44").digest()))
        self.assertEqual((torn.status, torn.json()["code"], self.head(url).headers["upload-offset"]), (460, "checksum_mismatch", "3"))
        self.assertEqual(self.patch(url, 3, b"456").status, 413)
        for name in ("sha1", "sha256", "md5"):
            right = self.patch(url, 3, b"", Upload_Checksum=f"{name} " + b64(hashlib.new(name, b"").digest()))
            self.assertEqual((right.status, right.headers["upload-offset"]), (204, "3"))
        done = self.patch(url, 3, b"45", Upload_Checksum="sha256 " + b64(hashlib.sha256(b"45").digest()))
        self.assertEqual((done.status, done.headers["upload-offset"]), (204, "5"))
        self.assertEqual(self.vendor.request("DELETE", url).status, 204)
        self.assertEqual(self.head(url).status, 404)
        self.assertEqual(self.patch(url, 5, b"6").status, 404)

    def test_2_what_cannot_be_a_file_is_refused_with_its_place(self):
        def place(answer: Answer) -> tuple[int, str]:
            return answer.status, answer.json()["errors"][0]["pointer"].removeprefix("/Upload-Metadata/")

        self.assertEqual(place(self.create("../a", b"1", set="one")), (422, "filename"))
        self.assertEqual(place(self.create("manifest.json", b"1", set="one")), (422, "filename"))
        self.assertEqual(place(self.create("a", b"1", set="a/b")), (422, "set"))
        self.assertEqual(place(self.create("a", b"1")), (422, "interval"))
        self.assertEqual(place(self.create("a", b"1", interval="2026-01-01T00:00:00Z")), (422, "interval"))
        self.assertEqual(place(self.create("a", b"1", set="one", organization_id="nobody")), (422, "organization_id"))
        self.assertEqual(place(self.create("a", b"1", set="one", files=0)), (422, "files"))
        self.assertEqual(place(self.create("a", b"1", set="one", sha256="12")), (422, "sha256"))
        self.assertEqual(self.create("a", b"", set="one", length=1 << 50).status, 413)
        other = self.create("a.bin", b"12345", set="two", sha256=hashlib.sha256(b"54321").hexdigest())
        refused = self.patch(other.headers["location"], 0, b"12345")
        self.assertEqual((refused.status, refused.json()["code"]), (422, "sha256_mismatch"))
        self.assertEqual(self.head(other.headers["location"]).status, 404)
        self.assertEqual(self.customer.admin.get("/v1/data_sources/drop/file_sets").status, 403)
        self.assertEqual(self.vendor.get("/v1/data_sources/drop/file_sets").json()["data"], [])

    def test_3_a_set_is_delivered_when_it_is_whole_and_not_before(self):
        interval = self.hour(0)
        contents = {f"part-{n}.csv.gz": gzip.compress(table(n * 1000, 500)) for n in range(3)}
        first, second, third = sorted(contents)
        self.upload(first, contents[first], interval=interval, files=3)
        self.assertEqual(self.create(first, b"1", interval=interval, files=3).json()["code"], "file_exists")
        self.assertEqual(self.create(second, b"1", interval=interval, files=2).json()["errors"][0]["pointer"], "/Upload-Metadata/files")
        begun = self.create(second, contents[second], interval=interval, files=3).headers["location"]
        self.patch(begun, 0, contents[second][:100])
        self.upload(third, contents[third], interval=interval, files=3)
        self.assertEqual(self.create("more.csv.gz", b"1", interval=interval, files=3).json()["code"], "set_full")
        self.set_clock(self.now + datetime.timedelta(hours=1))
        waiting = self.wait("deals", "the run waits for its files", lambda run: "2 of 3" in (run["error"] or ""))
        self.assertEqual(waiting["state"], "due")
        self.assertEqual([key for key in list(self.bucket.objects) if key.startswith("vendor/deals/")], [])
        self.assertEqual(self.patch(begun, 100, contents[second][100:]).status, 204)
        run = self.wait_run("deals", interval, "delivered")
        self.assertEqual(run["id"], waiting["id"])
        self.assertEqual(self.content(run), contents)
        self.assertEqual((self.manifest["rows"], run["rows"], [file["rows"] for file in self.manifest["files"]]), (1500, 1500, [500] * 3))
        self.assertEqual([column["name"] for column in self.manifest["columns"]], ["id", "title"])
        self.assertEqual(self.manifest["file_set"], {"name": interval, "revision": 1})
        self.assertEqual(run["file_set"], self.manifest["file_set"])
        latest = json.loads(self.bucket.objects["vendor/deals/latest.json"])
        self.assertEqual(latest["run"], run["id"])
        self.assertEqual(self.vendor.request("DELETE", begun).json()["code"], "set_complete")
        type(self).delivered = run

    def test_4_files_that_replace_others_are_a_run_that_says_so(self):
        interval = self.delivered["interval"]["start"].replace(".000000", "")
        changed = gzip.compress(table(1, 490))
        self.upload("all.csv.gz", changed, interval=interval)
        run = self.wait_run("deals", interval, "delivered", kind="again")
        self.assertEqual(run["replaces"], self.delivered["id"])
        self.assertEqual(self.content(run), {"all.csv.gz": changed})
        self.assertEqual((self.manifest["replaces"], self.manifest["file_set"]), (self.delivered["id"], {"name": interval, "revision": 2}))
        self.assertEqual(run["file_set"], self.manifest["file_set"])
        self.assertEqual(self.manifest["previous"]["run"], self.delivered["id"])
        sets = self.vendor.get("/v1/data_sources/drop/file_sets", organization_id="acme").json()["data"]
        self.assertEqual([(one["name"], one["revision"], one["state"]) for one in sets], [(interval, 2, "complete"), (interval, 1, "complete")])
        self.assertEqual(self.vendor.get("/v1/data_sources/drop/file_sets", organization_id="umbrella").json()["data"], [])

        self.customer.sign_in()

        def entries() -> list[dict]:
            return self.customer.admin.get("/v1/orgs/acme/events", query="action:=trailkeeper.data_pack.files_taken").json()["data"]

        until("the trail says so", 60, lambda: len(entries()) >= 2, every=0.5)

    def test_5_a_label_is_delivered_at_once_and_whatever_it_holds(self):
        self.make_pack("reports", "*", format={"type": "other", "compression": "none"})
        self.upload("report.pdf", CANARY.encode(), set="2026-q3", organization_id="umbrella")
        report = random.Random(5).randbytes(300_000)
        self.upload("report.pdf", report, set="2026-q3", files=2)
        self.upload("empty.txt", b"", set="2026-q3", files=2)
        run = self.wait("reports", "the set is delivered", lambda run: run["state"] == "delivered")
        self.assertEqual(self.content(run), {"report.pdf": report, "empty.txt": b""})
        self.assertEqual((run["kind"], run["rows"], self.manifest["rows"], self.manifest["columns"]), ("manual", None, None, []))
        again = self.vendor.post("/v1/orgs/acme/data_packs/reports/runs", {"replaces": run["id"]})
        self.assertEqual(again.status, 202, again.body)
        second = self.wait("reports", "it is delivered again", lambda one: one["replaces"] == run["id"] and one["state"] == "delivered")
        self.assertEqual(self.content(second)["report.pdf"], report)

    def test_6_a_column_that_goes_holds_the_run_and_a_torn_file_fails_it(self):
        self.make_pack("plain", "*.csv", format={"type": "csv", "compression": "none"})
        self.upload("a.csv", table(1, 5), set="first")
        self.wait("plain", "the first is delivered", lambda run: run["state"] == "delivered")
        self.upload("a.csv", table(1, 5, "id"), set="second")
        held = self.wait("plain", "the second is held", lambda run: run["state"] == "held")
        self.assertEqual([(one["column"], one["change"]) for one in held["hold"]["changes"]], [("title", "removed")])
        self.assertEqual(self.vendor.post("/v1/data_packs/plain/confirm_change").json()["version"], 2)
        done = self.wait("plain", "it goes on", lambda run: run["id"] == held["id"] and run["state"] == "delivered")
        self.assertEqual(done["folder"], f"plain.v2/run={held['id']}")
        self.make_pack("torn", "*.zst", format={"type": "jsonl", "compression": "zstd"})
        self.upload("a.zst", b"not zstd at all", set="torn")
        failed = self.wait("torn", "it fails", lambda run: run["state"] == "failed")
        self.assertIn("a.zst is not whole, or not zstd", failed["error"])
        self.assertEqual([key for key in list(self.bucket.objects) if "/torn" in key], [])

    def test_7_an_unmodified_client_goes_on_after_each_kill(self):
        """tus-js-client knows nothing of us: what was acknowledged is there after kill -9, and nothing is delivered in halves."""
        content = random.Random(7).randbytes((4 + KILLS) * 4 * PIECE)
        file = self.folder / "big.bin"
        file.write_bytes(content)
        self.make_pack("big", "*.bin", format={"type": "other", "compression": "none"})
        settings = {"endpoint": f"{self.server.url}/v1/data_sources/drop/uploads", "key": self.key, "file": str(file), "size": len(content),
                    "piece": PIECE, "metadata": {"filename": "big.bin", "organization_id": "acme", "set": "big", "filetype": "x/y",
                                                 "sha256": hashlib.sha256(content).hexdigest()}}
        client = subprocess.Popen([places.tool("node"), places.E2E / "upload_with_tus.mjs", json.dumps(settings)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, cwd=places.E2E)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        resumed = self.follow(client, len(content))
        self.assertEqual(client.wait(60), 0)
        run = self.wait("big", "it is delivered", lambda run: run["state"] == "delivered")
        self.assertEqual(self.content(run), {"big.bin": content})
        self.assertEqual(len(self.runs("big")), 1)
        print(f"{KILLS} kills, went on at {resumed}")

    def follow(self, client: subprocess.Popen, size: int) -> list[int]:
        """Lets the client send piece after piece, and kills the server in between; where it went on."""
        accepted, resumed, kills, exactly = 0, [], 0, False

        def leave() -> None:
            client.stdin.write("\n")
            client.stdin.flush()

        leave()
        while accepted < size:
            line = client.stdout.readline()
            self.assertTrue(line, "the client ended")
            said = json.loads(line)
            self.assertNotIn("failed", said)
            if "resumed_at" in said:
                resumed.append(said["resumed_at"])
                # What was answered is there; of a piece on its way the answer may have been lost.
                self.assertIn(said["resumed_at"] - accepted, (0,) if exactly else (0, PIECE), said)
            elif "accepted" not in said:
                continue
            accepted, exactly = said.get("accepted", said.get("resumed_at", accepted)), False
            if kills == KILLS or accepted < (kills + 1) * 3 * PIECE:
                leave()
                continue
            kills += 1
            if kills % 2:  # with a piece on its way
                leave()
                self.server.kill()
            else:  # and it finds nobody
                self.server.kill()
                leave()
                self.assertIn("again", json.loads(client.stdout.readline()))
                exactly = True
            self.server.start()
        self.assertIn("done", json.loads([line for line in client.stdout][-1]))
        client.stdin.close()
        client.stdout.close()
        self.assertEqual(kills, KILLS)
        self.assertGreaterEqual(len(resumed), KILLS // 2)
        return resumed

    def test_8_what_is_not_finished_in_time_is_given_up(self):
        url = self.create("late.csv.gz", b"12345", set="late").headers["location"]
        self.patch(url, 0, b"123")
        self.set_clock(self.now + datetime.timedelta(hours=25))
        self.assertIn(self.patch(url, 3, b"45").status, (404, 410))
        until("it is taken away", 60, lambda: self.head(url).status == 404, every=0.3)
        names = [one["name"] for one in self.vendor.get("/v1/data_sources/drop/file_sets").json()["data"]]
        self.assertNotIn("late", names)
        uploads = list((self.server.data / "packs" / "uploads").iterdir())
        sets = self.vendor.get("/v1/data_sources/drop/file_sets", limit=200).json()["data"]
        self.assertEqual(len(uploads), sum(len(one["files"]) for one in sets), "no file lies there that belongs to nothing")
        self.assertEqual([key for key, content in list(self.bucket.objects.items()) if CANARY.encode() in content], [])


if __name__ == "__main__":
    unittest.main()
