#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trailkeeper::event {

struct ParquetColumn {
  enum class Type { boolean, int32, int64, real, bytes };
  // What the numbers or bytes stand for.
  enum class Meaning { none, utf8, json, date, timestamp, local_timestamp, decimal };
  std::string name;
  Type type = Type::bytes;
  Meaning meaning = Meaning::utf8;  // times in microseconds
  bool optional = true;
  int precision = 0;  // of decimals: int64 is the value times ten to the scale
  int scale = 0;
};

// Of the pages.
enum class ParquetPacking { none, gzip, zstd };

// Any table as an Apache Parquet file (parquet-format 2.9), written row by row with bounded memory:
// a row group ends after 50,000 rows or 8 MiB of values; one PLAIN data page (version 1) a column
// and group. The same rows give the same bytes. An object of one thread.
class ParquetTable {
 public:
  // `name` is of the schema's root.
  ParquetTable(std::string name, std::vector<ParquetColumn> columns, ParquetPacking packing);
  ~ParquetTable();
  ParquetTable(const ParquetTable&) = delete;
  ParquetTable& operator=(const ParquetTable&) = delete;

  // One value for each column of the row. REQUIRES: of the column's type (integer() for boolean,
  // int32 and int64); null() of optional ones only.
  void text(std::size_t column, std::string_view value);
  void integer(std::size_t column, std::int64_t value);
  void real(std::size_t column, double value);
  void null(std::size_t column);
  void end_row();
  // Ends the row group early.
  void end_group();
  // Ends the file. REQUIRES: nothing is added afterwards.
  void finish();
  // What is ready of the file since the last call; it follows what was taken before.
  std::string take();
  std::uint64_t rows() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace trailkeeper::event
