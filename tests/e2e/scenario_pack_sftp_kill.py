#!/usr/bin/env python3
"""kill -9 at each step of bringing a run to a customer's SFTP server (before and after the effect of making the folder, opening,
writing, syncing, closing and renaming of part, manifest and latest.json). What looks complete is complete at every moment; started
again the run is delivered whole, once, and nothing is left over."""
import base64
import hashlib
import json
import pathlib
import random
import sys
import unittest

from support import places
from support.client import until
from support.deliveries import PASSWORD, tomorrow
from support.evidence import report
from support.server import Server
from support.sshd import Sshd

PART, MANIFEST, LATEST = "a.bin", "manifest.json", "latest.json"
# (op, what, at); a part of three blocks, the others of one.
STEPS = [("mkdir", "run=", 1), ("open", PART, 1), ("write", PART, 1), ("write", PART, 2), ("write", PART, 3), ("fsync", PART, 1), ("close", PART, 1),
         ("rename", PART, 1), ("open", MANIFEST, 1), ("write", MANIFEST, 1), ("fsync", MANIFEST, 1), ("close", MANIFEST, 1), ("rename", MANIFEST, 1),
         ("open", LATEST, 1), ("write", LATEST, 1), ("fsync", LATEST, 1), ("close", LATEST, 1), ("rename", LATEST, 1)]
# Of a quick run: each kind, before as well as after.
CHOSEN = [(0, "after"), (2, "after"), (3, "before"), (5, "after"), (7, "before"), (7, "after"), (9, "after"), (12, "before"), (12, "after"), (17, "before")]
POINTS = [(number, when) for number in range(len(STEPS)) for when in ("before", "after")]
KILLS = 100 if places.full() else len(CHOSEN)
BYTES = 600_000


class SftpKill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("pack_sftp_kill")
        cls.tap = cls.folder / "tap"
        cls.tap.mkdir()
        tap = pathlib.Path(__file__).parent / "support" / "sftp_tap.py"
        cls.sshd = cls.enterClassContext(Sshd(cls.folder, before=f"{sys.executable} -B {tap} {cls.tap}"))
        cls.packs = cls.sshd.files / "packs"
        cls.server = Server(cls.folder, '[delivery]\nretry_seconds_max = 1\n[sftp]\nprivate_hosts = ["127.0.0.1"]\n').start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.set_clock(tomorrow(10).strftime("%Y-%m-%dT%H:%M:%SZ"))
        cls.server.make_org("acme", "Acme", "--data-packs")
        cls.server.make_person("acme", "ann@acme.example", "Ann Park", "admin", PASSWORD)
        cls.vendor = cls.server.client(cls.server.make_key("*", "manage"), timeout=60)
        ann = cls.server.client(timeout=120)
        assert ann.sign_in("ann@acme.example", PASSWORD).status == 201
        sftp = "/v1/orgs/acme/integrations/sftp"
        assert ann.put(sftp, cls.sshd.settings(host_key=cls.sshd.host_key)).status == 201
        checked = ann.post(sftp + "/check").json()
        assert checked["ok"], checked
        assert cls.vendor.put("/v1/data_sources/drop", {"type": "upload"}).status == 201
        made = cls.vendor.put("/v1/data_packs/big", {"name": "Big", "source": {"id": "drop", "files": "*.bin"}, "mode": "full",
                                                     "format": {"type": "other", "compression": "none"}, "schedule": {"every": "monthly", "day": 1}})
        assert made.status == 201, made.body
        assert cls.vendor.post("/v1/data_packs/big/release", {}).status == 200
        assert cls.vendor.put("/v1/orgs/acme/data_packs/big", {}).status == 201

    def bring(self, name: str, content: bytes) -> None:
        """A set of one file; its run begins at once."""
        metadata = {"filename": PART, "organization_id": "acme", "set": name}
        begun = self.vendor.request("POST", "/v1/data_sources/drop/uploads", None, {
            "Tus-Resumable": "1.0.0", "Upload-Length": str(len(content)),
            "Upload-Metadata": ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())})
        self.assertEqual(begun.status, 201, begun.body)
        try:
            self.vendor.request("PATCH", begun.headers["location"], content, {
                "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
        except OSError:
            pass  # it was killed before it could answer; the set is complete, for its run was on its way

    def newest(self) -> dict:
        return self.vendor.get("/v1/orgs/acme/data_packs/big/runs", limit=1).json()["data"][0]

    def runs_that_look_complete(self) -> dict[str, bytes]:
        """What a reader would take, by run; it must be whole."""
        found = {}
        for folder in (self.packs / "big").glob("run=*"):
            names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
            self.assertIn(names, (set(), {PART}, {PART, MANIFEST}), folder)
            if MANIFEST not in names:
                continue
            content = (folder / PART).read_bytes()
            [file] = json.loads((folder / MANIFEST).read_text())["files"]
            self.assertEqual((file["bytes"], file["sha256"]), (len(content), hashlib.sha256(content).hexdigest()))
            found[folder.name] = content
        latest = self.packs / "big" / LATEST
        if latest.exists():
            said = json.loads(latest.read_text())
            manifest = (self.packs / "big" / said["manifest"]).read_bytes()
            self.assertEqual(said["manifest_sha256"], hashlib.sha256(manifest).hexdigest())
        return found

    def test_killed_at_each_step_a_run_arrives_whole_and_once(self):
        rng = random.Random(11)
        contents: dict[str, bytes] = {}
        fired: dict[str, int] = {}
        for number in range(KILLS):
            step, when = CHOSEN[number] if KILLS == len(CHOSEN) else POINTS[number % len(POINTS)]
            op, what, at = STEPS[step]
            content = rng.randbytes(BYTES)
            with self.subTest(op=op, what=what, at=at, when=when):
                (self.tap / "step.json").write_text(json.dumps({"op": op, "what": what, "at": at, "when": when}))
                self.bring(f"set-{number}", content)
                until("the step is reached", 60, (self.tap / "reached").exists, every=0.02)
                self.server.kill()
                (self.tap / "step.json").unlink()
                (self.tap / "reached").unlink()
                fired[f"{when} {op} {what} {at}"] = fired.get(f"{when} {op} {what} {at}", 0) + 1
                complete = self.runs_that_look_complete()
                self.assertEqual({run: whole for run, whole in complete.items() if run in contents}, contents)
                self.assertIn(list(set(complete.values()) - set(contents.values())), ([], [content]))
                self.server.start()
                run = until("it is delivered", 120, lambda: (found := self.newest())["state"] == "delivered" and found, every=0.1)
                contents[run["folder"].removeprefix("big/")] = content
                self.assertEqual(self.runs_that_look_complete(), contents)
                self.assertEqual(json.loads((self.packs / "big" / LATEST).read_text())["run"], run["id"])
        self.assertEqual(sum(fired.values()), KILLS)
        self.assertEqual(len(self.vendor.pages("/v1/orgs/acme/data_packs/big/runs")), KILLS, "each set has one run")
        self.assertEqual([str(path) for path in self.packs.rglob("*.part")], [])
        renamed = (self.tap / "renamed").read_text().split()
        twice = {path for path in renamed if "/run=" in path and renamed.count(path) > 1}
        self.assertGreaterEqual(len(renamed), 2 * KILLS)
        self.assertEqual(twice, set(), "nothing is sent again under its name")
        report("pack_sftp_kills", kills=KILLS, fired=fired, runs_delivered_whole=len(contents), sent_twice=0, left_over=0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
