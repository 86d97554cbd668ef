#!/usr/bin/env python3
"""People, as they and the vendor's product come in: invitations and new passwords by mail, a second factor, sessions
that end, wrong passwords that shut out no victim, a customer's own OpenID Connect provider, portal links and the
embedded page, a proxy in front; each with its entry in the right trail (REQUIREMENTS A9, B2, G5; promise 7)."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import struct
import subprocess
import time
import unittest
import urllib.parse

from support import places
from support.client import Client, until
from support.mail import MailServer
from support.server import Server

PASSWORD = "correct horse battery staple"
OTHER = "another long password of hers"
PARENT = "https://app.example"


def totp(secret: str, steps: int = 0) -> str:
    """RFC 6238 with the standard's own words; `steps` from now."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + steps), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


class Browser(Client):
    """Keeps cookies by name, as a browser does."""

    def __init__(self, server: Server, address: str = ""):
        super().__init__("127.0.0.1", server.port)
        self.jar: dict[str, str] = {}
        self.address = address

    def request(self, method, path, body=None, headers=None):
        self.cookie = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        more = {"X-Forwarded-For": self.address} if self.address else {}
        answer = super().request(method, path, body, more | (headers or {}))
        for value in self.set_cookies:
            name, _, rest = value.partition("=")
            text = rest.split(";")[0]
            self.jar.pop(name, None)
            if text and "Max-Age=0" not in rest:
                self.jar[name] = text
        if answer.status == 201 and b'"csrf_token"' in answer.body:
            self.csrf = answer.json()["csrf_token"]
        return answer

    def sign_in(self, email, password, code=None):
        return self.post("/v1/sessions", {"email": email, "password": password} | ({"code": code} if code else {}))

    def follow(self, url: str, jar: dict[str, str]) -> tuple[int, str]:
        """One GET of another server, with its own cookies; status and Location."""
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        connection.request("GET", url[len(f"{parts.scheme}://{parts.netloc}"):],
                           headers={"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())})
        answer = connection.getresponse()
        answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                jar[key] = rest.split(";")[0]
        connection.close()
        return answer.status, urllib.parse.urljoin(url, answer.getheader("Location") or "")


# Client has no place for several cookies: they are noted on their way.
_getheaders = http.client.HTTPResponse.getheaders


def _noting(self):
    found = _getheaders(self)
    Browser.set_cookies = [value for name, value in found if name.lower() == "set-cookie"]
    return found


http.client.HTTPResponse.getheaders = _noting
Browser.set_cookies = []


class People(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = places.workspace("people")
        cls.mail = cls.enterClassContext(MailServer(folder))
        cls.provider_port = places.free_port()
        config = (f'[portal]\nreturn_urls = ["{PARENT}/settings"]\n[embed]\nparents = ["{PARENT}"]\n'
                  '[proxies]\ntrusted = ["127.0.0.1"]\n[sign_in]\noidc_private_hosts = ["127.0.0.1"]\n')
        cls.server = Server(folder, config, smtp_port=cls.mail.port, test_clock=False).start()
        cls.addClassCleanup(cls.server.stop)
        cls.key = cls.server.client(cls.server.make_org("acme", "Acme"))
        cls.server.make_org("globex", "Globex")
        cls.vendor = cls.server.client(cls.server.make_key("*", "ingest,read,manage"))
        cls.server.make_person("acme", "ann@acme.example", "Ann", "primary_admin", PASSWORD)
        cls.folder = folder

    def browser(self, email: str = "", password: str = PASSWORD, code: str | None = None, address: str = "") -> Browser:
        browser = Browser(self.server, address)
        if email:
            answer = browser.sign_in(email, password, code)
            self.assertEqual(answer.status, 201, answer.body)
        return browser

    def person(self, name: str, role: str = "admin", org: str = "acme") -> str:
        email = f"{name}@{org}.example"
        self.server.make_person(org, email, name.capitalize(), role, PASSWORD)
        return email

    def person_id(self, email: str) -> str:
        return self.vendor.get("/v1/people", q=email).json()["data"][0]["id"]

    def entries(self, action: str, email: str = "", org: str = "acme", count: int = 1) -> list[dict]:
        def look():
            found = [record for record in self.vendor.pages(f"/v1/orgs/{org}/events", action=action, limit=200)
                     if record["action"] == action and (not email or record["actor"].get("email") == email)]
            return found if len(found) >= count else None
        return until(f"{count} of {action} by {email}", 20, look, 0.3)

    def code_of(self, answer) -> str:
        return answer.json()["code"]

    # --- by mail

    def test_an_invitation_brings_somebody_in(self):
        ann = self.browser("ann@acme.example")
        made = ann.post("/v1/orgs/acme/invitations", {"email": "new@acme.example", "role": "admin", "name": "New"})
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(made.json()["invited_by"], "Ann")
        token = self.mailed("new@acme.example", "invitation")
        self.assertNotIn(token.encode(), (self.server.data / "settings.db").read_bytes())
        guest = self.browser()
        look = guest.post("/v1/invitations/look", {"token": token}).json()
        self.assertEqual((look["org"], look["email"], look["role"], look["known"]),
                         ({"id": "acme", "name": "Acme"}, "new@acme.example", "admin", False))
        weak = guest.post("/v1/invitations/accept", {"token": token, "name": "New", "password": "short"})
        self.assertEqual((weak.status, weak.json()["errors"][0]["pointer"]), (422, "/password"))
        joined = guest.post("/v1/invitations/accept", {"token": token, "name": "New One", "password": PASSWORD})
        self.assertEqual(joined.status, 201, joined.body)
        self.assertEqual([org["role"] for org in joined.json()["orgs"]], ["admin"])
        self.assertEqual(guest.get("/v1/orgs/acme/events").status, 200)
        again = guest.post("/v1/invitations/accept", {"token": token, "name": "X", "password": PASSWORD})
        self.assertEqual((again.status, self.code_of(again)), (404, "link_not_valid"))
        self.assertEqual(self.code_of(ann.post("/v1/orgs/acme/invitations",
                                               {"email": "NEW@acme.example", "role": "member"})), "already_member")
        self.entries("trailkeeper.invitation.created", "ann@acme.example")
        self.entries("trailkeeper.invitation.accepted", "new@acme.example")

    def test_an_invitation_of_somebody_known_needs_their_password(self):
        email = self.person("known", "member", "globex")
        ann = self.browser("ann@acme.example")
        made = ann.post("/v1/orgs/acme/invitations", {"email": email, "role": "member"}).json()
        token = self.mailed(email, "invitation")
        guest = self.browser()
        self.assertTrue(guest.post("/v1/invitations/look", {"token": token}).json()["known"])
        wrong = guest.post("/v1/invitations/accept", {"token": token, "password": OTHER})
        self.assertEqual((wrong.status, self.code_of(wrong)), (401, "bad_credentials"))
        self.assertEqual(ann.request("DELETE", f"/v1/orgs/globex/invitations/{made['id']}").status, 404)
        joined = guest.post("/v1/invitations/accept", {"token": token, "password": PASSWORD})
        self.assertEqual([org["id"] for org in joined.json()["orgs"]], ["acme", "globex"])

    def test_a_role_too_low_invites_nobody(self):
        member = self.browser(self.person("lowly", "member"))
        invitation = {"email": "x@acme.example", "role": "member"}
        self.assertEqual(member.post("/v1/orgs/acme/invitations", invitation).status, 403)
        self.assertEqual(member.get("/v1/orgs/globex/invitations").status, 404)
        admin = self.browser(self.person("middling", "admin"))
        self.assertEqual(admin.post("/v1/orgs/acme/invitations", invitation | {"role": "primary_admin"}).status, 403)

    def mailed(self, email: str, page: str, count: int = 1) -> str:
        """The token of the link in the newest of the mails to that address; the link is in text and HTML alike."""
        def look():
            found = [mail for mail in self.mail.mails_to(email)
                     if f"/{page}#" in mail.get_body(("plain",)).get_content()]
            return found if len(found) >= count else None
        mail = until(f"a mail to {email}", 20, look)[-1]
        link = re.search(rf"{re.escape(self.server.url)}/{page}#([\w-]{{43}})\b",
                         mail.get_body(("plain",)).get_content())
        self.assertIn(link[0], mail.get_body(("html",)).get_content())
        return link[1]

    def test_a_forgotten_password_is_set_anew(self):
        email = self.person("forgetful")
        old = self.browser(email)
        browser = self.browser()
        unknown = browser.post("/v1/password_resets", {"email": "nobody@acme.example"})
        known = browser.post("/v1/password_resets", {"email": email.upper()})
        self.assertEqual((known.status, known.body), (unknown.status, unknown.body))
        self.assertEqual(known.status, 202)
        token = self.mailed(email, "reset")
        self.assertEqual(browser.post("/v1/password_resets/redeem", {"token": token, "password": "123"}).status, 422)
        self.assertEqual(browser.post("/v1/password_resets/redeem", {"token": token, "password": OTHER}).status, 204)
        again = browser.post("/v1/password_resets/redeem", {"token": token, "password": PASSWORD})
        self.assertEqual(self.code_of(again), "link_not_valid")
        self.assertEqual(old.get("/v1/sessions/current").status, 401)
        self.assertEqual(browser.sign_in(email, PASSWORD).status, 401)
        self.assertEqual(browser.sign_in(email, OTHER).status, 201)
        self.assertEqual(self.mail.mails_to("nobody@acme.example"), [])
        self.entries("trailkeeper.user.password_reset", email)

    # --- the account

    def test_a_second_factor_is_asked_for_and_no_code_works_twice(self):
        email = self.person("careful")
        browser, other = self.browser(email), self.browser(email)
        self.assertEqual(self.code_of(browser.post("/v1/me/second_factor", {"password": OTHER})), "wrong_password")
        begun = browser.post("/v1/me/second_factor", {"password": PASSWORD}).json()
        self.assertEqual(urllib.parse.parse_qs(urllib.parse.urlsplit(begun["otpauth_url"]).query)["secret"],
                         [begun["secret"]])
        self.assertEqual(self.code_of(browser.post("/v1/me/second_factor/confirm", {"code": "000000"})), "wrong_code")
        first = totp(begun["secret"])
        confirmed = browser.post("/v1/me/second_factor/confirm", {"code": first})
        self.assertEqual(confirmed.status, 200, confirmed.body)
        codes = confirmed.json()["recovery_codes"]
        self.assertEqual(len(set(codes)), 10)
        self.assertEqual(other.get("/v1/me").status, 401, "other sessions have ended")
        database = (self.server.data / "settings.db").read_bytes() + (self.server.data / "settings.db-wal").read_bytes()
        for secret in [begun["secret"].encode(), base64.b32decode(begun["secret"]), *map(str.encode, codes)]:
            self.assertNotIn(secret, database)

        stranger = self.browser()
        needed = stranger.sign_in(email, PASSWORD)
        self.assertEqual((needed.status, self.code_of(needed)), (401, "second_factor_needed"))
        self.assertEqual(self.code_of(stranger.sign_in(email, OTHER, totp(begun["secret"], 1))), "bad_credentials")
        self.assertEqual(self.code_of(stranger.sign_in(email, PASSWORD, first)), "wrong_code", "used already")
        later = totp(begun["secret"], 1)
        self.assertEqual(stranger.sign_in(email, PASSWORD, later).status, 201)
        self.assertEqual(self.code_of(stranger.sign_in(email, PASSWORD, later)), "wrong_code")
        self.assertEqual(stranger.sign_in(email, PASSWORD, codes[0].upper()).status, 201)
        self.assertEqual(self.code_of(stranger.sign_in(email, PASSWORD, codes[0])), "wrong_code")
        self.assertEqual(stranger.get("/v1/me").json()["second_factor"]["recovery_codes_left"], 9)
        methods = {json.dumps(e["metadata"]) for e in self.entries("trailkeeper.user.signed_in", email, count=4)}
        self.assertEqual(methods, {'{"method": "password"}', '{"method": "totp"}', '{"method": "recovery_code"}'})
        self.entries("trailkeeper.user.second_factor_on", email)
        # Lost, both the device and the codes.
        self.server.admin("user", "reset-second-factor", "--email", email)
        self.assertEqual(stranger.get("/v1/me").status, 401)
        self.assertEqual(self.browser(email).get("/v1/me").json()["second_factor"]["enabled"], False)

    def test_sessions_are_listed_and_ended(self):
        email = self.person("busy")
        here, there = self.browser(email), self.browser(email)
        listed = here.get("/v1/me/sessions").json()["data"]
        self.assertEqual(sorted(one["current"] for one in listed), [False, True])
        away = next(one for one in listed if not one["current"])
        self.assertEqual((away["method"], away["ip"]), ("password", "127.0.0.1"))
        stranger = self.browser("ann@acme.example")
        self.assertEqual(stranger.request("DELETE", f"/v1/me/sessions/{away['id']}").status, 404)
        self.assertEqual(here.request("DELETE", f"/v1/me/sessions/{away['id']}").status, 204)
        self.assertEqual(there.get("/v1/me").status, 401)
        self.assertEqual(here.request("PATCH", "/v1/me", {"name": "Busy Bee"}).json()["name"], "Busy Bee")
        third = self.browser(email)
        changed = here.post("/v1/me/password", {"current": PASSWORD, "new": OTHER})
        self.assertEqual(changed.status, 204, changed.body)
        self.assertEqual((here.get("/v1/me").status, third.get("/v1/me").status), (200, 401))
        self.entries("trailkeeper.user.session_ended", email)

    def test_roles_end_at_once_and_a_primary_admin_stays(self):
        ann = self.browser("ann@acme.example")
        boss = self.person_id("ann@acme.example")
        last = ann.request("PATCH", f"/v1/orgs/acme/people/{boss}", {"role": "admin"})
        self.assertEqual((last.status, self.code_of(last)), (409, "last_primary_admin"))
        self.assertEqual(ann.request("DELETE", f"/v1/orgs/acme/people/{boss}").status, 409)
        email = self.person("shortly")
        person, browser = self.person_id(email), self.browser(email)
        self.assertEqual(browser.get("/v1/orgs/acme/events").status, 200)
        self.assertEqual(browser.request("DELETE", f"/v1/orgs/acme/people/{boss}").status, 403)
        ann.request("PATCH", f"/v1/orgs/acme/people/{person}", {"role": "member"})
        self.assertEqual(browser.get("/v1/orgs/acme/events").status, 403)
        self.assertEqual(ann.request("DELETE", f"/v1/orgs/globex/people/{person}").status, 404)
        self.assertEqual(ann.request("DELETE", f"/v1/orgs/acme/people/{person}").status, 204)
        self.assertEqual(browser.get("/v1/sessions/current").status, 401)
        email = self.person("unwanted")
        browser = self.browser(email)
        self.server.admin("user", "disable", "--email", email)
        self.assertEqual(browser.get("/v1/sessions/current").status, 401)
        self.assertEqual(self.browser().sign_in(email, PASSWORD).status, 401)
        self.server.admin("user", "enable", "--email", email)
        self.browser(email)
        self.entries("trailkeeper.member.removed", "ann@acme.example")
        self.entries("trailkeeper.user.disabled")

    # --- slowing, behind a proxy

    def test_guessing_slows_the_guesser_and_not_the_victim(self):
        email = self.person("victim")
        home = self.browser(email, address="198.51.100.1")
        known = dict(home.jar)
        guesser = self.browser(address="203.0.113.9")
        statuses = [guesser.sign_in(email, f"guess {i}").status for i in range(8)]
        self.assertEqual(statuses[:5], [401] * 5)
        self.assertIn(429, statuses)
        self.assertGreater(int(guesser.sign_in(email, PASSWORD).headers["retry-after"]), 0)
        self.assertEqual(self.browser(address="198.51.100.1").sign_in(email, PASSWORD).status, 201, "from home")
        # Even from the guesser's own address the browser she has used before gets in.
        travelling = self.browser(address="203.0.113.9")
        travelling.jar["device"] = known["device"]
        self.assertEqual(travelling.sign_in(email, PASSWORD).status, 201)
        forged = self.browser(address="203.0.113.9")
        forged.jar["device"] = "A" * 43
        self.assertEqual(forged.sign_in(email, PASSWORD).status, 429)
        failed = self.entries("trailkeeper.user.sign_in_failed", email, count=5)
        self.assertEqual({entry["context"]["ip"] for entry in failed}, {"203.0.113.9"})

    # --- from the vendor's product

    def test_a_portal_link_opens_one_organization_once(self):
        ask = {"organization": "acme", "intent": "audit_logs", "return_url": f"{PARENT}/settings/logs",
               "user": {"id": "u_77", "name": "Zoë", "email": "zoe@customer.example"}}
        made = self.vendor.post("/portal/generate_link", ask)
        self.assertEqual(made.status, 201, made.body)
        token = made.json()["link"].removeprefix(f"{self.server.url}/portal#")
        refused = self.vendor.post("/portal/generate_link", ask | {"return_url": f"{PARENT}/settings.evil.example"})
        self.assertEqual(refused.status, 422, refused.body)
        self.assertEqual(self.vendor.post("/portal/generate_link", ask | {"intent": "dsync"}).status, 422)
        browser = self.browser()
        for _ in range(2):
            look = browser.post("/v1/portal/look", {"token": token}).json()
            self.assertEqual((look["org"]["id"], look["intent"]), ("acme", "audit_logs"))
        session = browser.post("/v1/portal/sessions", {"token": token})
        self.assertEqual(session.status, 201, session.body)
        self.assertEqual(session.json()["portal"], {"intent": "audit_logs", "return_url": f"{PARENT}/settings/logs"})
        self.assertEqual([(org["id"], org["role"]) for org in session.json()["orgs"]], [("acme", "admin")])
        self.assertEqual(browser.post("/v1/portal/look", {"token": token}).status, 404)
        self.assertEqual(browser.post("/v1/portal/sessions", {"token": token}).status, 404)
        self.assertEqual(browser.get("/v1/orgs/acme/events").status, 200)
        self.assertEqual(browser.get("/v1/orgs/globex/events").status, 404)
        self.assertEqual(self.code_of(browser.get("/v1/orgs/acme/people")), "guest")
        self.assertEqual(self.code_of(browser.get("/v1/me")), "guest")
        entry = self.entries("trailkeeper.user.signed_in", "zoe@customer.example")[0]
        self.assertEqual(entry["actor"]["id"], "u_77")
        self.assertEqual(entry["metadata"], {"method": "portal"})

    def test_an_embedded_page_reads_and_does_nothing_else(self):
        ask = {"organization_id": "acme", "parent": PARENT, "user": {"id": "u_88", "name": "Kim"}}
        made = self.vendor.post("/v1/embed_tokens", ask)
        self.assertEqual(made.status, 201, made.body)
        self.assertEqual(made.json()["url"], f"{self.server.url}/embed/audit-logs#{made.json()['token']}")
        self.assertEqual(self.vendor.post("/v1/embed_tokens", ask | {"parent": "https://evil.example"}).status, 422)
        self.assertEqual(self.key.post("/v1/embed_tokens", ask | {"organization_id": "globex"}).status, 404)
        page = self.server.client(made.json()["token"])
        self.assertEqual(page.get("/v1/sessions/current").json()["orgs"][0]["id"], "acme")
        self.assertEqual(page.get("/v1/orgs/acme/events").status, 200)
        self.assertEqual(page.get("/v1/orgs/globex/events").status, 404)
        for method, path in [("GET", "/v1/orgs/acme/people"), ("GET", "/v1/orgs/acme/integrations/s3"),
                             ("GET", "/v1/me"), ("POST", "/v1/embed_tokens"), ("DELETE", "/v1/sessions/current"),
                             ("GET", "/v1/orgs/acme/feed")]:
            self.assertEqual(page.request(method, path, {} if method == "POST" else None).status, 403, path)
        cookie = self.server.client()
        cookie.cookie = f"sid={made.json()['token']}"
        self.assertEqual(cookie.get("/v1/orgs/acme/events").status, 401)
        for path, ancestors in [("/embed/audit-logs", PARENT), ("/", "'none'"), ("/sign-in", "'none'"),
                                ("/v1/sessions/current", "'none'")]:
            headers = self.server.client().get(path).headers
            self.assertTrue(headers["content-security-policy"].endswith(f"frame-ancestors {ancestors}"), path)
            self.assertEqual("x-frame-options" in headers, ancestors == "'none'", path)

    # --- a customer's own provider

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

    def through_provider(self, org: str = "acme", change=lambda url: url, browser=None) -> tuple[Browser, str]:
        """Sign-in by redirects, as a browser does it; where it led."""
        browser = browser or self.browser()
        begun = browser.get(f"/v1/sign_in/oidc/{org}", next="/orgs/acme/settings/audit-logs")
        self.assertEqual(begun.status, 302, begun.body)
        self.assertTrue(begun.headers["location"].startswith("http"), begun.headers["location"])
        url, jar = begun.headers["location"], {}
        for _ in range(8):
            if not url.startswith("http") or url.startswith(self.server.url):
                break
            status, url = browser.follow(url, jar)
            self.assertIn(status, (302, 303), url)
        url = change(url)
        back = browser.get(url.removeprefix(self.server.url))
        self.assertEqual(back.status, 302, back.body)
        return browser, back.headers["location"]

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

        browser, where = self.through_provider()
        self.assertEqual(where, "/orgs/acme/settings/audit-logs", self.server.log_tail())
        session = browser.get("/v1/sessions/current").json()
        self.assertEqual((session["person"]["email"], session["method"]), ("pat@acme.example", "oidc"))
        self.assertEqual([(org["id"], org["role"]) for org in session["orgs"]], [("acme", "admin")])
        entry = self.entries("trailkeeper.user.signed_in", "pat@acme.example")[0]
        self.assertEqual(entry["metadata"], {"method": "oidc"})
        self.refused_answers()
        self.keys_turn_over()
        self.one_customers_provider_speaks_for_no_other()
        self.provider_is_required(ann, change)

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
        browser, where = self.through_provider()
        self.assertEqual(where, "/orgs/acme/settings/audit-logs", self.server.log_tail())
        self.assertEqual(browser.get("/v1/sessions/current").json()["person"]["email"], "pat@acme.example", "by sub")

    def one_customers_provider_speaks_for_no_other(self):
        """Somebody of two organisations, an operator even: the provider of one says so, and opens that one."""
        email = "both@acme.example"
        self.server.admin("operator", "create", "--email", email, "--name", "Both", stdin=PASSWORD + "\n")
        self.server.admin("user", "create", "--org", "globex", "--email", email, "--name", "Both", "--role", "admin")
        self.say(sub="p-2", keys=2, claims={"email": email, "email_verified": True, "name": "Both"})
        browser, _ = self.through_provider()
        session = browser.get("/v1/sessions/current").json()
        self.assertEqual((session["operator"], [org["id"] for org in session["orgs"]]), (False, ["acme"]))
        self.assertEqual(browser.get("/v1/orgs/globex/events").status, 404)
        self.assertEqual(browser.get("/v1/people").status, 403)
        browser.csrf = session["csrf_token"]
        changed = browser.request("PATCH", "/v1/me", {"name": "Eve"})
        self.assertEqual((changed.status, self.code_of(changed)), (403, "own_sign_in_needed"))

    def provider_is_required(self, ann, change):
        self.assertEqual(ann.put("/v1/orgs/acme/sign_in", change | {"required": True}).status, 200)
        self.addCleanup(lambda: self.vendor.request("DELETE", "/v1/orgs/acme/sign_in"))
        refused = self.browser().sign_in("ann@acme.example", PASSWORD)
        self.assertEqual((refused.status, self.code_of(refused)), (401, "sso_required"))
        self.assertEqual(ann.get("/v1/orgs/acme/events").status, 404, "what a password opened before")
        self.assertEqual(self.code_of(self.browser().sign_in("ann@acme.example", OTHER)), "bad_credentials")
        browser, _ = self.through_provider()
        self.assertEqual(browser.get("/v1/orgs/acme/events").status, 200)
        self.assertEqual(self.vendor.request("DELETE", "/v1/orgs/acme/sign_in").status, 204)
        self.assertEqual(browser.get("/v1/sessions/current").status, 401)
        self.assertEqual(ann.get("/v1/orgs/acme/events").status, 200)
        self.entries("trailkeeper.sign_in.removed")


if __name__ == "__main__":
    unittest.main(verbosity=2)
