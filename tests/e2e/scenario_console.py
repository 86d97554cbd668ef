#!/usr/bin/env python3
"""The console's own browser suite, which otherwise runs against made-up data, against the real server. Pictures of every
state of the page, in light and dark, are left under build/screenshots/console."""
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
# What only made-up failures show.
LEFT_OUT = "@mock"
ENTRIES = 400
SUITE_SECONDS_MAX = 1500


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(places.workspace("console")).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.make_org("acme", "Acme", "--s3")
        cls.server.make_person("acme", "ann@acme.example", "Ann Park", "primary_admin", PASSWORD)
        cls.server.make_person("acme", "mia@acme.example", "Mia", "member", PASSWORD)
        now = datetime.datetime.now(datetime.timezone.utc)
        client = cls.server.client(cls.key)
        answer = client.post("/v1/events", demo_events.generate(random.Random(4), now, ENTRIES))
        if answer.status != 200:
            raise AssertionError(answer.body[:500])
        cls.server.wait_visible(client, "acme", ENTRIES)

    def passes(self, *suites: str):
        environment = os.environ | {
            "BASE_URL": self.server.url, "E2E_ORG": "acme", "E2E_EMAIL": "ann@acme.example", "E2E_PASSWORD": PASSWORD,
            "E2E_MEMBER_EMAIL": "mia@acme.example", "E2E_MEMBER_PASSWORD": PASSWORD, "CHROMIUM": browser.chromium(),
            "E2E_OUTPUT": str(self.server.folder / "results"), "E2E_SHOTS": str(places.SCREENSHOTS / "console"),
            "E2E_KEY": self.key, "CI": "1", "PATH": f"{places.ROOT}/.venv/bin:{os.environ['PATH']}"}
        done = subprocess.run([places.tool("npm"), "--prefix", str(places.ROOT / "console"), "run", "--silent", "e2e",
                               "--", "--grep-invert", LEFT_OUT, *suites],
                              env=environment, capture_output=True, text=True, timeout=SUITE_SECONDS_MAX)
        print(done.stdout[-6000:])
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])

    def test_list_and_search(self):
        self.passes("audit-logs.spec")

    def test_filters_ranges_and_chart(self):
        self.passes("audit-logs-filters")

    def test_one_entry(self):
        self.passes("audit-logs-entry")

    def test_saved_views(self):
        self.passes("audit-logs-views")

    def test_every_state_and_width(self):
        self.passes("audit-logs-states")

    def test_downloads(self):
        self.passes("downloads")

    def test_session_and_s3(self):
        self.passes("session", "s3")


if __name__ == "__main__":
    unittest.main()
