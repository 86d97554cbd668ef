"""Believable audit events of a small company: people who sign in, work for a while and sign out, over two weeks.

Pure: a random generator, a time and a count go in, events on the wire come out, oldest first.
"""
import datetime
import random
import uuid
from typing import NamedTuple


class Person(NamedTuple):
    id: str
    name: str
    email: str
    role: str
    ip: str
    agent: str
    busy: int


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"

PEOPLE = [
    Person("u_1001", "Ada Okonkwo-Lindqvist", "ada@demo.example", "primary_admin", "203.0.113.14", FIREFOX, 9),
    Person("u_1002", "Zoë Müller", "zoe.mueller@demo.example", "admin", "203.0.113.27", CHROME, 8),
    Person("u_1003", "Søren Ødegård", "soren@demo.example", "editor", "203.0.113.31", SAFARI, 7),
    Person("u_1004", "李小龍", "xiaolong.li@demo.example", "editor", "198.51.100.8", CHROME, 6),
    Person("u_1005", "Αλέξανδρος Παπαδόπουλος", "alex.p@demo.example", "analyst", "198.51.100.77", FIREFOX, 6),
    Person("u_1006", "محمد الفارسي", "m.alfarsi@demo.example", "analyst", "2001:db8:14::21", PHONE, 5),
    Person("u_1007", "Sam Lee", "sam.lee@demo.example", "editor", "203.0.113.90", SAFARI, 8),
    Person("u_1008", "Nguyễn Thị Hương", "huong@demo.example", "analyst", "2001:db8:14::9a", CHROME, 4),
    Person("u_1009", "İpek Yılmaz", "ipek@demo.example", "viewer", "198.51.100.140", PHONE, 3),
    Person("u_1010", "Łukasz Żółty", "lukasz@demo.example", "viewer", "203.0.113.115", FIREFOX, 3),
]
ROBOT = Person("svc_sync", "Nightly sync", "", "service", "192.0.2.50", "demo-sync/3.4", 0)

SEGMENTS = ["Enterprise EMEA", "Trial, week 2", "Churn risk", "新規顧客", "Événements 2026", "Power users"]
REPORTS = ["Quarterly revenue", "Login activity", "Größte Kunden", "Seat usage"]
HTTP_ERRORS = [
    (400, "validation_failed", "The field \"starts_at\" lies after \"ends_at\""),
    (401, "session_expired", "The session expired after 12 hours"),
    (403, "missing_permission", "The role viewer may not open billing"),
    (404, "report_not_found", "There is no report r_4711"),
    (500, "internal", "Unexpected reply of the pricing service"),
    (503, "unavailable", "The export service is restarting"),
]


def event(person: Person, action: str, label: str, area: str, category: str, **more) -> dict:
    """The members that every entry has; `more` overrides and adds."""
    actor = {"type": "service" if person is ROBOT else "user", "id": person.id, "name": person.name, "role": person.role}
    if person.email:
        actor |= {"email": person.email, "username": person.email.split("@")[0]}
    return {"action": action, "action_label": label, "area": area, "application": "Demo app", "category": category,
            "actor": actor, "context": {"ip": person.ip, "user_agent": person.agent}, "outcome": "success"} | more


def target(kind: str, name: str) -> list[dict]:
    return [{"type": kind, "id": f"{kind[:3]}_{uuid.uuid5(uuid.NAMESPACE_DNS, name).hex[:8]}", "name": name}]


def data_event(rng: random.Random, person: Person) -> dict:
    name = rng.choice(SEGMENTS)
    what = rng.choices(["read", "update", "create", "delete"], [50, 28, 16, 6])[0]
    done = {"read": "viewed", "update": "updated", "create": "created", "delete": "deleted"}[what]
    entry = event(person, f"segment.{done}", f"{done.capitalize()} segment", "Segments", "data", crud=what,
                  targets=target("segment", name))
    if what == "update":
        size = rng.randrange(200, 9000)
        entry["changes"] = [
            {"field": "filter.country", "before": ["DE", "AT"], "after": ["DE", "AT", rng.choice(["CH", "FR", "日本"])]},
            {"field": "members", "before": size, "after": size + rng.randrange(1, 400)}]
    return entry


def report_event(rng: random.Random, person: Person) -> dict:
    name = rng.choice(REPORTS)
    if rng.random() < 0.6:
        return event(person, "report.viewed", "Viewed report", "Reports", "data", crud="read",
                     targets=target("report", name))
    label, action = rng.choice([("Exported report", "report.exported"), ("Downloaded report", "report.downloaded")])
    return event(person, action, label, "Reports", "export", targets=target("report", name),
                 metadata={"format": rng.choice(["csv", "xlsx"]), "rows": rng.randrange(10, 50000)})


def permission_event(rng: random.Random, person: Person) -> dict:
    other = rng.choice(PEOPLE)
    if rng.random() < 0.35:
        invited = rng.choice(["jo@partner.example", "ines.álvarez@partner.example", "k.tanaka@partner.example"])
        return event(person, "invite.sent", "Invite sent", "People", "permission", crud="create",
                     targets=target("invite", invited), metadata={"role": "viewer"})
    before, after = rng.sample(["viewer", "analyst", "editor", "admin"], 2)
    return event(person, "role.changed", "Changed role", "People", "permission", crud="update",
                 targets=target("user", other.name), changes=[{"field": "role", "before": before, "after": after}])


def configuration_event(rng: random.Random, person: Person) -> dict:
    field, before, after = rng.choice([
        ("sso.required", False, True), ("session.hours_max", 24, 12), ("password.length_min", 10, 14),
        ("webhook.url", "https://hooks.demo.example/a", "https://hooks.demo.example/b"),
        ("retention.days", 180, 400), ("company.display_name", "Lumiere & Sohne", "Lumière & Söhne")])
    return event(person, "settings.updated", "Changed setting", "Settings", "configuration", crud="update",
                 targets=target("setting", field), changes=[{"field": field, "before": before, "after": after}])


def error_event(rng: random.Random, person: Person) -> dict:
    status, code, message = rng.choices(HTTP_ERRORS, [5, 6, 6, 7, 2, 2])[0]
    return event(person, "request.failed", "Request failed", rng.choice(["Reports", "Segments", "Billing"]), "error",
                 outcome="failure", http_status=status, error={"code": code, "message": message},
                 context={"ip": person.ip, "user_agent": person.agent,
                          "url": f"https://app.demo.example/{rng.choice(['reports', 'segments', 'billing'])}"})


def failed_sign_in(rng: random.Random, person: Person, ip: str = "") -> dict:
    code, message = rng.choice([("bad_password", "The password is wrong"), ("bad_second_factor", "The code is wrong")])
    return event(person, "user.sign_in_failed", "Sign-in failed", "Sign-in", "authentication", outcome="failure",
                 http_status=401, error={"code": code, "message": message},
                 context={"ip": ip or person.ip, "user_agent": person.agent, "url": "https://app.demo.example/login"})


WORK = [(data_event, 52), (report_event, 26), (permission_event, 9), (configuration_event, 7), (error_event, 9)]


def sitting(rng: random.Random, person: Person, start: datetime.datetime) -> list[tuple]:
    """One sitting of one person: perhaps a mistyped password, a sign-in, some work, mostly a sign-out."""
    at, entries, session = start, [], f"s_{rng.getrandbits(40):010x}"

    def add(entry: dict) -> None:
        entry["context"]["session_id"] = session
        entries.append((at, entry))

    if rng.random() < 0.12:
        add(failed_sign_in(rng, person))
        at += datetime.timedelta(seconds=rng.randrange(8, 40))
    add(event(person, "user.signed_in", "Signed in", "Sign-in", "authentication",
              metadata={"method": rng.choice(["password", "sso"])}))
    for _ in range(rng.randrange(2, 14)):
        at += datetime.timedelta(seconds=rng.randrange(5, 900), milliseconds=rng.randrange(1000))
        kinds = [kind for kind, _ in WORK if person.role in ("primary_admin", "admin") or
                 kind not in (permission_event, configuration_event)]
        weights = [weight for kind, weight in WORK if kind in kinds]
        add(rng.choices(kinds, weights)[0](rng, person))
    if rng.random() < 0.7:
        at += datetime.timedelta(seconds=rng.randrange(5, 300))
        add(event(person, "user.signed_out", "Signed out", "Sign-in", "authentication"))
    return entries


def attack(rng: random.Random, start: datetime.datetime) -> list[tuple]:
    """A night of guessed passwords from one unusual address, for somebody to find."""
    return [(start + datetime.timedelta(seconds=7 * n), failed_sign_in(rng, rng.choice(PEOPLE[:3]), "192.0.2.222"))
            for n in range(34)]


def nightly(start: datetime.datetime, days: int) -> list[tuple]:
    return [(start + datetime.timedelta(days=day, hours=2, minutes=30), event(
        ROBOT, "sync.finished", "Sync finished", "Integrations", "other", metadata={"records": 4000 + 37 * day}))
        for day in range(days)]


def office_time(rng: random.Random, start: datetime.datetime, days: int) -> datetime.datetime:
    """A moment that is mostly in office hours and seldom on a weekend."""
    while True:
        day = start + datetime.timedelta(days=rng.randrange(days))
        if day.weekday() < 5 or rng.random() < 0.15:
            minute = min(max(rng.gauss(12.5 * 60, 150), 0), 23 * 60)
            return day + datetime.timedelta(minutes=minute, microseconds=rng.randrange(10**6))


def generate(rng: random.Random, now: datetime.datetime, count: int, days: int = 14) -> list[dict]:
    """`count` events of the last `days` days before `now`, in order of time."""
    first_day = (now - datetime.timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    timed = attack(rng, first_day + datetime.timedelta(days=days - 3, hours=3, minutes=12)) + nightly(first_day, days)
    weights = [person.busy for person in PEOPLE]
    while len(timed) < count:
        person = rng.choices(PEOPLE, weights)[0]
        timed += [item for item in sitting(rng, person, office_time(rng, first_day, days + 1)) if item[0] < now]
    timed = sorted(timed[:count], key=lambda item: item[0])
    return [entry | {"occurred_at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
                     "external_id": f"demo-{rng.getrandbits(64):016x}"} for at, entry in timed]
