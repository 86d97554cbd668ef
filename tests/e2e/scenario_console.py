#!/usr/bin/env python3
"""The console's own browser suite, which otherwise runs against made-up data, against the real server: everything but
the looks, which do not depend on who answers."""
import datetime
import os
import random
import subprocess
import sys
import unittest

from support import browser, places
from support.server import Server

sys.path.insert(0, str(places.ROOT / "tools"))
import demo_events  # noqa: E402

PASSWORD = "correct horse battery"
# What made-up data has and a real server has not, and what needs a list that nothing comes into: here the person's own
# sign-in slides in.
LEFT_OUT = "@mock|the keyboard moves"
ENTRIES = 400


class Console(unittest.TestCase):
    def test_the_suite_passes_against_the_real_server(self):
        server = Server(places.workspace("console")).start()
        self.addCleanup(server.stop)
        key = server.make_org("acme", "Acme", "--s3")
        server.make_person("acme", "ann@acme.example", "Ann Park", "primary_admin", PASSWORD)
        server.make_person("acme", "mia@acme.example", "Mia", "member", PASSWORD)
        now = datetime.datetime.now(datetime.timezone.utc)
        client = server.client(key)
        answer = client.post("/v1/events", demo_events.generate(random.Random(4), now, ENTRIES))
        self.assertEqual(answer.status, 200, answer.body[:500])
        server.wait_visible(client, "acme", ENTRIES)
        environment = os.environ | {
            "BASE_URL": server.url, "E2E_ORG": "acme", "E2E_EMAIL": "ann@acme.example", "E2E_PASSWORD": PASSWORD,
            "E2E_MEMBER_EMAIL": "mia@acme.example", "E2E_MEMBER_PASSWORD": PASSWORD, "CHROMIUM": browser.chromium(),
            "E2E_OUTPUT": str(server.folder / "results"), "CI": "1",
            "PATH": f"{places.ROOT}/.venv/bin:{os.environ['PATH']}"}
        done = subprocess.run([places.tool("npm"), "--prefix", str(places.ROOT / "console"), "run", "--silent", "e2e",
                               "--", "--grep-invert", LEFT_OUT, "session", "audit-logs", "downloads", "s3"],
                              env=environment, capture_output=True, text=True, timeout=840)
        print(done.stdout[-6000:])
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])


if __name__ == "__main__":
    unittest.main()
