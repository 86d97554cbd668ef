#pragma once

#include <optional>
#include <string>
#include <vector>

#include "deliver/ports.h"
#include "manifest.h"
#include "settings/deliveries.h"

namespace trailkeeper::deliver {

// What a window's objects are, files first, the manifest last.
struct Staged {
  std::vector<settings::StagedObject> objects;
  std::uint64_t entries = 0;  // that the filter let through
};

// Writes a window's objects to disk, so that every try sends the same bytes. One thread per window.
class Stager {
 public:
  // `folder` is made when absent.
  Stager(std::string folder, RecordSource& source, std::uint64_t split_bytes);

  // Files have the window's shape and are synced on return. `unavailable` while the store does not
  // answer; `failed` code `store_gap` when it gives other seqs than the window's. Constant memory.
  Result<Staged> stage(const settings::Stream& stream, const settings::DeliveryWindow& window,
                       const PreviousManifest& previous);
  // Whether the bytes on disk are those recorded.
  bool intact(const settings::StagedObject& object) const;
  std::string path_of(const settings::StagedObject& object) const {
    return folder_ + "/" + object.file;
  }
  // The id in a staging folder's name; empty for other names.
  static std::optional<std::int64_t> window_of(const std::string& folder_name);
  void remove(const settings::DeliveryWindow& window) const;

 private:
  Result<> stage_files(const settings::Stream& stream, const settings::DeliveryWindow& window,
                       Staged& staged);
  Result<> stage_lines(const settings::Stream& stream, const settings::DeliveryWindow& window,
                       Staged& staged);
  Result<> stage_parquet(const settings::Stream& stream, const settings::DeliveryWindow& window,
                         Staged& staged);
  std::string window_folder(const settings::DeliveryWindow& window) const;

  const std::string folder_;
  RecordSource& source_;
  const std::uint64_t split_bytes_;
};

}  // namespace trailkeeper::deliver
