"""People at their browsers: cookies by name, one-time codes, and a server with a vendor, two customers and mail."""
import base64
import hashlib
import hmac
import http.client
import struct
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
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=120)
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


class PeopleCase(unittest.TestCase):
    """One server for all tests of a class."""
    workspace = "people"

    @classmethod
    def setUpClass(cls):
        folder = places.workspace(cls.workspace)
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
