"""A proxy in front of a service whose answers pass as they are, or, while it is slow, a byte a second. Requests pass at
full speed, as a service does that takes everything and then hardly says so."""
import socket
import threading
import time


class SlowProxy:
    """Runs while the `with` block does; `origin` is http://host:port of the service."""

    def __init__(self, origin: str):
        host, _, port = origin.removeprefix("http://").partition(":")
        self._upstream = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.slow = threading.Event()
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.held = 0  # answers that began while it was slow

    def __enter__(self) -> "SlowProxy":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._listener.close()
        with self._lock:
            for each in self._open:
                _shut(each)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._upstream)
            except OSError:
                continue
            with self._lock:
                self._open |= {near, far}
            threading.Thread(target=self._pass_on, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65536):
                if answers and self.slow.is_set():
                    self.held += 1
                    self._trickle(target, data)
                else:
                    target.sendall(data)
        except OSError:
            pass
        _shut(source)
        _shut(target)
        with self._lock:
            self._open.discard(source)
        source.close()

    def _trickle(self, target: socket.socket, data: bytes) -> None:
        for at in range(len(data)):
            if not self.slow.is_set():
                return target.sendall(data[at:])
            if self._ended.is_set():
                return None
            target.sendall(data[at:at + 1])
            time.sleep(1)
        return None


def _shut(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
