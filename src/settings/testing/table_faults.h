#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "db/database.h"

namespace trailkeeper::settings {

// Makes one kind of statement on one table fail, as a fault in the middle of a transaction would,
// and shows what the tables hold. A second connection to the database, for tests only.
class TableFaults {
 public:
  explicit TableFaults(const std::string& folder)
      : database_(
            db::Database::open(folder + "/settings.db", db::Database::Mode::read_write).value()) {}

  std::vector<std::string> tables() {
    std::vector<std::string> names;
    auto rows = database_
                    .prepare(
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE "
                        "'sqlite_%' ORDER BY name")
                    .value();
    while (rows.step().value()) names.push_back(rows.text(0));
    return names;
  }

  // All rows of all tables, as text.
  std::string dump() {
    std::string out;
    for (const std::string& table : tables()) {
      std::string columns;
      auto info = database_.prepare("SELECT name FROM pragma_table_info('" + table + "')").value();
      while (info.step().value()) {
        if (!columns.empty()) columns += " || '|' || ";
        columns += "quote(\"" + info.text(0) + "\")";
      }
      auto rows = database_.prepare("SELECT " + columns + " FROM " + table + " ORDER BY 1").value();
      while (rows.step().value()) out += table + ": " + rows.text(0) + "\n";
    }
    return out;
  }

  // Runs `work` (true: it worked) once without a fault and once for each table and kind of
  // statement with every such statement failing. Each time the tables hold all of the change or
  // nothing of it. `reset` brings back the state before. Gives how many faults were met.
  int sweep(const std::function<void()>& reset, const std::function<bool()>& work) {
    int met = 0;
    for (const std::string& table : tables()) {
      for (const char* kind : {"INSERT", "UPDATE", "DELETE"}) {
        reset();
        const std::string before = dump();
        set(kind, table);
        const bool done = work();
        clear();
        if (done) continue;
        ++met;
        EXPECT_EQ(dump(), before) << kind << " of " << table;
      }
    }
    return met;
  }

 private:
  void set(const std::string& kind, const std::string& table) {
    ASSERT_TRUE(database_.execute("CREATE TRIGGER test_fault BEFORE " + kind + " ON " + table +
                                  " BEGIN SELECT RAISE(ABORT, 'a fault'); END"));
  }
  void clear() { ASSERT_TRUE(database_.execute("DROP TRIGGER test_fault")); }

  db::Database database_;
};

}  // namespace trailkeeper::settings
