"""A disk that forgets: from the log of what programs did, the folder that a power cut may leave.

What a file system promises, and nothing more: a file's bytes are there once a sync of that file that began after they
were written has ended; names change in one order for all, and a sync of a folder (or of a file, for its own creation)
brings every change of names up to its last one. Of what was not synced, anything may be there: nothing, all, a part of
the writes in any order, half a write, and any first part of the changes of names. A rename is not promised by a sync of
what was renamed (ext4's fdatasync does not), only by one of the folder it is in.
"""
import os
import pathlib
import random
from dataclasses import dataclass, field

from harness import layer

SECTOR = 512


@dataclass
class File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list = field(default_factory=list)  # (sequence, offset, bytes) or (sequence, size, None)


@dataclass
class Link:
    target: str


@dataclass
class Folder:
    live: dict = field(default_factory=dict)
    durable: dict = field(default_factory=dict)


def apply(content: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:  # a new size
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset:offset + len(data)] = data


class Disk:
    def __init__(self, root: pathlib.Path):
        """Starts with what lies there, all of it durable."""
        self.root = str(root)
        self.inodes: dict[int, File | Folder] = {}
        # Changes of names not yet durable: (sequence, touched nodes, [(folder, name, node or None)]).
        self.names: list = []
        self.top = self._load(root)

    def _load(self, path: pathlib.Path) -> Folder:
        folder = Folder()
        self.inodes[path.stat().st_ino] = folder
        for entry in path.iterdir():
            if entry.is_symlink():
                node = Link(os.readlink(entry))
            elif entry.is_dir():
                node = self._load(entry)
            elif entry.is_file():
                node = self.inodes[entry.stat().st_ino] = File(bytearray(entry.read_bytes()))
            else:
                continue  # sockets
            folder.live[entry.name] = folder.durable[entry.name] = node
        return folder

    def _find(self, path: str):
        """The folder a path lies in, and its name there."""
        parts = path[len(self.root) + 1:].split("/")
        folder = self.top
        for part in parts[:-1]:
            folder = folder.live[part]
        return folder, parts[-1]

    def take(self, change: layer.Change) -> None:
        match change.op:
            case layer.WRITE:
                self._file(change).pending.append((change.sequence, change.offset, change.data))
            case layer.TRUNCATE:
                self._file(change).pending.append((change.sequence, change.offset, None))
            case layer.SYNC:
                self._sync(change)
            case layer.MARK:
                pass
            case _:
                self._rename(change)

    def _file(self, change) -> File:
        node = self.inodes.get(change.inode)
        assert isinstance(node, File), f"{change.path}: written to, but never seen before"
        return node

    def _rename(self, change) -> None:
        folder, name = self._find(change.path)
        edits, touched = [], [folder]
        if change.op in (layer.CREATE, layer.MAKE_FOLDER):
            node = self.inodes[change.inode] = File() if change.op == layer.CREATE else Folder()
            touched.append(node)
            edits = [(folder, name, node)]
        elif change.op == layer.SYMLINK:
            edits = [(folder, name, Link(change.data.decode()))]
        elif change.op in (layer.UNLINK, layer.REMOVE_FOLDER):
            edits = [(folder, name, None)]
        else:
            to_folder, to_name = self._find(change.data.decode())
            touched.append(to_folder)
            edits = [(to_folder, to_name, folder.live[name])]
            if change.op == layer.RENAME:
                edits.insert(0, (folder, name, None))
        for where, what, node in edits:
            _set(where.live, what, node)
        self.names.append((change.sequence, touched, edits))

    def _sync(self, change) -> None:
        node = self.inodes.get(change.inode)
        if node is None:
            return
        if isinstance(node, File):
            while node.pending and node.pending[0][0] <= change.begun:
                apply(node.durable, *node.pending.pop(0)[1:])
        covered = [number for number, (sequence, touched, _) in enumerate(self.names)
                   if sequence <= change.begun and any(one is node for one in touched)]
        if covered:
            self._settle(covered[-1] + 1)

    def _settle(self, count: int) -> None:
        for _, _, edits in self.names[:count]:
            for where, what, node in edits:
                _set(where.durable, what, node)
        del self.names[:count]

    # --- a cut

    def cut(self, rng: random.Random, target: pathlib.Path) -> str:
        """Writes a folder that a power cut at this moment may leave; what was kept of the unsynced."""
        kept = rng.choice(["nothing", "nothing", "some", "some", "some", "names", "all"])
        count = {"nothing": 0, "some": rng.randint(0, len(self.names))}.get(kept, len(self.names))
        entries: dict[int, dict] = {}  # of folders that differ from what is durable
        for _, _, edits in self.names[:count]:
            for where, what, node in edits:
                _set(entries.setdefault(id(where), dict(where.durable)), what, node)
        self._write(self.top, entries, kept, rng, target)
        return kept

    def _write(self, folder: Folder, entries: dict, kept: str, rng: random.Random, target: pathlib.Path) -> None:
        target.mkdir(mode=0o700)
        for name, node in entries.get(id(folder), folder.durable).items():
            path = target / name
            if isinstance(node, Link):
                path.symlink_to(node.target)
            elif isinstance(node, Folder):
                self._write(node, entries, kept, rng, path)
            else:
                path.write_bytes(content(node, kept, rng))
                path.chmod(0o600)

    def files(self) -> dict[str, bytes]:
        """Everything as the running programs see it: to compare the layer with the real folder."""
        found = {}

        def walk(folder: Folder, prefix: str) -> None:
            for name, node in folder.live.items():
                if isinstance(node, Folder):
                    walk(node, f"{prefix}{name}/")
                elif isinstance(node, File):
                    found[prefix + name] = bytes(content(node, "all", random.Random()))

        walk(self.top, "")
        return found


def _set(entries: dict, name: str, node) -> None:
    if node is None:
        entries.pop(name, None)
    else:
        entries[name] = node


def content(file: File, kept: str, rng: random.Random) -> bytes:
    if kept in ("nothing", "names") or not file.pending:
        return file.durable
    result = bytearray(file.durable)
    for _, offset, data in file.pending:
        luck = rng.random()
        if kept == "all" or luck < 0.5:
            apply(result, offset, data)
        elif data is not None and luck < 0.65:  # torn
            apply(result, offset, data[:rng.randint(0, len(data) // SECTOR) * SECTOR])
    return result
