"""The layer between the programs and the disk (shim/shim.cc), seen from outside: switch faults on, shift the clock,
read the log of everything that was done to the files."""
import mmap
import pathlib
import signal
import struct
from typing import Iterator, NamedTuple

from harness import places

(CREATE, MAKE_FOLDER, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, REMOVE_FOLDER, LINK, SYMLINK, MARK, OPEN) = range(1, 13)
NAMES = dict(zip(range(1, 13), ("create mkdir write truncate sync rename unlink rmdir link symlink mark open").split(),
                 strict=True))

# shim/control.h
_SHIFT = struct.Struct("<q")
_SHIFT_AT = 80
_FAULT = struct.Struct("<IIiIQQQ256s")
_FAULT_AT = 88
_RECORD = struct.Struct("<IIQQQqQ")


class Change(NamedTuple):
    op: int
    sequence: int
    begun: int
    inode: int
    offset: int
    path: str
    data: bytes


class Layer:
    """One control file, and a log if wanted, for the programs over one folder."""

    def __init__(self, folder: pathlib.Path, root: pathlib.Path, log: bool = False):
        self.root = root
        self.control = folder / "shim.control"
        self.control.write_bytes(bytes(4096))
        self.log = folder / "shim.log" if log else None
        if self.log:
            self.log.write_bytes(b"")
        with self.control.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 4096)

    def environment(self) -> dict[str, str]:
        found = {"LD_PRELOAD": str(places.SHIM), "TRAILKEEPER_SHIM_CONTROL": str(self.control),
                 "TRAILKEEPER_SHIM_ROOT": str(self.root)}
        return found | ({"TRAILKEEPER_SHIM_LOG": str(self.log)} if self.log else {})

    def arm(self, op: int, pattern: str, at: int, error: int, sticky: bool = False) -> None:
        """The `at`-th call from now on of that kind (0: any) on such a path fails; with `sticky` all later ones too."""
        self.disarm()
        _FAULT.pack_into(self._memory, _FAULT_AT, 1, op, error, sticky, at, 0, 0, pattern.encode())

    def arm_kill(self, op: int, pattern: str, at: int) -> None:
        """The `at`-th such call kills its process before it takes effect."""
        self.arm(op, pattern, at, -signal.SIGKILL)

    def disarm(self) -> None:
        _FAULT.pack_into(self._memory, _FAULT_AT, 0, 0, 0, 0, 0, 0, 0, b"")

    def fired(self) -> int:
        return _FAULT.unpack_from(self._memory, _FAULT_AT)[6]

    def shift_clock(self, seconds: float) -> None:
        _SHIFT.pack_into(self._memory, _SHIFT_AT, int(seconds * 1e9))

    def clock_shift(self) -> float:
        return _SHIFT.unpack_from(self._memory, _SHIFT_AT)[0] / 1e9

    def mark(self, text: str) -> None:
        """Puts a line of our own into the log. What the programs did before the thing we saw stands before it."""
        data = text.encode()
        with self.log.open("ab", buffering=0) as file:
            file.write(_RECORD.pack(MARK, 0, 0, 0, 0, 0, len(data)) + data)


def read_log(path: pathlib.Path) -> Iterator[Change]:
    with path.open("rb") as file:
        while head := file.read(_RECORD.size):
            op, path_bytes, sequence, begun, inode, offset, data_bytes = _RECORD.unpack(head)
            name, data = file.read(path_bytes), file.read(data_bytes)
            if len(name) + len(data) != path_bytes + data_bytes:
                return  # killed while it wrote: that call took no effect for anybody
            yield Change(op, sequence, begun, inode, offset, name.decode(), data)
