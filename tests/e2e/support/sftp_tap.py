#!/usr/bin/env python3
"""An SFTP server that stops at a chosen step: between sshd and OpenSSH's sftp-server, where SFTP is not encrypted.

sftp_tap.py FOLDER PROGRAM... relays until the step of FOLDER/step.json comes: {"op", "what", "at", "when"}. `op` is one of OPS on a
file for writing, `what` a part of its path, `at` counts from 1; `before` its effect or `after` it, without an answer. Then it says so in
FOLDER/reached, and nothing more passes. Every rename that took effect is a line of FOLDER/renamed."""
import json
import os
import pathlib
import struct
import subprocess
import sys
import threading

OPEN, CLOSE, WRITE, MKDIR, RENAME, STATUS, HANDLE, EXTENDED = 3, 4, 6, 14, 18, 101, 102, 200
OPS = ("mkdir", "open", "write", "fsync", "close", "rename")
FOR_WRITING = 2


class Reader:
    """The fields of one packet."""

    def __init__(self, packet: bytes):
        self.packet, self.at = packet, 1

    def number(self) -> int:
        self.at += 4
        return struct.unpack_from(">I", self.packet, self.at - 4)[0]

    def text(self) -> bytes:
        size = self.number()
        self.at += size
        return self.packet[self.at - size:self.at]


class Tap:
    def __init__(self, folder: pathlib.Path, program: list[str]):
        self.folder = folder
        try:
            self.step = json.loads((folder / "step.json").read_text())
        except FileNotFoundError:
            self.step = None
        self.seen = 0
        self.stopped = threading.Event()
        self.asked: dict[int, tuple[str, str, bool]] = {}  # by request: op, path, whether to stop with its answer
        self.handles: dict[bytes, str] = {}
        self.server = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self) -> None:
        threading.Thread(target=self.relay, args=(self.server.stdout, sys.stdout.buffer, self.answered), daemon=True).start()
        self.relay(sys.stdin.buffer, self.server.stdin, self.asks)
        self.server.kill()
        os._exit(0)

    def relay(self, source, sink, look) -> None:
        """Packet after packet, until an end is closed; once stopped only to see the end."""
        while len(head := source.read(4)) == 4:
            packet = source.read(struct.unpack(">I", head)[0])
            if self.stopped.is_set() or not look(packet):
                continue
            sink.write(head + packet)
            sink.flush()

    def reach(self) -> None:
        self.stopped.set()
        (self.folder / "reached").write_text("")

    def understand(self, packet: bytes) -> tuple[int, str, str]:
        """Request, op and path; op is empty for what is no change."""
        fields = Reader(packet)
        request = fields.number()
        if packet[0] == OPEN:
            path, flags = fields.text().decode(), fields.number()
            return request, "open" if flags & FOR_WRITING else "", path
        if packet[0] in (WRITE, CLOSE):
            handle = fields.text()
            path = self.handles.pop(handle, "") if packet[0] == CLOSE else self.handles.get(handle, "")
            return request, ("write" if packet[0] == WRITE else "close") if path else "", path
        if packet[0] == MKDIR:
            return request, "mkdir", fields.text().decode()
        if packet[0] == EXTENDED:
            name = fields.text()
            if name == b"fsync@openssh.com":
                return request, "fsync", self.handles.get(fields.text(), "")
            if name != b"posix-rename@openssh.com":
                return request, "", ""
        elif packet[0] != RENAME:
            return request, "", ""
        fields.text()
        return request, "rename", fields.text().decode()

    def asks(self, packet: bytes) -> bool:
        if packet[0] < OPEN:
            return True
        request, op, path = self.understand(packet)
        if not op:
            return True
        step, stops = self.step, False
        if step and step["op"] == op and step["what"] in path:
            self.seen += 1
            if self.seen == step["at"] and step["when"] == "before":
                self.reach()
                return False
            stops = self.seen == step["at"]
        self.asked[request] = op, path, stops
        return True

    def answered(self, packet: bytes) -> bool:
        if packet[0] not in (STATUS, HANDLE):
            return True
        fields = Reader(packet)
        op, path, stops = self.asked.pop(fields.number(), ("", "", False))
        if op == "open" and packet[0] == HANDLE:
            self.handles[fields.text()] = path
        if op == "rename" and fields.number() == 0:
            with (self.folder / "renamed").open("a") as file:
                file.write(path + "\n")
        if stops:
            self.reach()
        return not stops


if __name__ == "__main__":
    Tap(pathlib.Path(sys.argv[1]), sys.argv[2:]).run()
