#!/usr/bin/env python3
"""A customer checks its own bucket (promise 6): real deliveries into a real S3, with empty windows, a change of path, a
backfill and a replay, are copied with awscli and found complete by `trailkeeper-verify`; what is removed, changed or put
back is found. A receipt is proven, online and later offline. The commands of docs/verify.md are run as they stand, and
golang.org/x/mod reads the manifests' checkpoints."""
import base64
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import time
import unittest

from support import go, log_check, manifest_check, places
from support.client import until
from support.lab import Lab
from support.server import Server, s3_config

ORG, DESTINATION, BUCKET = "acme", "main", "acme-trail"
EMAIL, PASSWORD = "ann@acme.example", "correct horse battery"
VERIFY = places.BUILD / "bin" / "trailkeeper-verify"


def stamp(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Verify(unittest.TestCase):
    """The steps stand in order in one test: each needs what the one before it made."""

    def test_a_bucket_and_a_receipt_are_checked(self):
        self.folder = places.workspace("verify")
        with Lab(self.folder) as self.lab:
            config, environment = s3_config(self.lab.env)
            self.server = Server(self.folder, config, environment).start()
            self.addCleanup(self.server.stop)
            for step in (self.step_before, self.step_connect, self.step_hours, self.step_receipt, self.step_moved,
                         self.step_backfill, self.step_complete, self.step_by_hand, self.step_foreign,
                         self.step_tampering, self.step_older, self.step_log, self.step_other_forms):
                started = time.monotonic()
                step()
                print(f"{step.__name__}: {time.monotonic() - started:.1f} s", flush=True)
            self.assertEqual(self.server.stop(), 0)

    # The vendor's side.

    def set_clock(self, moment: datetime.datetime):
        self.now = moment
        self.server.set_clock(stamp(moment))
        if hasattr(self, "ann"):
            self.assertEqual(self.ann.sign_in(EMAIL, PASSWORD).status, 201)

    def hour_passes(self):
        self.set_clock((self.now + datetime.timedelta(hours=1)).replace(minute=0, second=5))

    def send(self, count: int) -> dict:
        events = [{"action": "report.viewed", "area": "Reports", "actor": {"id": f"u_{number % 7}", "name": "Zoë Müller"},
                   "metadata": {"n": number}} for number in range(count)]
        answer = self.server.client(self.key).post("/v1/events", events)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def integration(self) -> str:
        return f"/v1/orgs/{ORG}/integrations/s3/{DESTINATION}"

    def wait_delivered(self):
        wanted = self.now.strftime("%Y-%m-%dT%H:00:00")
        until(f"everything before {wanted} is delivered", 120,
              lambda: (self.ann.get(self.integration()).json()["delivered_until"] or "") >= wanted, every=0.3)

    def settings(self, path: str) -> dict:
        return {"bucket": BUCKET, "region": self.lab.env["region"], "endpoint": self.lab.env["endpoint"], "path": path,
                "path_style": True, "frequency": "hourly"}

    def step_before(self):
        """Entries of the day before, for the backfill."""
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        self.set_clock(tomorrow.replace(hour=10, minute=10, second=0, microsecond=0))
        self.key = self.server.make_org(ORG, "Acme", "--s3")
        self.server.make_person(ORG, EMAIL, "Ann Park", "admin", PASSWORD)
        self.send(30)
        self.server.wait_visible(self.server.client(self.key), ORG, 30)
        self.ann = self.server.client()
        self.set_clock(self.now + datetime.timedelta(days=1))

    def step_connect(self):
        draft = self.ann.put(self.integration(), self.settings("in/audit"))
        self.assertEqual(draft.status, 201, draft.body)
        customer = self.lab.customer()
        customer.make(BUCKET)
        customer.put_policy(BUCKET, json.dumps(draft.json()["policy"]))
        self.switch_on()

    def switch_on(self):
        checked = self.ann.post(self.integration() + "/validate")
        self.assertTrue(checked.status == 200 and checked.json()["ok"], checked.body)
        active = self.ann.post(self.integration() + "/activate")
        self.assertEqual(active.status, 200, active.body)

    def step_hours(self):
        for count in (40, 0, 25):
            if count:
                self.receipt = self.send(count)
            self.hour_passes()
            self.wait_delivered()
        known = self.server.admin("log-key", "--org", ORG)
        (self.folder / "log-key.json").write_text(json.dumps(known))
        self.log = known
        (self.folder / "kept").write_bytes(self.server.client(self.key).get(f"/log/{known['log']}/checkpoint").body)

    def step_receipt(self):
        """What the intake answered is proven; anything else is not."""
        answer = self.folder / "answer.json"
        answer.write_text(json.dumps(self.receipt))
        (self.folder / "keys.txt").write_text(f"{self.log['vkey']}\n{self.log['manifest_vkey']}\n")
        proofs = self.folder / "proofs"
        environment = os.environ | {"TRAILKEEPER_KEY": self.key}
        done = subprocess.run([places.PROGRAM, "verify", "--receipt", answer, "--url", self.server.url, "--org", ORG,
                               "--key", self.folder / "keys.txt", "--proof", proofs, "--json"],
                              capture_output=True, text=True, timeout=300, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(json.loads(done.stdout)["proven"], 25)
        self.assertEqual(len(list(proofs.iterdir())), 25)
        offline = [VERIFY, "--key", self.folder / "keys.txt", "--proof", proofs, "--receipt"]
        self.assertEqual(subprocess.run([*offline, answer], capture_output=True, timeout=300).returncode, 0)
        changed = json.loads(answer.read_text())
        changed["data"][3]["sha256"] = changed["data"][4]["sha256"]
        (self.folder / "changed.json").write_text(json.dumps(changed))
        refused = subprocess.run([*offline, self.folder / "changed.json"], capture_output=True, text=True, timeout=300)
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertEqual(refused.stdout.count("NOT PROVEN"), 1)
        # It names its log: of another one nothing is proven by this.
        self.assertEqual(self.receipt["log"], self.log["log"])
        (self.folder / "other.json").write_text(json.dumps(self.receipt | {"log": "a" * 26}))
        refused = subprocess.run([*offline, self.folder / "other.json"], capture_output=True, text=True, timeout=300)
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertEqual(refused.stdout.count("NOT PROVEN"), 25)

    def step_moved(self):
        """A change of path: a stream ends, another begins where it ended."""
        changed = self.ann.put(self.integration(), self.settings("in/moved"))
        self.assertEqual(changed.status, 200, changed.body)
        draft = self.ann.get(self.integration()).json()
        self.lab.customer().put_policy(BUCKET, json.dumps(self.both_paths(draft["policy"])))
        self.switch_on()
        self.send(20)
        self.hour_passes()
        self.wait_delivered()

    @staticmethod
    def both_paths(policy: dict) -> dict:
        """The old path stays allowed: a window of it may still be on its way."""
        text = json.dumps(policy)
        return {"Version": policy["Version"], "Statement": [
            *json.loads(text)["Statement"],
            *[statement | {"Sid": f"Old{number}"} for number, statement in
              enumerate(json.loads(text.replace("in/moved", "in/audit"))["Statement"])]]}

    def step_backfill(self):
        asked = {"from": stamp(self.now - datetime.timedelta(days=3))}
        answer = self.ann.post(self.integration() + "/backfill", asked)
        self.assertEqual(answer.status, 202, answer.body)
        until("the backfill is complete", 120,
              lambda: self.ann.get(self.integration()).json()["backfill"]["state"] == "complete", every=0.3)

    # The customer's side.

    def copy(self, bucket: str = BUCKET) -> pathlib.Path:
        folder = self.folder / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        self.lab.aws("s3", "sync", "--only-show-errors", f"s3://{bucket}", str(folder))
        return folder

    def verify(self, folder: pathlib.Path, *more: str) -> tuple[int, dict]:
        done = subprocess.run([places.PROGRAM, "verify", folder, "--key", self.folder / "keys.txt", "--at", stamp(self.now),
                               "--json", *more], capture_output=True, text=True, timeout=300)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        return done.returncode, json.loads(done.stdout)

    def step_complete(self):
        self.clean = self.copy()
        code, report = self.verify(self.clean, "--checkpoint", str(self.folder / "kept"))
        self.assertEqual((code, report["state"]), (0, "complete"), json.dumps(report, indent=1))
        last = max(int(window["last_seq"]) for stream in report["streams"] for window in stream["windows"]
                   if "last_seq" in window)
        self.assertEqual(report["entries_complete"], last, "from the first entry of the organization on")
        reasons = sorted(stream["reason"] for stream in report["streams"])
        self.assertEqual(reasons, ["activated", "backfill", "location_changed"])
        empty = [window for stream in report["streams"] for window in stream["windows"]
                 if window["window"] > 0 and window["state"] == "complete" and
                 int(window["last_seq"]) == int(window["first_seq"]) - 1]
        self.assertTrue(empty, "a time without entries has a window too")
        table = subprocess.run([VERIFY, self.clean, "--key", self.folder / "keys.txt", "--at", stamp(self.now)],
                               capture_output=True, text=True, timeout=300)
        self.assertIn("COMPLETE", table.stdout)
        self.assertEqual(table.stderr, "", "no progress bar where nobody watches")

    def manifests(self) -> list[pathlib.Path]:
        return sorted(self.clean.glob("**/audit_logs_manifest/**/*.json"))

    def step_by_hand(self):
        """Every `sh` block of the page, in its order, in one shell."""
        blocks = re.findall(r"^```sh\n(.*?)^```", (places.ROOT / "docs/verify.md").read_text(), re.S | re.M)
        self.assertGreater(len(blocks), 6)
        work = self.folder / "hand"
        work.mkdir()
        for name in ("log-key.json", "answer.json"):
            shutil.copy(self.folder / name, work)
        (work / "kept").mkdir()
        shutil.copy(self.folder / "kept", work / "kept" / "checkpoint")
        shutil.copytree(self.clean, work / "copy")
        with_rows = [path for path in self.manifests() if json.loads(path.read_text())["files"]][-1]
        # The programs are found as a customer's would be; the real time is not that of the test.
        (work / "bin").mkdir()
        for name in ("trailkeeper", "trailkeeper-verify"):
            script = work / "bin" / name
            script.write_text(f'#!/bin/sh\ncase "$*" in *--receipt*) ;; *) set -- "$@" --at {stamp(self.now)};; esac\n'
                              f'exec {places.BUILD}/bin/{name} "$@"\n')
            script.chmod(0o755)
        environment = os.environ | {"PATH": f"{work}/bin:{os.environ['PATH']}", "COPY": str(work / "copy"), "ORG": ORG,
                                    "MANIFEST": str(work / "copy" / with_rows.relative_to(self.clean)),
                                    "URL": self.server.url, "TRAILKEEPER_KEY": self.key}
        done = subprocess.run(["bash", "-eux", "-o", "pipefail", "-c", "\n".join(blocks)], cwd=work, env=environment,
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("Signature Verified Successfully"), 2, done.stdout)
        self.assertIn("entries, root", done.stdout)

    def step_foreign(self):
        """golang.org/x/mod opens each checkpoint and follows the log from one manifest to the next."""
        checker = go.build("logcheck")
        done = subprocess.run([checker, "manifests", self.log["vkey"], self.log["manifest_vkey"], *self.manifests()],
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{len(self.manifests())} manifests", done.stdout)

    def tampered(self) -> pathlib.Path:
        folder = self.folder / "tampered"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.clean, folder)
        return folder

    def step_tampering(self):
        files = [path.relative_to(self.clean) for path in sorted(self.clean.glob("**/audit_logs*/**/*"))
                 if path.is_file()]
        objects = [path for path in files if path.name.endswith(".jsonl.gz")]
        self.assertGreater(len(objects), 3)
        for path in files:
            folder = self.tampered()
            (folder / path).unlink()
            code, report = self.verify(folder)
            self.assertTrue(code == 1 or (code == 3 and "backfill" in json.dumps(report)), (path, report))
            if path in objects:
                self.assertGreater(report["windows"]["gap"], 0, path)
            folder = self.tampered()
            content = bytearray((folder / path).read_bytes())
            content[len(content) // 2] ^= 1
            (folder / path).write_bytes(content)
            code, report = self.verify(folder)
            self.assertEqual((code, report["state"]), (1, "altered"), (path, report))
        checker = go.build("logcheck")
        folder = self.tampered()
        manifest = folder / self.manifests()[1].relative_to(self.clean)
        manifest.write_bytes(manifest.read_bytes().replace(b'"watermark":"2', b'"watermark":"3'))
        done = subprocess.run([checker, "manifests", self.log["vkey"], self.log["manifest_vkey"], manifest],
                              capture_output=True, timeout=300)
        self.assertNotEqual(done.returncode, 0)

    def step_older(self):
        """An older copy put back; and the bucket itself, hours later, with an object that the customer deleted."""
        self.send(10)
        self.hour_passes()
        self.set_clock(self.now + datetime.timedelta(hours=1))
        self.wait_delivered()
        code, report = self.verify(self.clean)
        self.assertEqual((code, report["state"]), (1, "gap"), report)
        copy = self.copy()
        self.assertEqual(self.verify(copy)[0], 0)
        gone = sorted(copy.glob("in/moved/audit_logs/**/*.gz"))[0].relative_to(copy)
        self.lab.aws("s3", "rm", f"s3://{BUCKET}/{gone}")
        code, report = self.verify(self.copy())
        self.assertEqual((code, report["state"]), (1, "gap"), report)
        # It is brought again.
        window = next(item for item in self.ann.pages(f"/v1/orgs/{ORG}/deliveries", destination=DESTINATION)
                      if any(file["key"] == str(gone) for file in item["files"]))
        answer = self.ann.post(f"/v1/orgs/{ORG}/deliveries/{window['id']}/redeliver")
        self.assertEqual(answer.status, 202, answer.body)
        until("it is delivered again", 60, lambda: [
            item for item in self.ann.pages(f"/v1/orgs/{ORG}/deliveries", destination=DESTINATION)
            if item["kind"] == "replay" and item["state"] == "delivered"], every=0.3)
        code, report = self.verify(self.copy())
        self.assertEqual((code, report["state"]), (0, "complete"), report)


    # The log itself, held against a foreign verifier.

    def step_log(self):
        """golang.org/x/mod and a checker of our own agree with the log as it is served, and with no copy of it in which
        anything is another."""
        last = self.send(600)["data"][-1]["seq"]
        client = self.server.client(self.key)
        known = until("the entries are in a checkpoint", 30, lambda: (
            lambda log: log if log["published_size"] >= last else None)(client.get(f"/v1/orgs/{ORG}/log").json()), every=0.2)
        # It may go on growing: the tiles of one checkpoint.
        copy = {"checkpoint": client.get(f"/log/{known['log']}/checkpoint").body}
        size = int(copy["checkpoint"].split(b"\n")[1])
        copy |= {path: client.get(f"/log/{known['log']}/{path}").body for path in log_check.paths(size)}
        folder = self.folder / "log"
        for path, content in copy.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        chance = random.Random(20261123)
        # The first has nothing else.
        changes = [{}] + [self.tamper(copy, chance) for _ in range(10000 if places.full() else 1000)]
        lines = [json.dumps({path: None if content is None else base64.b64encode(content).decode()
                             for path, content in change.items()}) for change in changes]
        done = subprocess.run([go.build("logcheck"), "tampered", folder, known["vkey"]], input="\n".join(lines),
                              capture_output=True, text=True, timeout=900)
        self.assertEqual(done.returncode, 0, done.stderr)
        foreign = done.stdout.splitlines()
        self.assertEqual(len(foreign), len(changes))
        keys = manifest_check.Keys(known["vkey"])
        own = [log_check.problem({path: content for path, content in (copy | change).items() if content is not None}, keys)
               for change in changes]
        self.assertEqual((foreign[0], own[0]), ("fine", ""))
        for change, theirs, ours in zip(changes[1:], foreign[1:], own[1:], strict=True):
            self.assertTrue(theirs.startswith("found: "), f"{list(change)}: {theirs}")
            self.assertTrue(ours, f"{list(change)}: nothing, where the foreign one has {theirs}")
        print(f"{len(changes) - 1} tamperings of the log: all found by both", flush=True)

    @staticmethod
    def tamper(copy: dict[str, bytes], chance: random.Random) -> dict[str, bytes | None]:
        """The files that another copy has instead: never what the log has there."""
        while True:
            path = chance.choice(sorted(copy))
            content = bytearray(copy[path])
            # Of a checkpoint, what is signed: base64 has bits that mean nothing.
            size = content.index(b"\n\n") if path == "checkpoint" else len(content)
            at, entry = chance.randrange(size), 50 if "/entries/" in path else 32
            other: bytes | None
            match chance.randrange(8):
                case 0 | 1 | 2:
                    content[at] ^= 1 << chance.randrange(8)
                    other = bytes(content)
                case 3:
                    other = bytes(content[:at])
                case 4:
                    other = None
                case 5:  # an entry or hash less, or one twice
                    start = at - at % entry
                    piece = content[start:start + entry]
                    other = bytes(content[:start] + piece * chance.choice((0, 2)) + content[start + entry:])
                case 6:  # two of them in each other's place
                    start, second = (place - place % entry for place in (at, chance.randrange(size)))
                    content[start:start + entry], content[second:second + entry] = (
                        content[second:second + entry], content[start:start + entry])
                    other = bytes(content)
                case _:  # another file in this one's place
                    other = copy[chance.choice(sorted(copy))]
            if other is None or other[:size] != copy[path][:size]:
                return {path: other}

    def step_other_forms(self):
        """Files of another form are intact and never complete; of a filter it is said what it kept back."""
        bucket, path = "acme-sheets", f"/v1/orgs/{ORG}/integrations/s3/sheets"
        draft = self.ann.put(path, self.settings("sheets") | {
            "bucket": bucket, "form": "csv", "filter": {"areas": ["Reports"]}})
        self.assertEqual(draft.status, 201, draft.body)
        customer = self.lab.customer()
        customer.make(bucket)
        customer.put_policy(bucket, json.dumps(draft.json()["policy"]))
        checked = self.ann.post(path + "/validate")
        self.assertTrue(checked.status == 200 and checked.json()["ok"], checked.body)
        self.assertEqual(self.ann.post(path + "/activate").status, 200)
        self.send(15)
        self.hour_passes()
        wanted = self.now.strftime("%Y-%m-%dT%H:00:00")
        until("the sheets are delivered", 60,
              lambda: (self.ann.get(path).json()["delivered_until"] or "") >= wanted, every=0.3)
        copy = self.copy(bucket)
        code, report = self.verify(copy)
        self.assertEqual((code, report["state"]), (3, "unverifiable"), report)
        details = json.dumps(report)
        self.assertIn("files intact, rows not verifiable", details)
        self.assertRegex(details, r"filtered: [1-9][0-9]* withheld")
        leaves = next(copy.glob("**/*.leaves"))
        content = bytearray(leaves.read_bytes())
        content[20] ^= 1
        leaves.write_bytes(content)
        self.assertEqual(self.verify(copy)[0], 1)


if __name__ == "__main__":
    unittest.main()
