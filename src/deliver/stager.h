#pragma once

#include <functional>
#include <optional>
#include <stop_token>
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
  Stager(std::string folder, RecordSource& source, ledger::Ledger& log, std::uint64_t split_bytes);

  // Files have the window's shape and are synced on return. `unavailable` while the store does not
  // answer; `failed` code `store_gap` when it gives other seqs than the window's, `store_differs`
  // when it gives other records than the log has. Constant memory. Without a proof the manifest is
  // not signed, as it was before there was a log. `unavailable` code `interrupted` after
  // `stop`.
  Result<Staged> stage(const settings::Stream& stream, const settings::DeliveryWindow& window,
                       const PreviousManifest& previous, const std::optional<ManifestProof>& proof,
                       const std::stop_token& stop = {});
  // Whether the bytes on disk are those recorded.
  bool intact(const settings::StagedObject& object) const;
  std::string path_of(const settings::StagedObject& object) const {
    return folder_ + "/" + object.file;
  }
  // The id in a staging folder's name; empty for other names.
  static std::optional<std::int64_t> window_of(const std::string& folder_name);
  void remove(const settings::DeliveryWindow& window) const;

 private:
  // Gives every record of a window.
  using Records =
      std::function<Result<>(const std::function<Result<>(std::string_view record)>& use)>;
  Result<> stage_files(const settings::DeliveryWindow& window, const Records& records,
                       Staged& staged);
  Result<> stage_lines(const settings::DeliveryWindow& window, const Records& records,
                       Staged& staged);
  Result<> stage_parquet(const settings::DeliveryWindow& window, const Records& records,
                         Staged& staged);
  // In order, each as the log has it.
  Result<> read_range(const settings::Stream& stream, const settings::DeliveryWindow& window,
                      const std::stop_token& stop,
                      const std::function<Result<>(std::string_view record)>& use);
  Result<> stage_leaves(const settings::Stream& stream, const settings::DeliveryWindow& window,
                        Staged& staged);
  Result<> stage_manifest(const settings::Stream& stream, const settings::DeliveryWindow& window,
                          const PreviousManifest& previous,
                          const std::optional<ManifestProof>& proof, Staged& staged);
  std::string window_folder(const settings::DeliveryWindow& window) const;

  const std::string folder_;
  RecordSource& source_;
  ledger::Ledger& log_;
  const std::uint64_t split_bytes_;
};

}  // namespace trailkeeper::deliver
