"""The event store's own socket, to force merges and to break rows on purpose."""
import http.client
import socket

from support.server import Server


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str):
        super().__init__("localhost", timeout=180)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def query(server: Server, sql: str) -> str:
    """The answer's text. OSError when the engine is away, AssertionError when it refuses."""
    connection = _Connection(str(server.data / "store.sock"))
    try:
        connection.request("POST", "/", body=sql.encode())
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except http.client.HTTPException as error:
        raise ConnectionError(str(error)) from error
    finally:
        connection.close()
    if answer.status != 200:
        raise AssertionError(f"{sql}: {answer.status} {text[:500]}")
    return text
