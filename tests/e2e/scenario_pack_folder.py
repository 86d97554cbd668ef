#!/usr/bin/env python3
"""The watched folder as a vendor's nightly job uses it: half-written sets wait, links and strangers are refused and shown, replaced
files are the next revision, and kill -9 at each step neither loses nor doubles a set. Everything arrives at SFTP and in the bucket."""
import csv
import datetime
import errno
import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import unittest

from support import manifest_check, places
from support.client import until
from support.deliveries import Customer, tomorrow
from support.evidence import report
from support.s3_double import Double
from support.server import Server
from support.sshd import Sshd

sys.path.insert(0, str(places.ROOT / "tests" / "durability"))
from harness import layer  # noqa: E402

CANARY = "quokka-of-umbrella"
# What the server does with a set, call after call. `at` counts the calls of this kind on such a path, from when it is armed.
UPLOADS, SET = "data/packs/uploads/*", "drop/nightly/acme/*"
STEPS = [("copying the first file", layer.OPEN, UPLOADS, 1), ("in the middle of it", layer.WRITE, UPLOADS, 2), ("syncing it", layer.SYNC, UPLOADS, 1),
         ("copying the second", layer.OPEN, UPLOADS, 2), ("syncing the second", layer.SYNC, UPLOADS, 2),
         ("syncing their names", layer.SYNC, "data/packs/uploads", 1), ("committing the set", layer.WRITE, "data/settings.db-wal", 1),
         ("in the middle of the commit", layer.WRITE, "data/settings.db-wal", 4), ("syncing the commit", layer.SYNC, "data/settings.db-wal", 1),
         ("hiding the set", layer.RENAME, SET, 1), ("removing its first file", layer.UNLINK, SET, 1), ("removing its second", layer.UNLINK, SET, 2),
         ("removing its list", layer.UNLINK, SET, 3), ("removing its folder", layer.REMOVE_FOLDER, SET, 1)]
KILLS = 100 if places.full() else 10


def table(first: int, count: int) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["id", "title"], *([n, f'Deal, "no"\n{n}'] for n in range(first, first + count))])
    return gzip.compress(out.getvalue().encode(), compresslevel=0, mtime=0)


class PackFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("pack_folder")
        cls.drop = cls.folder / "drop"
        (cls.drop / "nightly" / "acme").mkdir(parents=True)
        cls.double = cls.enterClassContext(Double())
        cls.sshd = cls.enterClassContext(Sshd(cls.folder))
        config, environment = cls.double.config(
            f'[sftp]\nprivate_hosts = ["127.0.0.1"]\n[data_packs]\nwatched_folder = "{cls.drop}"\nwatch_seconds = 1\n')
        cls.layer = layer.Layer(cls.folder, cls.folder)
        cls.server = Server(cls.folder, config, environment | cls.layer.environment()).start()
        cls.addClassCleanup(cls.server.stop)
        cls.now = tomorrow(10, 20)
        cls.set_clock(cls.now)
        cls.customer = Customer(cls.server, cls.double, "acme")
        cls.server.make_org("umbrella", "Umbrella", "--s3")
        for org in ("acme", "umbrella"):
            cls.server.admin("org", "set", org, "--data-packs")
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)
        cls.server.admin("source", "set", "nightly", "--type", "folder")
        assert cls.server.admin("source", "check", "nightly")["ok"]
        cls.bucket = cls.customer.connect("acme-packs", path="vendor")
        sftp, ann = "/v1/orgs/acme/integrations/sftp", cls.customer.admin
        assert ann.put(sftp, cls.sshd.settings(host_key=cls.sshd.host_key)).status == 201
        assert ann.post(sftp + "/check").json()["ok"]
        answer = ann.put("/v1/orgs/acme/data_pack_destination", {"s3": {"destination": "acme-packs"}, "keep_sftp": True})
        assert answer.status == 200 and answer.json()["after"]["sinks"] == ["s3", "sftp"], answer.body
        made = cls.vendor.put("/v1/data_packs/deals", {
            "name": "Deals", "source": {"id": "nightly", "files": "*.csv.gz"}, "format": {"type": "csv", "compression": "gzip"},
            "schedule": {"every": "hourly", "at": "00:15"}, "size_tolerance_percent": None})
        assert made.status == 201, made.body
        assert cls.vendor.post("/v1/data_packs/deals/release", {}).status == 200
        assert cls.vendor.put("/v1/orgs/acme/data_packs/deals", {}).status == 201

    @classmethod
    def set_clock(cls, time) -> None:
        cls.server.set_clock(time.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def job(self, script: str, folder: pathlib.Path) -> None:
        """What a vendor's cron runs."""
        subprocess.run(["sh", "-euc", script], cwd=folder, check=True)

    def prepare(self, name: str, files: dict[str, bytes], org: str = "acme", source: str = "nightly") -> pathlib.Path:
        """A whole set under its name in a folder of the vendor's own."""
        folder = self.folder / "out" / source / org / name
        folder.mkdir(parents=True)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        self.job("sha256sum * > SHA256SUMS", folder)
        return folder

    def entries(self) -> dict[str, tuple[str, str]]:
        answer = self.vendor.get("/v1/watched_folder")
        self.assertEqual((answer.status, answer.json()["problem"]), (200, None), answer.body)
        return {entry["path"]: (entry["state"], entry["code"]) for entry in answer.json()["data"]}

    def wait_entry(self, path: str, state: str, code: str) -> None:
        until(f"{path} is {state}: {code}", 60, lambda: self.entries().get(path) == (state, code), every=0.1)

    def runs(self) -> list[dict]:
        return self.vendor.pages("/v1/orgs/acme/data_packs/deals/runs")

    def sets(self, name: str) -> list[dict]:
        found = self.vendor.pages("/v1/data_sources/nightly/file_sets", organization_id="acme")
        return [one for one in found if one["name"] == name]

    def check(self, run: dict, contents: dict[str, bytes], name: str, revision: int) -> dict:
        """Both places hold the files and the manifest that says so, and nothing else."""
        manifests = []
        for read, names in ((lambda file: self.bucket.objects[f"vendor/{run['folder']}/{file}"],
                             {key.rsplit("/", 1)[1] for key in list(self.bucket.objects) if key.startswith(f"vendor/{run['folder']}/")}),
                            (lambda file: (self.sshd.files / "packs" / run["folder"] / file).read_bytes(),
                             set(os.listdir(self.sshd.files / "packs" / run["folder"])))):
            self.assertEqual(names, set(contents) | {"manifest.json"})
            raw = read("manifest.json")
            self.assertEqual(hashlib.sha256(raw).hexdigest(), run["manifest_sha256"])
            manifests.append(json.loads(raw))
            self.assertEqual({file["name"]: (file["bytes"], file["sha256"]) for file in manifests[-1]["files"]},
                             {file: (len(content), hashlib.sha256(content).hexdigest()) for file, content in contents.items()})
            self.assertEqual({file: read(file) for file in contents}, contents)
        log = self.server.admin("log-key", "--org", "acme")
        self.assertTrue(manifest_check.is_signed(raw, manifest_check.Keys(log["vkey"], log["manifest_vkey"])))
        self.assertEqual((manifests[0], manifests[1]["file_set"]), (manifests[1], {"name": name, "revision": revision}))
        return manifests[0]

    def wait_run(self, what: str, look) -> dict:
        return until(what, 120, lambda: next((run for run in self.runs() if run["state"] == "delivered" and look(run)), None), every=0.2)

    def delivered(self, name: str) -> dict:
        """The run of a set with a label."""
        def look() -> dict | None:
            for run in self.runs():
                held = self.bucket.objects.get(f"vendor/{run['folder']}/manifest.json", b"null") if run["state"] == "delivered" else b"null"
                if (json.loads(held) or {}).get("file_set", {}).get("name") == name:
                    return run
            return None
        return until(f"the set {name} is delivered", 120, look, every=0.3)

    def wait_reason(self, path: str, reason: str) -> None:
        """The run that waits says to the vendor what the folder says; to the organization only that the files are not there."""
        known, runs = "The files of this interval have not arrived.", "/v1/orgs/acme/data_packs/deals/runs"
        for where in (runs, "/v1/data_pack_runs"):
            until(f"{where} says why", 60, lambda where=where: [one["error"] for one in self.vendor.pages(where) if (one["error"] or "").startswith(
                f"{known} In the watched folder, {path}: {reason}")], every=0.2)
        answer = self.customer.admin.get(runs)
        self.assertEqual(([one["error"] for one in answer.json()["data"]], b"watched" in answer.body), ([known], False), answer.body)
        listed = self.customer.admin.get("/v1/orgs/acme/data_packs")
        self.assertEqual((listed.status, b"watched" in listed.body), (200, False), listed.body)

    def test_1_a_set_that_is_still_written_waits_and_then_arrives(self):
        start = self.now.replace(minute=15, second=0)
        name, text = start.strftime("%Y%m%dT%H%M%SZ"), start.strftime("%Y-%m-%dT%H:%M:%SZ")
        contents = {f"part-{n}.csv.gz": table(n * 1000, 500) for n in range(2)}
        out, path = self.prepare(name, contents), f"nightly/acme/{name}"
        inside = self.drop / path
        self.job(f"mkdir '{inside}' && head -c 1000 part-0.csv.gz > '{inside}/part-0.csv.gz'", out)
        self.wait_entry(path, "waiting", "no_list")
        self.job(f"cp SHA256SUMS '{inside}'", out)
        self.wait_entry(path, "waiting", "files_missing")
        self.job(f"cp part-1.csv.gz '{inside}/.part-1.csv.gz.tmp' && mv '{inside}/.part-1.csv.gz.tmp' '{inside}/part-1.csv.gz'", out)
        self.wait_entry(path, "waiting", "sha256_differs")
        self.assertIn(path, [one["path"] for one in self.server.admin("source", "folder")["data"]])
        self.assertEqual((self.sets(text), sorted(os.listdir(inside))), ([], ["SHA256SUMS", *sorted(contents)]))
        self.set_clock(self.now + datetime.timedelta(hours=1))
        self.customer.sign_in()
        self.wait_reason(path, "part-0.csv.gz is not the file whose SHA-256 is in SHA256SUMS")
        self.job(f"cat part-0.csv.gz > '{inside}/part-0.csv.gz'", out)
        until("the set is taken", 60, lambda: not inside.exists(), every=0.1)
        self.assertEqual([one["state"] for one in self.sets(text)], ["complete"])
        run = self.wait_run("the hour is delivered", lambda run: run["interval"]["start"] == text.replace("Z", ".000000Z"))
        manifest = self.check(run, contents, text, 1)
        self.assertEqual((run["kind"], manifest["rows"], [column["name"] for column in manifest["columns"]]), ("scheduled", 1000, ["id", "title"]))
        until("nothing is left to say", 60, lambda: self.entries() == {}, every=0.1)

        # The same once more is nothing new; other files are.
        self.job(f"cp -r . '{inside}'", out)
        until("the same files are taken away", 60, lambda: not inside.exists(), every=0.1)
        self.assertEqual(len(self.sets(text)), 1)
        changed = {"part-0.csv.gz": table(5, 490)}
        new = self.prepare(name + ".2", changed)
        self.job(f"cp -r . '{inside}'", new)
        again = self.wait_run("the replaced hour is delivered", lambda one: one["replaces"] == run["id"])
        self.check(again, changed, text, 2)
        self.assertEqual([one["revision"] for one in self.sets(text)], [2, 1])

    def test_2_links_and_strangers_are_refused_and_shown(self):
        secret = self.folder / "secret"
        secret.write_text(CANARY)
        evil = self.drop / "nightly" / "acme" / "evil"
        evil.mkdir()
        (evil / "SHA256SUMS").write_text(hashlib.sha256(CANARY.encode()).hexdigest() + "  a.csv.gz\n")
        (evil / "a.csv.gz").symlink_to(secret)
        elsewhere = self.prepare("linked", {"a.csv.gz": CANARY.encode()}, "umbrella")
        (self.drop / "nightly" / "acme" / "linked").symlink_to(elsewhere)
        up = self.drop / "nightly" / "acme" / "up"
        up.mkdir()
        (up / "SHA256SUMS").write_text(hashlib.sha256(CANARY.encode()).hexdigest() + "  ../../../../secret\n")
        for source, org in (("nightly", "nobody"), ("weekly", "acme")):
            (self.drop / source).mkdir(exist_ok=True)
            self.job(f"mkdir -p '{self.drop}/{source}/{org}' && mv '{self.prepare('one', {'a.csv.gz': CANARY.encode()}, org, source)}' "
                     f"'{self.drop}/{source}/{org}/one'", self.folder)
        never = self.drop / "nightly" / "acme" / "20200101T000000Z"
        self.prepare("20200101T000000Z", {"a.csv.gz": CANARY.encode()}).rename(never)
        expected = {"nightly/acme/evil": "not_a_file", "nightly/acme/linked": "not_a_folder", "nightly/acme/up": "bad_name", "weekly": "unknown_source",
                    "nightly/nobody": "unknown_organization", "nightly/acme/20200101T000000Z": "no_interval"}
        until("all are refused", 60, lambda: self.entries() == {path: ("refused", code) for path, code in expected.items()}, every=0.2)
        self.assertIn('unknown_organization', "".join(path.read_text() for path in self.folder.glob("server-*.log")))
        self.assertRegex(self.vendor.get("/metrics").body.decode() or "", r'trailkeeper_pack_folder_entries\{state="refused"\} 6')
        self.assertEqual(self.customer.admin.get("/v1/watched_folder").status, 403)
        self.assertTrue(never.joinpath("a.csv.gz").exists())
        self.job("rm -r nightly/acme/* nightly/nobody weekly", self.drop)
        until("the folder is clean", 60, lambda: self.entries() == {}, every=0.2)
        self.assertEqual((elsewhere / "a.csv.gz").read_text(), CANARY)
        for content in [*self.bucket.objects.values(), *(path.read_bytes() for path in self.sshd.files.rglob("*") if path.is_file())]:
            self.assertNotIn(CANARY.encode(), content)

    def test_3_without_space_it_waits_and_goes_on(self):
        content = {"a.csv.gz": table(1, 300)}
        self.layer.arm(layer.WRITE, UPLOADS, 1, errno.ENOSPC, sticky=True)
        self.prepare("tight", content).rename(self.drop / "nightly" / "acme" / "tight")
        self.wait_entry("nightly/acme/tight", "waiting", "disk_full")
        self.assertGreater(self.layer.fired(), 0)
        self.layer.disarm()
        self.check(self.delivered("tight"), content, "tight", 1)

    def test_4_killed_at_each_step_nothing_is_lost_or_doubled(self):
        contents, fired = {}, {}
        for number in range(KILLS):
            contents[f"kill-{number}"] = {"a.csv.gz": table(number * 1000, 9000), "b.csv.gz": table(number, 10)}
            self.prepare(f"kill-{number}", contents[f"kill-{number}"])
        for number, (name, files) in enumerate(contents.items()):
            step = STEPS[(number * 3 if KILLS < len(STEPS) else number) % len(STEPS)]
            what, op, pattern, at = step
            self.layer.arm_kill(op, pattern, at)
            (self.folder / "out" / "nightly" / "acme" / name).rename(self.drop / "nightly" / "acme" / name)
            self.assertIsNotNone(self.server.process)
            until(f"it is killed {what}", 60, lambda: self.server.process.poll() is not None, every=0.05)
            self.assertEqual(self.layer.fired(), 1, what)
            fired[what] = fired.get(what, 0) + 1
            self.layer.disarm()
            self.server.start()
        for name, files in contents.items():
            run = self.delivered(name)
            self.check(run, files, name, 1)
            self.assertEqual([one["revision"] for one in self.sets(name)], [1], name)
        until("the folder is empty", 60, lambda: os.listdir(self.drop / "nightly" / "acme") == [], every=0.2)
        sets = self.vendor.pages("/v1/data_sources/nightly/file_sets")
        until("no copy lies there that belongs to nothing", 60, lambda: len(list((self.server.data / "packs" / "uploads").iterdir())) ==
              sum(len(one["files"]) for one in sets), every=0.2)
        report("pack_folder", kills=KILLS, fired=fired, sets_delivered_once=len(contents), sets_lost=0, sets_doubled=0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
