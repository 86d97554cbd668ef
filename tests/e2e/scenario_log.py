#!/usr/bin/env python3
"""The log that proves itself (promises 4 and 6): what the intake answered is in it, a foreign verifier agrees with every
tile, a proof of today contains the checkpoint of then, kills contradict nothing, and what is changed is found."""
import base64
import pathlib
import shutil
import sqlite3
import subprocess
import unittest

from support import go, places, proofs
from support.client import until
from support.server import Server



def event(number: int) -> dict:
    return {"action": "report.viewed", "actor": {"id": f"u_{number % 7}", "name": "Zoë Müller"}, "metadata": {"n": number}}


class Log(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = places.workspace("log")
        cls.checker = go.build("logcheck")
        cls.server = Server(cls.folder).start()
        cls.addClassCleanup(cls.server.stop)
        for org in ("acme", "globex"):
            cls.server.make_org(org, org.title())
        cls.key = cls.server.client(cls.server.make_key("acme", "ingest,read"))
        cls.other = cls.server.client(cls.server.make_key("globex", "ingest,read"))
        cls.receipts: list[dict] = []
        cls.send(700)

    @classmethod
    def send(cls, count: int) -> None:
        answer = cls.key.post("/v1/events", [event(number) for number in range(count)])
        assert answer.status == 200, answer.body
        cls.receipts += answer.json()["data"]
        cls.wait_for(cls.receipts[-1]["seq"])

    @classmethod
    def log(cls) -> dict:
        answer = cls.key.get("/v1/orgs/acme/log")
        assert answer.status == 200, answer.body
        return answer.json()

    @classmethod
    def wait_for(cls, seq: int) -> dict:
        """Until a checkpoint has that entry."""
        return until(f"entry {seq} is in a checkpoint", 30,
                     lambda: (lambda log: log if log["published_size"] >= seq else None)(cls.log()), 0.2)

    def check(self, *more: str, vkey: str = "") -> subprocess.CompletedProcess:
        known = self.server.admin("log-key", "--org", "acme")
        return subprocess.run([self.checker, f"{self.server.url}/log/{known['log']}", vkey or known["vkey"], *more],
                              capture_output=True, text=True, timeout=300)

    def accept(self, *more: str) -> str:
        done = self.check(*more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def proof(self, receipt: dict) -> dict:
        answer = self.key.get(f"/v1/orgs/acme/events/{receipt['id']}/proof")
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_1_a_foreign_verifier_agrees(self):
        self.assertIn("tiles", self.accept())
        other = self.server.admin("log-key", "--org", "globex")
        wrong = self.check(vkey=other["vkey"])
        self.assertNotEqual(wrong.returncode, 0)
        self.assertNotIn("acme", self.log()["log"] + self.log()["origin"])

    def test_2_what_the_intake_answered_is_in_the_log(self):
        for receipt in (self.receipts[0], self.receipts[255], self.receipts[256], self.receipts[-1]):
            proof = self.proof(receipt)
            leaf = proofs.receipt_leaf(receipt)
            self.assertEqual(base64.b64decode(proof["entry"]["leaf"]), leaf)
            size, root = proofs.root_of(proof["checkpoint"])
            self.assertEqual(size, proof["size"])
            self.assertTrue(proofs.included(receipt["seq"] - 1, size, leaf, proofs.decoded(proof["hashes"]), root))
            # One byte of the receipt changed, and it is not.
            self.assertFalse(proofs.included(receipt["seq"] - 1, size, leaf[:-1] + bytes([leaf[-1] ^ 1]),
                                             proofs.decoded(proof["hashes"]), root))

    def test_3_a_proof_is_a_file_that_others_read(self):
        receipt = self.receipts[300]
        answer = self.key.get(f"/v1/orgs/acme/events/{receipt['id']}/proof", format="tlog-proof")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertIn(f'filename="entry-{receipt["seq"]}.tlog-proof"', answer.headers["content-disposition"])
        file = self.folder / "entry.tlog-proof"
        file.write_bytes(answer.body)
        self.accept(str(file), base64.b64encode(proofs.receipt_leaf(receipt)).decode())
        other = base64.b64encode(proofs.receipt_leaf(self.receipts[301])).decode()
        self.assertNotEqual(self.check(str(file), other).returncode, 0)

    def test_4_it_only_grows_whatever_is_killed(self):
        before = self.key.get(f"/log/{self.log()['log']}/checkpoint").body.decode()
        old_size, old_root = proofs.root_of(before)
        for _ in range(3):
            self.key.post("/v1/events", [event(number) for number in range(400)])
            self.server.kill()
            self.server.start()
            self.send(50)
        self.accept()
        answer = self.key.get("/v1/orgs/acme/log/consistency", **{"from": old_size})
        self.assertEqual(answer.status, 200, answer.body)
        grown = answer.json()
        size, root = proofs.root_of(grown["checkpoint"])
        self.assertGreater(size, old_size)
        self.assertTrue(proofs.grown(old_size, old_root, size, root, proofs.decoded(grown["hashes"])))

    def test_5_nobody_else_gets_a_proof(self):
        path = f"/v1/orgs/acme/events/{self.receipts[0]['id']}/proof"
        for client, status in ((self.other, 404), (self.server.client(), 401)):
            for asked in (path, "/v1/orgs/acme/log", "/v1/orgs/acme/log/consistency?from=1"):
                self.assertEqual(client.get(asked).status, status, asked)
        name = self.log()["log"]
        for asked in (f"/log/{name}/tile/0/x000/000", f"/log/{name}/tile/9/000", f"/log/{name}/tile/0/000.p/999",
                      f"/log/{name}/tile/entries/999", "/log/acme/checkpoint", f"/log/{name}/tile/0/../0/000"):
            self.assertEqual(self.server.client().get(asked).status, 404, asked)
        self.assertEqual(self.key.get("/v1/orgs/acme/log/consistency?from=99999999").status, 400)

    def test_6_a_closed_log_asks_for_a_key(self):
        name = self.log()["log"]
        self.server.stop()
        text = self.server.config.read_text()
        self.server.config.write_text(text + "[ledger]\nread_key = true\n")
        self.server.start()
        for client, status in ((self.key, 200), (self.other, 404), (self.server.client(), 401)):
            self.assertEqual(client.get(f"/log/{name}/checkpoint").status, status)
        self.server.stop()
        self.server.config.write_text(text)
        self.server.start()

    def test_7_what_is_changed_on_the_disk_is_found(self):
        self.accept()
        self.server.stop()
        file = self.server.data / "ledger" / "ledger.db"
        kept = pathlib.Path(str(file) + ".kept")
        shutil.copy(file, kept)
        for change in ("UPDATE tiles SET hashes = CAST(zeroblob(32) || substr(hashes, 33) AS BLOB) WHERE level = 1",
                       "UPDATE bundles SET entries = CAST(substr(entries, 1, 5000) || zeroblob(1) || "
                       "substr(entries, 5002) AS BLOB)"):
            with sqlite3.connect(file) as database:
                self.assertGreater(database.execute(change).rowcount, 0)
            database.close()
            self.server.start()
            self.assertNotEqual(self.check().returncode, 0, change)
            self.server.stop()
            shutil.copy(kept, file)
        self.server.start()
        self.accept()

    def test_8_a_ledger_that_went_back_is_refused(self):
        self.server.stop()
        folder, kept = self.server.data / "ledger", self.server.data / "ledger.kept"
        shutil.copytree(folder, kept)
        self.server.start()
        self.send(300)
        self.server.stop()
        for way in ("deleted", "older"):
            shutil.rmtree(folder)
            if way == "older":
                shutil.copytree(kept, folder)
            self.server.start(wait=False)
            assert self.server.process is not None
            self.assertNotEqual(self.server.process.wait(timeout=120), 0)
            self.assertIn("ledger", self.server.log_tail())
            self.assertIn("restore all of them from one backup", self.server.log_tail())


if __name__ == "__main__":
    unittest.main()
