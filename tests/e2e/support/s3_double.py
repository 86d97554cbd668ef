"""A double of S3 and STS, for what Ceph's radosgw cannot show: external ids that are enforced, regions, keys, disabled
ACLs, expired sessions, and every fault of a call at a chosen moment. Signatures are not checked; digests are.

It keeps objects in memory, lets any session write unless a bucket's rule says otherwise, and counts what it did."""
import base64
import hashlib
import http.server
import json
import re
import secrets
import socket
import threading
import time
import urllib.parse
import xml.sax.saxutils


class Bucket:
    def __init__(self, **rules):
        self.objects: dict[str, bytes] = {}
        self.meta: dict[str, dict] = {}
        self.uploads: dict[str, tuple[str, dict]] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.sessions: set[str] | None = None  # who may; None: everybody but strangers of a check
        self.owner = "111122223333"
        self.region = "us-east-1"
        self.acl_disabled = self.acl_denied = self.put_denied = self.list_denied = self.key_denied = False
        self.ignores_conditions = self.kms = False
        self.open_to_all = False
        self.stored = self.replaced = 0
        self.__dict__.update(rules)


class Fault:
    """What happens to the calls of an operation on a bucket for audit files (or for keys with `within` in them), `times`
    times, after `after` good ones."""

    def __init__(self, operation: str, kind: str, times: int = 1, after: int = 0, within: str = "/audit_logs/"):
        self.operation, self.kind, self.times, self.after, self.within = operation, kind, times, after, within
        self.fired = 0


ERRORS = {  # kind: (status, code)
    "busy": (503, "SlowDown"), "slow_down": (429, "TooManyRequests"), "internal": (500, "InternalError"),
    "denied": (403, "AccessDenied"), "expired": (400, "ExpiredToken"), "no_bucket": (404, "NoSuchBucket"),
    "wrong_region": (301, "PermanentRedirect"), "skewed": (403, "RequestTimeTooSkewed"),
    "conflict": (409, "ConditionalRequestConflict")}
# The fourteen of one call.
FAULTS = ["busy", "slow_down", "internal", "reset", "lost_after", "lost_before", "error_in_200", "cut_answer", "denied",
          "expired", "no_bucket", "wrong_region", "skewed", "slow"]


class Double:
    """Runs while the `with` block does. `roles`: role ARN -> the external id it asks for, or None."""

    def __init__(self):
        self.buckets: dict[str, Bucket] = {}
        self.roles: dict[str, str | None] = {}
        self.faults: dict[str, list[Fault]] = {}
        self.sessions: dict[str, tuple[str, str]] = {}  # token -> role, session
        self.skewed = False  # whether S3 finds that our clock is wrong
        self.key_expired = ""  # the code that STS answers while the vendor's own key is no longer good
        self.lock = threading.RLock()
        self.calls: list[tuple[str, str]] = []
        self.on_call = None  # called with (operation, bucket, "before" | "after")
        double = self

        class Handler(_Handler):
            owner = double

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self.role_arn = "arn:aws:iam::999988887777:role/trailkeeper-delivery"
        self.roles[self.role_arn] = None

    def __enter__(self) -> "Double":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def config(self, more: str = "", workers: int = 8, endpoints: list[str] | None = None) -> tuple[str, dict]:
        """Configuration and environment of a vendor whose common role lives here."""
        config = (f'[s3]\nrole_arn = "{self.role_arn}"\nendpoints = {json.dumps(endpoints or [self.endpoint])}\nendpoint_region = "us-east-1"\n'
                  f'[delivery]\nretry_seconds_max = 1\nprobe_seconds = 2\nworkers = {workers}\n{more}')
        return config, {"TRAILKEEPER__S3__ACCESS_KEY_ID": "AKIADOUBLE", "TRAILKEEPER__S3__SECRET_ACCESS_KEY": "secret"}

    def expire_key(self, code: str) -> None:
        """From now on nobody gets a session, and those there are have ended."""
        with self.lock:
            self.key_expired = code
            self.sessions.clear()

    def take_fault(self, bucket: str, operation: str, key: str) -> str:
        with self.lock:
            for fault in self.faults.get(bucket, []):
                if fault.operation != operation or fault.within not in key or fault.fired >= fault.times:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.fired += 1
                return fault.kind
        return ""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Double

    def log_message(self, *_):
        pass

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (ConnectionError, socket.timeout):
            self.close_connection = True

    def do_HEAD(self): self.serve()
    def do_GET(self): self.serve()
    def do_PUT(self): self.serve()
    def do_POST(self): self.serve()
    def do_DELETE(self): self.serve()

    def serve(self):
        path, _, query = self.path.partition("?")
        self.query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
        self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.bucket, _, key = urllib.parse.unquote(path).lstrip("/").partition("/")
        self.key = key
        operation = self.operation()
        self.owner.calls.append((operation, self.bucket))
        fault = self.owner.take_fault(self.bucket, operation, key)
        on_call = self.owner.on_call or (lambda *_: None)
        on_call(operation, self.bucket, "before")
        if fault in ("reset", "lost_before"):
            if fault == "lost_before":
                time.sleep(0.05)
            return self.hang_up()
        if fault in ERRORS:
            return self.error(*ERRORS[fault])
        if fault == "error_in_200":
            return self.answer(200, error_body("InternalError"))
        if fault == "slow":
            time.sleep(1.0)
        with self.owner.lock:
            status, headers, body = self.act(operation)
        on_call(operation, self.bucket, "after")
        if fault == "lost_after":
            return self.hang_up()
        if fault == "cut_answer":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<x")
            return self.hang_up()
        self.answer(status, body, headers)

    def operation(self) -> str:
        if self.command == "HEAD":
            return "HeadBucket"
        if self.command == "POST":
            if not self.bucket:
                return "AssumeRole"
            return "CreateMultipartUpload" if "uploads" in self.query else "CompleteMultipartUpload"
        if self.command == "PUT":
            return "UploadPart" if "partNumber" in self.query else "PutObject"
        if self.command == "DELETE":
            return "AbortMultipartUpload"
        return "GetObject" if self.key else "ListObjectsV2"

    def act(self, operation: str):
        if operation == "AssumeRole":
            return self.assume()
        bucket = self.owner.buckets.get(self.bucket)
        if bucket is None:
            return (200, {}, b"") if operation == "HeadBucket" and not self.bucket else fail(404, "NoSuchBucket")
        if operation == "HeadBucket":
            return 403, {"x-amz-bucket-region": bucket.region}, b""
        if operation == "GetObject":
            found = bucket.objects.get(self.key)
            return fail(404, "NoSuchKey") if found is None else (200, {}, found)
        token = self.headers.get("x-amz-security-token")
        if token and self.owner.skewed:
            return fail(403, "RequestTimeTooSkewed")
        if token and token not in self.owner.sessions:
            return fail(400, "ExpiredToken")
        owner = self.headers.get("x-amz-expected-bucket-owner")
        if owner and owner != bucket.owner:
            return fail(403, "AccessDenied")
        if not self.may(bucket, operation):
            return fail(403, "AccessDenied")
        return getattr(self, operation)(bucket)

    def may(self, bucket: Bucket, operation: str) -> bool:
        role, session = self.owner.sessions.get(self.headers.get("x-amz-security-token", ""), ("", "owner"))
        if session == "owner" and not self.headers.get("x-amz-security-token"):
            return True  # the bucket's owner, as boto3 reads
        if bucket.open_to_all:
            return True
        if bucket.sessions is not None and session not in bucket.sessions:
            return False
        return not (bucket.list_denied if operation == "ListObjectsV2" else bucket.put_denied)

    def assume(self):
        form = dict(urllib.parse.parse_qsl(self.body.decode()))
        if self.owner.key_expired:
            return 403, {}, (f"<ErrorResponse><Error><Code>{self.owner.key_expired}</Code><Message>no longer</Message></Error>"
                             "<RequestId>sts</RequestId></ErrorResponse>").encode()
        role = form.get("RoleArn", "")
        wanted = self.owner.roles.get(role, "nobody")
        if role not in self.owner.roles or (wanted is not None and form.get("ExternalId") != wanted):
            body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>"
            return 403, {}, (body + "<RequestId>sts</RequestId></ErrorResponse>").encode()
        token = secrets.token_hex(8)
        self.owner.sessions[token] = (role, form["RoleSessionName"])
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        return 200, {}, (
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>"
            f"<SecretAccessKey>s</SecretAccessKey><SessionToken>{token}</SessionToken><Expiration>{expires}</Expiration>"
            "</Credentials></AssumeRoleResult></AssumeRoleResponse>").encode()

    def refused_put(self, bucket: Bucket):
        acl = self.headers.get("x-amz-acl")
        if acl and bucket.acl_disabled:
            return fail(400, "AccessControlListNotSupported")
        if acl and bucket.acl_denied:
            return fail(403, "AccessDenied")
        if bucket.key_denied:
            return fail(403, "AccessDenied", "not authorized to perform: kms:GenerateDataKey on this resource")
        return None

    def headers_of(self, bucket: Bucket, content: bytes, etag: str = "") -> dict:
        found = {"ETag": f'"{etag or hashlib.md5(content).hexdigest()}"'}
        asked = self.headers.get("x-amz-server-side-encryption") or ("aws:kms" if bucket.kms else "")
        if asked:
            found["x-amz-server-side-encryption"] = asked
        if asked == "aws:kms":
            found["ETag"] = f'"{hashlib.sha1(content).hexdigest()[:32]}"'
        return found

    def store(self, bucket: Bucket, content: bytes, meta: dict):
        if self.key in bucket.objects and not self.key.endswith(
                (".trailkeeper-connection-test", "/catalog.json", "/heartbeat.json")):
            bucket.replaced += 1
        bucket.objects[self.key] = content
        bucket.meta[self.key] = meta | {"modified": time.time()}
        bucket.stored += 1

    def PutObject(self, bucket: Bucket):
        refused = self.refused_put(bucket)
        if refused:
            return refused
        if sha256(self.body) != self.headers.get("x-amz-checksum-sha256"):
            return fail(400, "BadDigest")
        if self.headers.get("if-none-match") == "*" and self.key in bucket.objects and not bucket.ignores_conditions:
            return fail(412, "PreconditionFailed")
        headers = self.headers_of(bucket, self.body)
        self.store(bucket, self.body, {"etag": headers["ETag"], "type": self.headers.get("content-type"),
                                       "encoding": self.headers.get("content-encoding"),
                                       "encryption": headers.get("x-amz-server-side-encryption"),
                                       "kms_key": self.headers.get("x-amz-server-side-encryption-aws-kms-key-id")})
        return 200, headers, b""

    def CreateMultipartUpload(self, bucket: Bucket):
        refused = self.refused_put(bucket)
        if refused:
            return refused
        upload = secrets.token_hex(8)
        bucket.uploads[upload] = (self.key, {"type": self.headers.get("content-type")})
        bucket.parts[upload] = {}
        return 200, {}, (f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                         "</InitiateMultipartUploadResult>").encode()

    def UploadPart(self, bucket: Bucket):
        upload = self.query["uploadId"]
        if upload not in bucket.uploads:
            return fail(404, "NoSuchUpload")
        if sha256(self.body) != self.headers.get("x-amz-checksum-sha256"):
            return fail(400, "BadDigest")
        bucket.parts[upload][int(self.query["partNumber"])] = self.body
        return 200, {"ETag": f'"{hashlib.md5(self.body).hexdigest()}"'}, b""

    def CompleteMultipartUpload(self, bucket: Bucket):
        upload = self.query["uploadId"]
        if upload not in bucket.uploads:
            return fail(404, "NoSuchUpload")
        numbers = [int(number) for number in re.findall(rb"<PartNumber>(\d+)<", self.body)]
        parts = bucket.parts[upload]
        if numbers != sorted(parts):
            return fail(400, "InvalidPart")
        if self.headers.get("if-none-match") == "*" and self.key in bucket.objects:
            return fail(412, "PreconditionFailed")
        digests = b"".join(hashlib.md5(parts[number]).digest() for number in numbers)
        etag = f"{hashlib.md5(digests).hexdigest()}-{len(numbers)}"
        _, meta = bucket.uploads.pop(upload)
        self.store(bucket, b"".join(parts[number] for number in numbers), meta | {"etag": f'"{etag}"'})
        return 200, {}, (f"<CompleteMultipartUploadResult><ETag>\"{etag}\"</ETag>"
                         "</CompleteMultipartUploadResult>").encode()

    def AbortMultipartUpload(self, bucket: Bucket):
        return (204, {}, b"") if bucket.uploads.pop(self.query.get("uploadId", ""), None) else fail(404, "NoSuchUpload")

    def ListObjectsV2(self, bucket: Bucket):
        prefix, after = self.query.get("prefix", ""), self.query.get("start-after", "")
        after = max(after, self.query.get("continuation-token", ""))
        keys = sorted(key for key in bucket.objects if key.startswith(prefix) and key > after)
        count = int(self.query.get("max-keys", 1000))
        cut = keys[:count]
        entries = "".join(
            f"<Contents><Key>{xml.sax.saxutils.escape(key)}</Key><Size>{len(bucket.objects[key])}</Size>"
            f"<ETag>{xml.sax.saxutils.escape(bucket.meta[key]['etag'])}</ETag><LastModified>"
            + time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(bucket.meta[key]["modified"]))
            + "</LastModified></Contents>" for key in cut)
        more = len(cut) < len(keys)
        token = f"<NextContinuationToken>{xml.sax.saxutils.escape(cut[-1])}</NextContinuationToken>" if more else ""
        return 200, {}, (f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{token}{entries}"
                         "</ListBucketResult>").encode()

    def error(self, status: int, code: str):
        self.answer(status, error_body(code))

    def hang_up(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)

    def answer(self, status: int, body: bytes, headers: dict | None = None):
        self.send_response(status)
        self.send_header("x-amz-request-id", secrets.token_hex(8).upper())
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def error_body(code: str, message: str = "from the double") -> bytes:
    return f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()


def fail(status: int, code: str, message: str = "from the double"):
    return status, {}, error_body(code, message)
