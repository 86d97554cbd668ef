#!/usr/bin/env python3
"""cmake/Module.cmake refuses what it says it refuses: each bad declaration stops the configuration with its reason."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

MODULE_CMAKE = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "Module.cmake"
HEAD = f"cmake_minimum_required(VERSION 3.25)\nproject(toy LANGUAGES NONE)\ninclude({MODULE_CMAKE})\n"
BASE = "add_module(base LAYER base)\n"

REFUSED = [
    ("a neighbour that is not declared", BASE + "add_module(event LAYER domain DEPS json)", "not declared yet"),
    ("a cycle", "add_module(json LAYER kit DEPS xml)\nadd_module(xml LAYER kit DEPS json)", "not declared yet"),
    ("a higher layer", BASE + "add_module(query LAYER service DEPS base)\nadd_module(event LAYER domain DEPS query)",
     "higher layer"),
    ("a higher layer, privately",
     BASE + "add_module(query LAYER service)\nadd_module(event LAYER domain PRIVATE_DEPS query)", "higher layer"),
    ("an unknown argument", "add_module(base LAYER base SOURCE a.cc)", "unknown arguments"),
    ("an unknown layer", "add_module(base LAYER basement)", "LAYER must be one of"),
    ("no layer", "add_module(base)", "LAYER must be one of"),
    ("an unknown argument of a program", BASE + "add_program(p MODULE base SOURCE a.cc)", "unknown arguments"),
]


def configure(text: str) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "CMakeLists.txt").write_text(HEAD + text + "\nwrite_module_graph()\n")
        done = subprocess.run(["cmake", "-G", "Ninja", "-S", folder, "-B", f"{folder}/build"], capture_output=True, text=True)
        graph = root / "build" / "modules.txt"
        return done.returncode, " ".join(done.stderr.split()), graph.read_text() if graph.exists() else ""


class ModuleFunction(unittest.TestCase):
    def test_refuses(self):
        for name, text, reason in REFUSED:
            with self.subTest(name):
                code, error, _ = configure(text)
                self.assertNotEqual(code, 0)
                self.assertIn(reason, error)

    def test_writes_the_graph(self):
        code, error, graph = configure(
            BASE + "add_module(json LAYER kit DEPS base)\n"
            "add_module(event LAYER domain DEPS base PRIVATE_DEPS json TEST_DEPS base)")
        self.assertEqual(code, 0, error)
        self.assertEqual(graph.split(), ["base|base||", "json|kit|base|", "event|domain|base,json|base"])


if __name__ == "__main__":
    sys.exit(unittest.main())
