#!/usr/bin/env python3
"""A customer's own OpenID Connect provider: a real one, and every answer of it that must not open anything
(REQUIREMENTS G5; promise 7)."""
import json
import os
import re
import signal
import subprocess
import time
import unittest

from support import browser, places
from support.people import OTHER, PASSWORD, Browser, PeopleCase


class Provider(PeopleCase):
    workspace = "provider"

    def start_provider(self):
        self.person_file = self.folder / "person.json"
        self.say(sub="p-1", claims={"email": "pat@acme.example", "email_verified": True, "name": "Pat"})
        issuer = f"http://127.0.0.1:{self.provider_port}"
        facts = {"issuer": issuer, "port": self.provider_port, "client_id": "trailkeeper", "client_secret": "s3cret+/=:% of theirs",
                 "redirect_uri": f"{self.server.url}/v1/sign_in/oidc/callback", "person_file": str(self.person_file)}
        log = (self.folder / "provider.log").open("wb")
        process = subprocess.Popen([places.tool("node"), places.E2E / "provider.mjs", json.dumps(facts)],
                                   stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        # The project's node is a program that starts another.
        self.addCleanup(lambda: os.killpg(process.pid, signal.SIGKILL))
        self.addCleanup(log.close)
        self.assertEqual(process.stdout.readline(), b"ready\n", (self.folder / "provider.log").read_text())
        return facts

    def say(self, **person):
        self.person_file.write_text(json.dumps(person))

    def through_provider(self, org: str = "acme", change=lambda url: url) -> tuple[Browser, str]:
        """Sign-in by redirects, as a browser does it; where it led."""
        visitor = self.browser()
        begun = visitor.get(f"/v1/sign_in/oidc/{org}", next="/orgs/acme/settings/audit-logs")
        self.assertEqual(begun.status, 302, begun.body)
        self.assertTrue(begun.headers["location"].startswith("http"), begun.headers["location"])
        url, jar = begun.headers["location"], {}
        for _ in range(8):
            if not url.startswith("http") or url.startswith(self.server.url):
                break
            status, url = visitor.follow(url, jar)
            self.assertIn(status, (302, 303), url)
        url = change(url)
        back = visitor.get(url.removeprefix(self.server.url))
        self.assertEqual(back.status, 302, back.body)
        return visitor, back.headers["location"]

    def test_a_customers_own_provider(self):
        facts = self.start_provider()
        ann = self.browser("ann@acme.example")
        change = {"issuer": facts["issuer"], "client_id": "trailkeeper", "client_secret": facts["client_secret"],
                  "default_role": "admin"}
        self.assertEqual(self.browser().get("/v1/sign_in/oidc/acme").headers["location"],
                         "/sign-in?problem=sso_not_set_up")
        bad = ann.put("/v1/orgs/acme/sign_in", change | {"issuer": facts["issuer"] + "/other"})
        self.assertEqual((bad.status, bad.json()["errors"][0]["pointer"]), (422, "/issuer"), bad.body)
        metadata = ann.put("/v1/orgs/acme/sign_in", change | {"issuer": "http://169.254.169.254"})
        self.assertEqual(metadata.status, 422, metadata.body)
        mine = ann.put("/v1/orgs/acme/sign_in", change | {"allowed_domains": ["acme.example"]})
        self.assertEqual((mine.status, self.code_of(mine)), (403, "operators_only"))
        put = self.vendor.put("/v1/orgs/acme/sign_in", change | {"allowed_domains": ["acme.example"]})
        self.assertEqual(put.status, 200, put.body)
        self.assertNotIn("client_secret", put.json())
        self.assertNotIn("s3cret".encode(), (self.server.data / "settings.db-wal").read_bytes())
        taken = self.vendor.put("/v1/orgs/globex/sign_in", change | {"allowed_domains": ["acme.example"]})
        self.assertEqual((taken.status, self.code_of(taken)), (409, "domain_taken"))
        self.assertEqual(self.code_of(ann.put("/v1/orgs/acme/sign_in", change | {"required": True})), "not_tried")
        methods = self.browser().get("/v1/sign_in/methods", email="whoever@ACME.example").json()
        self.assertEqual(methods["oidc"], [{"url": f"{self.server.url}/v1/sign_in/oidc/acme"}])
        self.assertEqual(self.browser().get("/v1/sign_in/methods", email="ann@else.example").json()["oidc"], [])

        visitor, where = self.through_provider()
        self.assertEqual(where, "/orgs/acme/settings/audit-logs", self.server.log_tail())
        session = visitor.get("/v1/sessions/current").json()
        self.assertEqual((session["person"]["email"], session["method"]), ("pat@acme.example", "oidc"))
        self.assertEqual([(org["id"], org["role"]) for org in session["orgs"]], [("acme", "admin")])
        entry = self.entries("trailkeeper.user.signed_in", "pat@acme.example")[0]
        self.assertEqual(entry["metadata"], {"method": "oidc"})
        self.by_its_button(facts)
        self.refused_answers()
        self.keys_turn_over()
        self.one_customers_provider_speaks_for_no_other()
        self.provider_is_required(ann, change)

    def by_its_button(self, facts: dict):
        """The same in Chromium, from the page that somebody wanted and back to it."""
        seen = browser.run("sign_in_with_provider.mjs", url=self.server.url, org="acme", email="pat@acme.example",
                           issuer=facts["issuer"])
        self.assertEqual(seen["errors"], [])

    def refused_answers(self):
        def other_state(url: str) -> str:
            return re.sub(r"state=[^&]+", "state=" + "A" * 43, url)
        self.assertEqual(self.through_provider(change=other_state)[1], "/sign-in?problem=sso_expired")
        self.assertEqual(self.through_provider(change=lambda url: re.sub(r"code=[^&]+", "code=made-up", url))[1],
                         "/sign-in?problem=sso_failed")
        self.assertEqual(self.through_provider(change=lambda url: re.sub(r"&?iss=[^&]+", "", url))[1],
                         "/sign-in?problem=sso_failed")
        # The answer to somebody else's question, in a browser that never asked one.
        self.assertEqual(self.browser().get("/v1/sign_in/oidc/callback", code="x", state="y").headers["location"],
                         "/sign-in?problem=sso_expired")
        self.say(sub="p-1", deny=True, claims={})
        self.assertEqual(self.through_provider()[1], "/sign-in?problem=sso_denied")
        for claims in [{"email": "new@acme.example", "email_verified": False}, {"email_verified": True},
                       {"email": "eve@acme.example.evil.example", "email_verified": True},
                       {"email": "eve@evil.example", "email_verified": True}]:
            self.say(sub="p-9", claims=claims)
            self.assertEqual(self.through_provider()[1], "/sign-in?problem=sso_email", claims)

    def keys_turn_over(self):
        time.sleep(5)  # keys just read are not read again
        self.say(sub="p-1", keys=2, algorithm="ES256", claims={"email": "renamed@acme.example", "email_verified": True})
        visitor, where = self.through_provider()
        self.assertEqual(where, "/orgs/acme/settings/audit-logs", self.server.log_tail())
        self.assertEqual(visitor.get("/v1/sessions/current").json()["person"]["email"], "pat@acme.example", "by sub")

    def one_customers_provider_speaks_for_no_other(self):
        """Somebody of two organizations, an operator even: the provider of one says so, and opens that one."""
        email = "both@acme.example"
        self.server.admin("operator", "create", "--email", email, "--name", "Both", stdin=PASSWORD + "\n")
        self.server.admin("user", "create", "--org", "globex", "--email", email, "--name", "Both", "--role", "admin")
        self.say(sub="p-2", keys=2, claims={"email": email, "email_verified": True, "name": "Both"})
        visitor, _ = self.through_provider()
        session = visitor.get("/v1/sessions/current").json()
        self.assertEqual((session["operator"], [org["id"] for org in session["orgs"]]), (False, ["acme"]))
        self.assertEqual(visitor.get("/v1/orgs/globex/events").status, 404)
        self.assertEqual(visitor.get("/v1/people").status, 403)
        visitor.csrf = session["csrf_token"]
        changed = visitor.request("PATCH", "/v1/me", {"name": "Eve"})
        self.assertEqual((changed.status, self.code_of(changed)), (403, "own_sign_in_needed"))

    def provider_is_required(self, ann, change):
        self.assertEqual(ann.put("/v1/orgs/acme/sign_in", change | {"required": True}).status, 200)
        self.addCleanup(lambda: self.vendor.request("DELETE", "/v1/orgs/acme/sign_in"))
        refused = self.browser().sign_in("ann@acme.example", PASSWORD)
        self.assertEqual((refused.status, self.code_of(refused)), (401, "sso_required"))
        self.assertEqual(ann.get("/v1/orgs/acme/events").status, 404, "what a password opened before")
        self.assertEqual(self.code_of(self.browser().sign_in("ann@acme.example", OTHER)), "bad_credentials")
        visitor, _ = self.through_provider()
        self.assertEqual(visitor.get("/v1/orgs/acme/events").status, 200)
        self.assertEqual(self.vendor.request("DELETE", "/v1/orgs/acme/sign_in").status, 204)
        self.assertEqual(visitor.get("/v1/sessions/current").status, 401)
        self.assertEqual(ann.get("/v1/orgs/acme/events").status, 200)
        self.entries("trailkeeper.sign_in.removed")

if __name__ == "__main__":
    unittest.main(verbosity=2)
