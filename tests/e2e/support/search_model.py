"""What the search language means (docs/search.md), the slow and obvious way: over a list of records, in Python."""
import datetime
import random
import unicodedata

SIGNS = ("unauthorised", "critical_change", "unusual_source")


def fold(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def micros(time: str) -> int:
    moment = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    return round(moment.timestamp()) * 1_000_000 if not moment.microsecond else (
        int(moment.replace(microsecond=0).timestamp()) * 1_000_000 + moment.microsecond)


def actor(record: dict, *names: str) -> list[str]:
    return [record["actor"][name] for name in names if record["actor"].get(name)]


def texts(record: dict, field: str) -> list[str]:
    """What of an entry a field looks at."""
    context = record.get("context", {})
    if field == "text":
        return texts(record, "name") + texts(record, "email") + texts(record, "action") + texts(record, "area")
    if field == "actor":
        return actor(record, "id", "name", "username", "email")
    if field == "name":
        return actor(record, "name", "username")
    if field == "email":
        return actor(record, "email")
    if field == "action":
        return [value for value in (record["action"], record.get("action_label")) if value]
    if field == "target":
        return [target[name] for target in record.get("targets", []) for name in ("type", "id", "name") if target.get(name)]
    if field == "ip":
        return [context["ip"].lower()] if context.get("ip") else []
    if field in ("request", "session"):
        value = context.get(f"{field}_id")
        return [value] if value else []
    if field == "status":
        return [str(record["http_status"])] if record.get("http_status") else []
    return [record[field]] if record.get(field) else []


def failed(record: dict) -> bool:
    return record.get("outcome") == "failure" or record.get("http_status", 0) >= 400


def network(ip: str) -> str:
    return ":".join(ip.lower().split(":")[:3]) if ":" in ip else ip.rsplit(".", 1)[0]


class Model:
    def __init__(self, records: list[dict]):
        self.records = records
        first: dict[tuple[str, str], int] = {}
        for record in records:
            ip = record.get("context", {}).get("ip")
            if ip:
                place = (record["actor"]["id"], network(ip))
                first[place] = min(first.get(place, 1 << 62), micros(record["occurred_at"]))
        start: dict[str, int] = {}
        for (who, _), time in first.items():
            start[who] = min(start.get(who, 1 << 62), time)
        self.unusual = {(who, where, time) for (who, where), time in first.items() if time > start[who]}

    def sign(self, record: dict, name: str) -> bool:
        if name == "critical_change":
            changed = record.get("category") in ("permission", "configuration") and record.get("crud") != "read"
            return not failed(record) and (changed or record.get("crud") == "delete")
        ip = record.get("context", {}).get("ip")
        unusual = bool(ip) and (record["actor"]["id"], network(ip), micros(record["occurred_at"])) in self.unusual
        if name == "unusual_source":
            return unusual
        return (record.get("category") == "authentication" and failed(record) or record.get("http_status") in (401, 403)
                or unusual)

    def holds(self, record: dict, field: str, value: str, whole: bool) -> bool:
        if field == "is":
            return self.sign(record, value)
        found = texts(record, field)
        if field in ("category", "outcome", "crud", "request", "session"):
            return value in found
        if field == "status":
            return any(text.startswith(value[0]) if value.endswith("xx") else text == value for text in found)
        if field == "ip":
            return any(text.startswith(value[:-1]) if value.endswith("*") else text == value for text in found)
        if whole:
            return value in found
        if field == "actor":
            return record["actor"]["id"] == value or any(
                fold(value) in fold(text) for text in actor(record, "name", "username", "email"))
        return any(fold(value) in fold(text) for text in found)

    def find(self, terms: list[tuple], window=lambda record: True) -> list[dict]:
        """`terms`: (none, field, [(value, whole), ...]). Newest first."""
        found = [record for record in self.records if window(record) and all(
            none != any(self.holds(record, field, value, whole) for value, whole in values)
            for none, field, values in terms)]
        return sorted(found, key=lambda record: (micros(record["occurred_at"]), record["seq"]), reverse=True)


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(terms: list[tuple], chance: random.Random) -> str:
    """The query for such terms, in one of its spellings."""
    parts = []
    for none, field, values in terms:
        words = []
        for value, whole in values:
            plain = value.isascii() and value.isalnum() and value not in ("AND", "OR", "NOT")
            word = value if plain and chance.random() < 0.5 or field in ("is", "status") else quoted(value)
            words.append(("=" if whole else "") + word)
        parts.append(("-" if none else "") + (f"{field}:" if field != "text" else "") + ",".join(words))
    return " ".join(parts)


class Questions:
    """Random terms that have something to do with the records."""

    def __init__(self, records: list[dict], chance: random.Random):
        self.records, self.chance = records, chance

    def terms(self) -> list[tuple]:
        return [self.term() for _ in range(self.chance.choice((1, 1, 1, 2, 2, 3)))]

    def term(self) -> tuple:
        fields = ("text", "actor", "name", "email", "action", "area", "application", "target", "category", "outcome",
                  "crud", "ip", "status", "request", "session", "is")
        field = self.chance.choice(fields)
        none = self.chance.random() < 0.3
        count = 1 if field == "text" else self.chance.choice((1, 1, 2, 3))
        return none, field, [self.value(field) for _ in range(count)]

    def value(self, field: str) -> tuple[str, bool]:
        chance = self.chance
        if field == "is":
            return chance.choice(SIGNS), False
        candidates = []
        for _ in range(50):
            candidates = texts(chance.choice(self.records), field)
            if candidates:
                break
        if not candidates:
            return "nothing", False
        value = chance.choice(candidates)
        if field in ("category", "outcome", "crud", "request", "session"):
            return value, False
        if field == "status":
            return (value if chance.random() < 0.6 else value[0] + "xx"), False
        if field == "ip":
            return (value if chance.random() < 0.6 else value[:5] + "*"), False
        if field != "text" and chance.random() < 0.4:
            return value, True
        start = chance.randrange(len(value))
        part = value[start:start + chance.randint(1, 12)].strip()
        part = chance.choice((part, part.upper(), part.lower())) if field != "actor" else part
        return (part or value), False
