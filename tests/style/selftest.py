#!/usr/bin/env python3
"""The checks check: for each a table of bad inputs that must be refused, and a good one that must pass."""
import json
import unittest

import includes
import lifetimes
import locks
import sizes
import targets
import words

GRAPH = includes.parse_graph(
    "base|base||\n"
    "json|kit|base|\n"
    "db|kit|base|\n"
    "event|domain|base,json|db_testing\n"
    "journal|store|base,event,db|\n"
    "deliver|service|base,journal|\n")

BAD_INCLUDES = [
    ("src/event/a.cc", '#include "../journal/journal.h"', "climb"),
    ("src/event/a.cc", '#include "json/../../x.h"', "climb"),
    ("src/event/a.cc", "#include <../x.h>", "climb"),
    ("src/event/a.cc", '#include "journal/journal.h"', "does not list journal"),
    ("src/deliver/a.cc", '#include "event/event.h"', "does not list event"),  # only through journal
    ("src/event/a.cc", '#include "db/database.h"', "does not list db"),  # its tests may, its sources not
    ("src/deliver/tests/a_test.cc", '#include "json/writer.h"', "does not list json"),
    ("src/journal/a.cc", "#include <event/event.h>", "in quotes"),
    ("src/journal/a.cc", "#include <sqlite3.h>", "only db may"),
    ("src/journal/a.cc", '#include "sqlite3.h"', "only db may"),
    ("src/event/a.cc", "# include <openssl/sha.h>", "only crypto, httpd may"),
    ("src/event/a.cc", "#include <boost/asio/ip/address.hpp>", "only httpc, httpd may"),
    ("src/event/a.cc", "#include <boost/system/result.hpp>", "only base, s3, sftp may"),
    ("src/deliver/a.cc", "#include <linux/landlock.h>", "only engine may"),
    ("src/json/include/json/document.h", "#include <simdjson.h>", "public headers"),
    ("src/db/include/db/database.h", "#include <sqlite3.h>", "public headers"),
    ("src/deliver/a.cc", '#include "testing/fake_bucket.h"', "tests only"),
    ("src/deliver/a.cc", '#include "journal/testing/fake_journal.h"', "tests only"),
    ("src/deliver/include/deliver/a.h", '#include "testing/fake_bucket.h"', "tests only"),
    ("src/deliver/a.cc", "#include <gtest/gtest.h>", "tests only"),
]
GOOD_INCLUDES = [
    ("src/event/a.cc", '#include "event/event.h"\n#include "json/document.h"\n#include "text.h"\n#include <vector>'),
    ("src/event/tests/a_test.cc", '#include "db/database.h"\n#include "testing/fake_x.h"\n#include <gtest/gtest.h>'),
    ("src/db/sqlite.cc", "#include <sqlite3.h>"),
    ("src/base/include/base/result.h", "#include <boost/system/result.hpp>"),
    ("src/event/a.cc", '// #include "journal/journal.h" would climb'),
]


class Includes(unittest.TestCase):
    def test_refuses(self):
        for path, text, reason in BAD_INCLUDES:
            with self.subTest(path=path, text=text):
                found = includes.check({path: text}, GRAPH)
                self.assertEqual(len(found), 1, found)
                self.assertIn(reason, found[0])

    def test_accepts(self):
        for path, text in GOOD_INCLUDES:
            with self.subTest(path=path):
                self.assertEqual(includes.check({path: text}, GRAPH), [])

    def test_says_where(self):
        found = includes.check({"src/event/a.cc": '\n\n#include "journal/journal.h"\n'}, GRAPH)
        self.assertTrue(found[0].startswith("src/event/a.cc:3: "), found)


LISTED = "add_module(event LAYER domain\n  HEADERS include/event/event.h\n  SOURCES csv.cc\n  TESTS tests/csv_test.cc)\n"
WHOLE = {"src/event/CMakeLists.txt": LISTED, "src/event/README.md": "Purpose.", "src/event/csv.cc": "",
         "src/event/private.h": "", "src/event/include/event/event.h": "", "src/event/tests/csv_test.cc": ""}


class Targets(unittest.TestCase):
    def test_accepts(self):
        self.assertEqual(targets.check(WHOLE), [])

    def test_refuses_what_is_in_no_target(self):
        for path in ["src/event/lost.cc", "src/event/tests/lost_test.cc", "src/event/tests/v_test.cc",
                     "src/event/include/event/lost.h", "src/event/testing/fake_lost.h", "src/lonely/a.cc",
                     "bench/lost.cc", "fuzz/lost.cc"]:
            with self.subTest(path=path):
                found = targets.check(WHOLE | {path: ""})
                self.assertEqual(len(found), 1, found)
                self.assertIn(path, found[0])

    def test_a_longer_name_does_not_list_a_shorter_one(self):
        tree = WHOLE | {"src/event/CMakeLists.txt": LISTED.replace("SOURCES csv.cc", "SOURCES my_csv.cc")}
        self.assertTrue(any("src/event/csv.cc" in line for line in targets.check(tree)))

    def test_refuses_a_module_without_readme(self):
        tree = {path: text for path, text in WHOLE.items() if not path.endswith("README.md")}
        self.assertIn("README.md", targets.check(tree)[0])


class Sizes(unittest.TestCase):
    FUNCTION = "int f() {\n%s  return 1;\n}\n"

    def test_refuses_long_files(self):
        for path, lines in [("src/a/include/a/x.h", 301), ("src/a/x.cc", 501), ("tools/x.py", 401),
                            ("console/src/app/x.tsx", 351), ("tools/dev/x.sh", 401)]:
            with self.subTest(path=path):
                self.assertEqual(len(sizes.check_files({path: "x\n" * lines}, {})), 1)
                self.assertEqual(sizes.check_files({path: "x\n" * (lines - 1)}, {}), [])

    def test_refuses_long_functions(self):
        for lines, count in [(69, 1), (60, 0)]:
            with self.subTest(lines=lines):
                tree = {"src/a/x.cc": self.FUNCTION % ("  g();\n" * lines)}
                self.assertEqual(len(sizes.check_functions(tree, {})), count)

    def test_an_exception_has_its_own_limit(self):
        tree = {"src/a/x.cc": self.FUNCTION % ("  g();\n" * 80)}
        self.assertEqual(sizes.check_functions(tree, sizes.parse_exceptions("src/a/x.cc:f 90 a table")), [])
        self.assertEqual(len(sizes.check_functions(tree, sizes.parse_exceptions("src/a/x.cc:f 75 a table"))), 1)

    def test_an_exception_for_nothing_is_refused(self):
        found = sizes.check({"tests/style/size_exceptions.txt": "src/gone.cc 900 was long\n"})
        self.assertIn("is gone", found[0])


class Words(unittest.TestCase):
    def test_refuses(self):
        for word in ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]:
            with self.subTest(word=word):
                self.assertEqual(len(words.check({"src/a/x.cc": f"// {word}: later\n"})), 1)

    def test_accepts_words_that_hold_them(self):
        self.assertEqual(words.check({"src/a/x.cc": "mkdtemp(name_XXXXXX); // todos, hackney\n"}), [])


HASH = "a" * 64


class Lifetimes(unittest.TestCase):
    def test_refuses(self):
        for code in ('for (const Node x : *root.find("data")) use(x);', "for (const A& a : *TRY(list.all(b))) use(a);",
                     "for (\n    auto& a :\n    *views_->list(org)) use(a);"):
            with self.subTest(code=code):
                self.assertEqual(len(lifetimes.check({"src/api/a.cc": code})), 1)

    def test_accepts(self):
        for code in ("for (const A& a : *all) use(a);", "for (const A& a : orgs->all()) use(a);",
                     "for (int i = 0; i < *size(x); ++i) use(i);", "for (std::size_t i : *indexes) use(i);"):
            with self.subTest(code=code):
                self.assertEqual(lifetimes.check({"src/api/a.cc": code}), [])


class Locks(unittest.TestCase):
    def npm(self, **package):
        return {"console/package-lock.json": json.dumps({"packages": {"": {}, "node_modules/x": package}})}

    def test_refuses(self):
        table = [
            self.npm(integrity="sha512-x", resolved="https://registry.example/x.tgz"),
            self.npm(),
            self.npm(integrity="sha1-x"),
            {"tools/requirements.txt": "x==1.0\n"},
            {"tools/requirements.txt": f"x>=1.0 --hash=sha256:{HASH}\n"},
            {"tools/requirements.txt": f"x==1.0 --hash=md5:{HASH}\n"},
            {"tools/requirements.txt": f"--index-url https://index.example\nx==1 --hash=sha256:{HASH}\n"},
            {"tools/requirements.txt": "x @ https://host.example/x.whl\n"},
            {"console/.npmrc": "registry=https://registry.example\n"},
            {"console/.npmrc": "//registry.example/:_authToken=abc\n"},
            {"tests/e2e/package.json": "{}"},
        ]
        for tree in table:
            with self.subTest(tree=tree):
                self.assertEqual(len(locks.check(tree)), 1, locks.check(tree))

    def test_accepts(self):
        good = {"tools/requirements.txt": f"# made\nx-y==1.0 \\\n    --hash=sha256:{HASH}\n",
                "console/.npmrc": "omit-lockfile-registry-resolved=true\n", "console/package.json": "{}"}
        self.assertEqual(locks.check(good | self.npm(integrity="sha512-x")), [])


if __name__ == "__main__":
    unittest.main()
