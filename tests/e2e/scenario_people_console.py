#!/usr/bin/env python3
"""People at the console, in Chromium against the real server: signing in with a second factor, an invitation from its mail,
roles, a forgotten password, sessions, a portal link, the audit log inside another product's page, the frame around it all.
axe looks at every page and state in light and dark, and a picture of each is kept."""
import datetime
import os
import random
import subprocess
import sys
import unittest

from support import browser, places
from support.client import until
from support.mail import MailServer
from support.server import Server

sys.path.insert(0, str(places.ROOT / "tools"))
import demo_events  # noqa: E402

PASSWORD = "correct horse battery"
ENTRIES = 120


class PeopleConsole(unittest.TestCase):
    def setUp(self):
        folder = places.workspace("people_console")
        self.host_port = places.free_port()
        self.mail = MailServer(folder)
        self.mail.__enter__()
        self.addCleanup(self.mail.__exit__)
        config = (f'[embed]\nparents = ["http://127.0.0.1:{self.host_port}"]\n'
                  '[portal]\nreturn_urls = ["https://app.vendor.example/"]\n')
        self.server = Server(folder, config, smtp_port=self.mail.port).start()
        self.addCleanup(self.server.stop)
        self.key = self.server.make_org("acme", "Acme", "--s3")
        self.server.make_org("globex", "Globex")
        self.server.make_person("acme", "ann@acme.example", "Ann Park", "primary_admin", PASSWORD)
        self.server.make_person("globex", "ann@acme.example", "Ann Park", "admin", PASSWORD)
        self.server.make_person("acme", "mia@acme.example", "Mia Meyer", "member", PASSWORD)
        self.send_entries()

    def send_entries(self):
        client = self.server.client(self.key)
        now = datetime.datetime.now(datetime.timezone.utc)
        answer = client.post("/v1/events", demo_events.generate(random.Random(5), now, ENTRIES))
        self.assertEqual(answer.status, 200, answer.body[:500])
        self.server.wait_visible(client, "acme", ENTRIES)

    def start_host(self):
        """The host page of the examples, as its README starts it."""
        environment = os.environ | {"TRAILKEEPER_URL": self.server.url, "TRAILKEEPER_KEY": self.key}
        host = subprocess.Popen([places.tool("python"), str(places.ROOT / "examples" / "embed" / "host.py"), str(self.host_port)],
                                env=environment, stderr=subprocess.DEVNULL)
        self.addCleanup(host.wait)
        self.addCleanup(host.terminate)
        client = self.server.client(self.key)
        client.port = self.host_port

        def answers() -> bool:
            try:
                return client.get("/audit-log-url").status == 200
            except OSError:
                return False

        until("the host page answers", 20, answers)

    def test_people_at_the_console(self):
        self.start_host()
        seen = browser.run("people_console.mjs", seconds=1500, url=self.server.url, host=f"http://127.0.0.1:{self.host_port}",
                           password=PASSWORD, manager=self.server.make_key("acme", "manage"), mails=str(self.mail.folder), entries=ENTRIES,
                           axe=str(places.ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"),
                           program=str(places.PROGRAM), data=str(self.server.data))
        print({step: f"{seconds:.1f} s" for step, seconds in seen["steps"].items()})
        self.assertEqual(seen["errors"], [])
        self.assertEqual(seen["violations"], [])
        self.assertGreater(seen["pictures"], 40)


if __name__ == "__main__":
    unittest.main()
