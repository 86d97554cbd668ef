"""A web server of the vendor's, with files that packs are read from."""
import base64
import datetime
import http.server
import pathlib
import ssl
import subprocess
import threading

OLD = datetime.datetime(2026, 11, 1, 12, 0, 0, tzinfo=datetime.timezone.utc)


class Web:
    """A web server with files of its own, which asks for credentials below /private and counts what it is asked."""

    def __init__(self, secret: str, context: ssl.SSLContext | None = None):
        self.files: dict[str, bytes] = {}
        self.modified: dict[str, datetime.datetime] = {}
        self.asked: list[str] = []
        self.on_get = lambda path: None
        self.stalling = False
        self.released = threading.Event()
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self, body: bool) -> None:
                web.asked.append(f"{self.command} {self.path}")
                wanted = "Basic " + base64.b64encode(f"reader:{secret}".encode()).decode()
                if self.path.startswith("/private/") and self.headers.get("Authorization") != wanted:
                    return self.empty(401)
                content = web.files.get(self.path)
                if content is None:
                    return self.empty(404)
                if body and web.stalling and self.path.endswith("stalls.csv"):
                    web.released.wait(300)
                    return self.empty(503)
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                modified = web.modified.get(self.path, OLD)
                self.send_header("Last-Modified", modified.strftime("%a, %d %b %Y %H:%M:%S GMT"))
                self.end_headers()
                if body:
                    self.wfile.write(content)
                    web.on_get(self.path)

            def empty(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                self.answer(True)

            def do_HEAD(self) -> None:
                self.answer(False)

            def log_message(self, *_) -> None:
                pass

        class Threads(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_) -> None:
                pass  # a client that hung up

        self.http = Threads(("127.0.0.1", 0), Handler)
        if context is not None:
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True)
        self.port = self.http.server_address[1]
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)

    def __enter__(self) -> "Web":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.released.set()
        self.http.shutdown()
        self.http.server_close()


def certificate(folder: pathlib.Path) -> tuple[ssl.SSLContext, str]:
    """Of localhost, and of no other name."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "web.key", "-out",
                    folder / "web.pem", "-days", "9", "-subj", "/CN=files", "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "web.pem", folder / "web.key")
    return context, (folder / "web.pem").read_text()
