"""What must hold after anything: sent set = stored set, no gap in seq, no double, received_at never back, and the
bytes shown are the bytes hashed before the answer (promises 1 to 4)."""
import hashlib
import json

from harness.writers import Sent
from support.client import until
from support.server import Server


class Wrong(AssertionError):
    """One of the promises does not hold."""


def lines_of(page: bytes) -> list[tuple[dict, bytes]]:
    """The records of a page with their exact bytes."""
    text = page.decode()
    decoder, found = json.JSONDecoder(), []
    at = text.index('"data":[') + len('"data":[')
    while text[at] != "]":
        record, end = decoder.raw_decode(text, at)
        found.append((record, text[at:end].encode()))
        at = end + 1 if text[end] == "," else end
    return found


def records(server: Server, org: str, key: str) -> list[tuple[dict, bytes]]:
    found, query = [], {"limit": 200, "order": "asc", "from": "2000-01-01T00:00:00Z"}
    while True:
        page = server.client(key).get(f"/v1/orgs/{org}/events", **query)
        if page.status == 503:  # still opening
            return []
        if page.status != 200:
            raise Wrong(f"page of {org}: {page.status} {page.body[:300]!r}")
        found += lines_of(page.body)
        if not page.json()["has_more"]:
            return found
        query["cursor"] = page.json()["next_cursor"]


def check(server: Server, keys: dict[str, str], sent: Sent, seconds: float = 60) -> int:
    """REQUIRES: every event sent has been answered. Waits until all are on the page. How many records were compared."""
    compared = 0
    for org, key in keys.items():
        expected = sent.events.get(org, {})

        def look(org=org, key=key, expected=expected):
            found = records(server, org, key)
            there = {record.get("external_id") for record, _ in found}
            return found if found and expected.keys() <= there else [] if expected else [None]

        try:
            found = until(f"all events of {org} are on the page", seconds, look, every=0.15)
        except AssertionError:
            there = {record.get("external_id") for record, _ in records(server, org, key)}
            lost = sorted(expected.keys() - there)
            raise Wrong(f"{org}: {len(lost)} of {len(expected)} acknowledged events are lost: {lost[:10]}") from None
        if expected:
            compare(org, expected, sent.answers, found)
            compared += len(found)
    return compared


def compare(org: str, expected: dict[str, dict], answers: dict[str, dict], found: list[tuple[dict, bytes]]) -> None:
    seen: dict[str, dict] = {}
    for record, line in found:
        if record.get("application") == "trailkeeper":
            continue  # our own entries
        external = record["external_id"]
        if external in seen:
            raise Wrong(f"{org}: {external} is stored twice")
        seen[external] = record
        answer = answers[external] if external in expected else None
        if answer is None:
            raise Wrong(f"{org}: {external} was never sent")
        told = (answer["id"], answer["seq"], answer["received_at"], answer["sha256"])
        stored = (record["id"], record["seq"], record["received_at"], hashlib.sha256(line).hexdigest())
        if told != stored:
            raise Wrong(f"{org}: {external} is not what was answered: {told} and {stored}")
    by_seq = sorted((record for record, _ in found), key=lambda record: int(record["seq"]))
    numbers = [int(record["seq"]) for record in by_seq]
    if numbers != list(range(1, len(numbers) + 1)):
        raise Wrong(f"{org}: seq has a gap or a double: {numbers[:5]} ... {numbers[-5:]} of {len(numbers)}")
    times = [record["received_at"] for record in by_seq]
    if times != sorted(times):
        raise Wrong(f"{org}: received_at goes back")
