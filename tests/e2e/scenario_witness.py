#!/usr/bin/env python3
"""A witness (c2sp.org/tlog-witness) signs each checkpoint and remembers it: an older folder that is put back is stopped
before it signs anything, although no bucket knows more (promise 6)."""
import shutil
import time
import unittest

from support import places
from support.client import until
from support.server import Server
from support.witness import Witness


class Witnessed(unittest.TestCase):
    def test_it_signs_and_it_stops_what_went_back(self):
        folder = places.workspace("witness")
        witness = self.enterContext(Witness())
        server = Server(folder, f'[ledger]\nwitness_url = "{witness.url}"\nwitness_vkey = "{witness.vkey}"\n',
                        test_clock=False).start()
        self.addCleanup(lambda: server.stop())
        key = server.client(server.make_org("acme", "Acme"))

        def log() -> dict:
            return server.admin("log-key", "--org", "acme")

        def send(count: int) -> None:
            answer = key.post("/v1/events", [{"action": "report.viewed", "actor": {"id": "u_1"}}] * count)
            self.assertEqual(answer.status, 200, answer.body)

        def checkpoint() -> str:
            answer = server.client().get(f"/log/{name}/checkpoint")
            return answer.body.decode() if answer.status == 200 else ""

        def cosigned(size: int) -> str:
            def look() -> str:
                note = checkpoint()
                return note if note and int(note.split("\n")[1]) >= size and witness.holds(note) else ""
            return until(f"a checkpoint of {size} is cosigned", 60, look)

        name = log()["log"]
        witness.trust(log())
        send(10)
        # Entries of our own come in the order of what happened: after the key's nothing more does.
        until("the key's entry is there", 60, lambda: key.get("/v1/orgs/acme/events", action="trailkeeper.key.created").json()["data"])
        first = cosigned(log()["size"])
        size = int(first.split("\n")[1])
        # It stays signed over a restart, and grows with proofs.
        self.assertEqual(server.stop(), 0)
        copy = folder / "copy"
        shutil.copytree(server.data, copy, symlinks=True)
        server.start()
        send(300)
        cosigned(size + 300)
        origin = log()["origin"]
        # A copy of before: asked, the witness says what it has seen.
        self.assertEqual(server.stop(), 0)
        seen = witness.seen[origin]
        shutil.rmtree(server.data)
        shutil.copytree(copy, server.data, symlinks=True)
        server.start()
        stopped = until("the log is stopped", 60, lambda: log()["stopped"])
        self.assertEqual(stopped["code"], "witness_ahead")
        self.assertIn(str(seen[0]), stopped["reason"])
        send(5)
        until("the log has grown", 30, lambda: log()["size"] > log()["published_size"])
        time.sleep(3)  # several turns of the signer
        self.assertEqual(int(checkpoint().split("\n")[1]), size)
        self.assertEqual(witness.seen[log()["origin"]], seen)
        # The new log is another one for the witness too.
        new = server.admin("new-epoch", "--org", "acme")
        witness.trust(new)
        name = new["log"]
        cosigned(size + 5)
        self.assertNotIn(422, witness.answers)
        self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
