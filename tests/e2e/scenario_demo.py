#!/usr/bin/env python3
"""`./dev run`, from its start to Ctrl-C: the block it prints is true, a second start keeps the data, a taken port
gets a sentence."""
import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import unittest

from support import places
from support.client import Client, until


def at_a_terminal() -> None:
    """Whoever runs this test in the background has Ctrl-C ignored, and a program inherits that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Demo(unittest.TestCase):
    def setUp(self):
        self.folder = places.workspace("demo")
        self.port = places.free_port()
        self.command = [sys.executable, str(places.ROOT / "tools/dev_run.py"), "--", "--listen",
                        f"127.0.0.1:{self.port}", "--data", str(self.folder / "data")]

    def start(self) -> tuple[subprocess.Popen, str]:
        """Until the block is complete."""
        running = subprocess.Popen(self.command, cwd=places.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, start_new_session=True, preexec_fn=at_a_terminal)
        self.addCleanup(running.stdout.close)
        self.addCleanup(self.stop, running)  # a kill would leave its server behind
        said = ""
        for line in running.stdout:
            said += line
            if "Ctrl-C" in line:
                return running, said
        self.fail(f"it ended (exit {running.wait()}) and said:\n{said}")

    def stop(self, running: subprocess.Popen):
        if running.poll() is None:
            running.send_signal(signal.SIGINT)
            running.wait(timeout=120)

    def client(self, said: str) -> tuple[Client, int]:
        email, password = re.search(r"Sign in\s+(\S+)\s+password\s+(\S+)", said).groups()
        client = Client("127.0.0.1", self.port)
        self.assertEqual(client.sign_in(email, password).status, 201)
        return client, len(self.entries(client))

    def entries(self, client: Client) -> list[dict]:
        return [record for record in client.pages("/v1/orgs/demo/events", limit=200)
                if record["application"] != "trailkeeper"]

    def test_what_it_prints_is_true(self):
        running, said = self.start()
        self.assertIn(f"http://127.0.0.1:{self.port}/", said)
        client, _ = self.client(said)
        records = until("2,000 entries are visible", 60, lambda: len(found := self.entries(client)) >= 2000 and found)
        self.assertEqual({record["category"] for record in records},
                         {"authentication", "data", "permission", "configuration", "export", "error", "other"})
        self.assertTrue([record for record in records if record["action"] == "user.sign_in_failed"])
        self.assertEqual({record["http_status"] for record in records if record["category"] == "error"},
                         {400, 401, 403, 404, 500, 503})
        curl = shlex.split(re.search(r"curl .*?'\{.*?\}'", said, re.DOTALL)[0].replace("\\\n", ""))
        sent = subprocess.run([*curl, "-sS"], capture_output=True, text=True, timeout=300)
        self.assertEqual(json.loads(sent.stdout)["data"][0]["status"], "created", sent)
        self.stop(running)

        running, said = self.start()
        client, _ = self.client(said)
        until("the data is kept", 30, lambda: len(self.entries(client)) == 2001)
        self.stop(running)

    def test_a_taken_port_gets_a_sentence(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            taken.listen()
            done = subprocess.run(self.command, cwd=places.ROOT, capture_output=True, text=True, timeout=300)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(f"127.0.0.1:{self.port} cannot be used", done.stderr)
        self.assertIn("./dev run -- --listen", done.stderr)


if __name__ == "__main__":
    unittest.main()
