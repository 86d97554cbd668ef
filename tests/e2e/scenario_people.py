#!/usr/bin/env python3
"""People, as they and the vendor's product come in: invitations and new passwords by mail, a second factor, sessions
that end, wrong passwords that shut out no victim, portal links and the embedded page, a proxy in front; each with its
entry in the right trail (REQUIREMENTS A9, B2, G5; promise 7)."""
import base64
import json
import re
import time
import unittest
import urllib.parse

from support.client import until
from support.people import OTHER, PARENT, PASSWORD, Browser, PeopleCase, totp


class People(PeopleCase):
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
        answers = [guesser.sign_in(email, f"guess {i}") for i in range(5)]
        self.assertEqual([answer.status for answer in answers], [401] * 5)
        # On with it until the wait is longer than what follows takes.
        while answers[-1].status != 429 or int(answers[-1].headers["retry-after"]) < 20:
            if answers[-1].status == 429:
                time.sleep(int(answers[-1].headers["retry-after"]))
            answers.append(guesser.sign_in(email, f"guess {len(answers)}"))
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

    def test_an_embedded_page_fetches_the_file_it_asked_for(self):
        ask = {"organization_id": "acme", "parent": PARENT, "user": {"id": "u_99", "name": "Lou", "email": "lou@acme.example"}}
        token, other = (self.vendor.post("/v1/embed_tokens", ask | {"organization_id": org}).json()["token"] for org in ("acme", "globex"))
        page, stranger = self.server.client(token), self.server.client(other)
        asked = page.post("/v1/orgs/acme/exports", {"format": "csv", "from": "2026-01-01T00:00:00Z"})
        self.assertEqual(asked.status, 202, asked.body)
        address = f"/v1/orgs/acme/exports/{asked.json()['id']}"
        until("the file is ready", 60, lambda: page.get(address).json()["state"] == "ready", 0.3)
        file = page.get(address + "/file")
        self.assertEqual((file.status, file.headers["content-disposition"].split(";")[0]), (200, "attachment"))
        self.assertTrue(file.body.startswith(b"Date,Username,Name,"), file.body[:100])
        self.assertEqual((stranger.get(address + "/file").status, self.server.client().get(address + "/file").status), (404, 401))
        for action in ("trailkeeper.export.requested", "trailkeeper.export.downloaded"):
            entry = self.entries(action, "lou@acme.example")[0]
            self.assertEqual((entry["actor"]["id"], entry["actor"]["name"]), ("u_99", "Lou"))
        # A mailed link would ask for a sign-in that Lou does not have.
        self.assertEqual(self.mail.mails_to("lou@acme.example"), [])

    def test_people_are_listed_with_their_last_sign_in(self):
        email = self.person("nia")
        def last() -> str | None:
            listed = self.vendor.pages("/v1/orgs/acme/people", limit=50)
            return next(person["last_sign_in_at"] for person in listed if person["email"] == email)
        self.assertIsNone(last())
        self.browser(email)
        before = last()
        self.assertIsNotNone(before)
        self.browser().sign_in(email, "not the password")
        self.assertEqual(last(), before)
        anywhere = self.vendor.get("/v1/people", q=email).json()["data"][0]
        self.assertEqual(anywhere["last_sign_in_at"], before)
        by_hand = self.server.admin("user", "list", "--org", "acme")["data"]
        self.assertEqual([person["last_sign_in_at"] for person in by_hand if person["email"] == email], [before])


if __name__ == "__main__":
    unittest.main(verbosity=2)
