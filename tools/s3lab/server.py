"""The few calls of Trailkeeper's API that trying a bucket by hand needs."""
import http.client
import json
import os
import socket
import urllib.parse


class ServerError(Exception):
    pass


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Server:
    def __init__(self, data, url, key):
        if not data and not (url and key):
            raise ServerError("say where the server is: --data FOLDER, or --url URL --key KEY")
        self.data, self.url, self.key = data, url, key

    def connection(self):
        if self.data:
            return _SocketConnection(os.path.join(self.data, "admin.sock"))
        parts = urllib.parse.urlsplit(self.url)
        made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return made(parts.netloc, timeout=60)

    def call(self, method, path, body=None):
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        connection = self.connection()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        except OSError as error:
            raise ServerError(f"the server does not answer ({error}); start it with ./dev run") from None
        finally:
            connection.close()
        if answer.status >= 300:
            raise ServerError(f"{method} {path}: {answer.status} {content.decode(errors='replace')}")
        return json.loads(content) if content else None

    def draft(self, org, name, values):
        return self.call("PUT", f"/v1/orgs/{org}/integrations/s3/{name}", values)


def next_steps(args, env, bucket, program):
    base = f"/v1/orgs/{args.org}/integrations/s3/s3lab"
    if args.data:
        curl = f"curl -sS --unix-socket {os.path.join(args.data, 'admin.sock')} -X POST http://localhost{base}"
    else:
        curl = f"curl -sS -H 'Authorization: Bearer KEY' -X POST {args.url}{base}"
    return f"""
S3 runs at {env['endpoint']} (Ceph radosgw), bucket {bucket} carries the policy of org {args.org}.

  Validate:   {curl}/validate
  Activate:   {curl}/activate
  Look:       {program} ls {args.dir} {bucket}
  Read:       {program} cat {args.dir} {bucket} KEY
  With awscli:
    AWS_ACCESS_KEY_ID={env['customer']['access_key']} AWS_SECRET_ACCESS_KEY={env['customer']['secret_key']} \\
      aws --endpoint-url {env['endpoint']} --region {env['region']} s3 ls --recursive s3://{bucket}/
  Stop:       {program} stop {args.dir}
"""
