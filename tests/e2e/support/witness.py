"""A small witness after c2sp.org/tlog-witness: it remembers size and root of each log, checks signature and consistency
proof with code of its own, and signs what it has seen (c2sp.org/tlog-cosignature, Ed25519 v1)."""
import base64
import hashlib
import http.server
import struct
import threading
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support import manifest_check, proofs


class Witness:
    def __init__(self, name: str = "witness.example/w1"):
        self.name = name
        self.private = Ed25519PrivateKey.generate()
        public = b"\x04" + self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.vkey = f"{name}+{self.key_id.hex()}+{base64.b64encode(public).decode()}"
        self.logs: dict[str, manifest_check.Keys] = {}  # trusted keys by origin
        self.seen: dict[str, tuple[int, bytes]] = {}
        self.answers: list[int] = []
        self.lock = threading.Lock()
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, text = witness.add(body) if self.path == "/add-checkpoint" else (404, "")
                witness.answers.append(status)
                answer = text.encode()
                self.send_response(status)
                if status == 409:
                    self.send_header("Content-Type", "text/x.tlog.size")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def trust(self, log: dict) -> None:
        self.logs[log["origin"]] = manifest_check.Keys(log["vkey"])

    def add(self, body: str) -> tuple[int, str]:
        head, _, checkpoint = body.partition("\n\n")
        first, *proof = head.split("\n")
        if not first.startswith("old ") or len(proof) > 63:
            return 400, ""
        old, origin = int(first[4:]), checkpoint.split("\n")[0]
        if origin not in self.logs:
            return 404, ""
        note = manifest_check.read_note(checkpoint, self.logs[origin])
        if note is None:
            return 403, ""
        _, size, root = note
        if old > size:
            return 400, ""
        with self.lock:
            known, known_root = self.seen.get(origin, (0, manifest_check.EMPTY))
            if old != known or (size == known and root != known_root):
                return 409, f"{known}\n"
            hashes = proofs.decoded(proof)
            if old == 0 and hashes or old and not proofs.grown(old, known_root, size, root, hashes):
                return 422, ""
            self.seen[origin] = (size, root)
        text = checkpoint.rpartition("\n\n")[0] + "\n"
        now = int(time.time())
        signature = self.private.sign(f"cosignature/v1\ntime {now}\n{text}".encode())
        payload = base64.b64encode(self.key_id + struct.pack(">Q", now) + signature).decode()
        return 200, f"\u2014 {self.name} {payload}\n"

    def holds(self, checkpoint: str) -> bool:
        """Whether the note carries this witness's signature, and it is right."""
        text, _, signatures = checkpoint.rpartition("\n\n")
        for line in signatures.splitlines():
            _, name, payload = line.split(" ")
            raw = base64.b64decode(payload, validate=True)
            if name != self.name or raw[:4] != self.key_id:
                continue
            seconds = struct.unpack(">Q", raw[4:12])[0]
            message = f"cosignature/v1\ntime {seconds}\n{text}\n".encode()
            self.private.public_key().verify(raw[12:], message)
            return True
        return False

    def __enter__(self) -> "Witness":
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self.server.shutdown()
        self.server.server_close()
