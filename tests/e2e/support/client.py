"""A plain HTTP client: status, headers and JSON as they came, no exceptions for 4xx, no retries."""
import http.client
import json
import time
import urllib.parse
from typing import Any, NamedTuple

SECONDS_LEAST = 120


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One address and its credentials: a key, or the cookie of a session."""

    def __init__(self, host: str, port: int, key: str = "", timeout: float = 120):
        self.host, self.port, self.key, self.timeout = host, port, key, timeout
        self.cookie = self.csrf = ""

    def request(self, method: str, path: str, body: Any = None, headers: dict | None = None) -> Answer:
        """`body`: bytes go as they are, everything else as JSON. OSError when no answer comes."""
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if self.cookie:
            sent |= {"Cookie": self.cookie, "X-CSRF-Token": self.csrf,
                     "Origin": f"http://{self.host}:{self.port}", "Sec-Fetch-Site": "same-origin"}
        data = body
        if body is not None and not isinstance(body, bytes):
            data = json.dumps(body, ensure_ascii=False).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body=data, headers=sent | (headers or {}))
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def get(self, path: str, **query: Any) -> Answer:
        return self.request("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def put(self, path: str, body: Any) -> Answer:
        return self.request("PUT", path, body)

    def sign_in(self, email: str, password: str) -> Answer:
        answer = self.post("/v1/sessions", {"email": email, "password": password})
        if answer.status == 201:
            self.cookie = answer.headers["set-cookie"].split(";")[0]
            self.csrf = answer.json()["csrf_token"]
        return answer

    def pages(self, path: str, **query: Any) -> list[dict]:
        """All items of a list, by its cursor."""
        items: list[dict] = []
        while True:
            page = self.get(path, **query)
            if page.status != 200:
                raise AssertionError(f"{path}: {page.status} {page.body[:300]!r}")
            items += page.json()["data"]
            if not page.json()["has_more"]:
                return items
            query["cursor"] = page.json()["next_cursor"]


def until(what: str, seconds: float, look: Any, every: float = 0.1) -> Any:
    """Waits for `look()` to be true and returns it; the time is a bound for a broken server, not a measurement: a slow
    machine gets two minutes for whatever it is."""
    seconds = max(seconds, SECONDS_LEAST)
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(every)
