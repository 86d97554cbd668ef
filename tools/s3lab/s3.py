"""A few calls of S3 as the bucket's owner, signed with nothing but the standard library (Signature Version 4)."""
import collections
import datetime
import hashlib
import hmac
import re
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

Entry = collections.namedtuple("Entry", "key size etag modified")


class S3Error(Exception):
    pass


def _encode(text, safe=""):
    return urllib.parse.quote(text, safe=safe + "-._~")


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Bucket:
    def __init__(self, endpoint, access_key, secret_key, region="us-east-1"):
        self.endpoint, self.access_key, self.secret_key, self.region = endpoint, access_key, secret_key, region

    def call(self, method, path, query=None, body=b""):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        host = urllib.parse.urlsplit(self.endpoint).netloc
        digest = hashlib.sha256(body).hexdigest()
        encoded = _encode(path, "/")
        arguments = "&".join(f"{_encode(k)}={_encode(v)}" for k, v in sorted((query or {}).items()))
        headers = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": now}
        names = ";".join(sorted(headers))
        lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        canonical = "\n".join([method, encoded, arguments, lines, names, digest])
        scope = f"{now[:8]}/{self.region}/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = _hmac(("AWS4" + self.secret_key).encode(), now[:8])
        for part in (self.region, "s3", "aws4_request"):
            key = _hmac(key, part)
        signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, "
                                    f"SignedHeaders={names}, Signature={signature}")
        request = urllib.request.Request(self.endpoint + encoded + ("?" + arguments if arguments else ""),
                                         data=body if body or method == "PUT" else None, headers=headers, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            found = re.search("<Code>(.*?)</Code>", text)
            raise S3Error(f"{method} {path}: {error.code} {found.group(1) if found else text[:300]}") from None
        except OSError as error:
            raise S3Error(f"{method} {path}: {error}") from None

    def make(self, bucket):
        self.call("PUT", f"/{bucket}")

    def put_policy(self, bucket, policy):
        self.call("PUT", f"/{bucket}", {"policy": ""}, policy.encode())

    def delete_policy(self, bucket):
        self.call("DELETE", f"/{bucket}", {"policy": ""})

    def get(self, bucket, key):
        return self.call("GET", f"/{bucket}/{key}")

    def put(self, bucket, key, body):
        self.call("PUT", f"/{bucket}/{key}", body=body)

    def delete(self, bucket, key):
        self.call("DELETE", f"/{bucket}/{key}")

    def list(self, bucket, prefix=""):
        query = {"list-type": "2", "prefix": prefix}
        found = []
        while True:
            root = xml.fromstring(self.call("GET", f"/{bucket}", query))
            space = root.tag[:root.tag.index("}") + 1] if "}" in root.tag else ""
            for entry in root.findall(f"{space}Contents"):
                value = lambda name, of=entry: of.findtext(space + name) or ""
                found.append(Entry(value("Key"), int(value("Size")), value("ETag").strip('"'), value("LastModified")))
            if root.findtext(f"{space}IsTruncated") != "true":
                return found
            query["continuation-token"] = root.findtext(f"{space}NextContinuationToken")
