#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "event/view.h"

namespace trailkeeper::event {

// Records as an Apache Parquet file (docs/formats/parquet.md), written piece by piece with bounded
// memory: a row group ends after 50,000 rows or 8 MiB of values. One column a field, in the order
// of the record; what is a list or an object of the vendor's is JSON text. Pages are PLAIN and
// zstd. An object of one thread.
class ParquetWriter {
 public:
  ParquetWriter();
  ~ParquetWriter();
  ParquetWriter(const ParquetWriter&) = delete;
  ParquetWriter& operator=(const ParquetWriter&) = delete;

  void add(const StoredView& stored);
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
