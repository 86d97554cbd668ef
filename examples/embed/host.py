"""A page of a product that shows its customer's audit log: python embed/host.py [PORT]

The key stays on this server. The page asks it for an address with a short token, and again before that ends."""
import http.server
import json
import os
import pathlib
import sys
import urllib.request

TRAILKEEPER = os.environ["TRAILKEEPER_URL"]
KEY = os.environ["TRAILKEEPER_KEY"]  # scope read or manage
ORGANIZATION = os.environ.get("TRAILKEEPER_ORG", "acme")
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8500
ORIGIN = f"http://127.0.0.1:{PORT}"  # on the operator's list: embed.parents
PAGE = pathlib.Path(__file__).with_name("page.html").read_text()


def fresh_url() -> str:
    """For the person who is signed in to this product: here always Sam."""
    body = {"organization_id": ORGANIZATION, "parent": ORIGIN,
            "user": {"id": "u_7", "name": "Sam Lee", "email": "sam.lee@acme.example"}}
    request = urllib.request.Request(f"{TRAILKEEPER}/v1/embed_tokens", json.dumps(body).encode(), method="POST", headers={
        "Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)["url"]


class Host(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/audit-log-url":
            self.answer("application/json", json.dumps({"url": fresh_url()}))
        elif self.path == "/":
            self.answer("text/html; charset=utf-8", PAGE.replace("{{TRAILKEEPER}}", TRAILKEEPER))
        else:
            self.send_error(404)

    def answer(self, kind: str, text: str):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        # What a page needs to allow: the element's script, the frame, its own script and style.
        self.send_header("Content-Security-Policy", f"default-src 'none'; script-src 'self' 'unsafe-inline' {TRAILKEEPER}; "
                         f"style-src 'unsafe-inline'; connect-src 'self'; frame-src {TRAILKEEPER}")
        self.end_headers()
        self.wfile.write(text.encode())


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Host).serve_forever()
