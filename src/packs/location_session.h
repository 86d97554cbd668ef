#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "httpc/client.h"
#include "location_query.h"
#include "packs/locations.h"
#include "packs/source.h"

namespace trailkeeper::packs {

// One process over one location, and the files that were there when it was asked: what is read
// later is of these, unchanged, or is an error.
class LocationSession {
 public:
  static Result<std::unique_ptr<LocationSession>> open(httpc::Client& http,
                                                       const SourceSettings& settings,
                                                       const LocationRules& rules);
  // Lists what the pull's query names, and answers the pull over exactly these files, in the
  // engine's own SQL.
  Result<Pull> begin(const Pull& pull);
  // `unavailable`, code `source_changed`, when a listed file is gone or is another by now.
  Result<> unchanged();
  // A source that is asked with what begin() answered.
  std::unique_ptr<Source> engine();
  // In words for operators; without secrets. What no other try would mend is `failed`.
  Error explain(const Error& error);
  // One value or line; for checks.
  Result<std::string> ask(const std::string& sql);
  void end() { reader_->end(); }

 private:
  LocationSession(httpc::Client& http, SourceSettings settings,
                  std::unique_ptr<LocationReader> reader);
  struct Bound {
    std::string sql;
    std::vector<std::string> values;
  };
  // With the organization and the interval bound; it may name `:org` or not.
  Result<Bound> bound(const std::string& select) const;
  Result<Bound> listing(const LocationPlace& place) const;
  Result<std::string> send(const std::string& sql, const std::vector<std::string>& values);
  Result<> list(std::size_t number);
  std::chrono::seconds time_max() const {
    return pull_ ? pull_->time_max : std::chrono::seconds(0);
  }
  std::string broke_off();
  std::string hidden(std::string text) const;

  httpc::Client& http_;
  const SourceSettings settings_;
  const std::unique_ptr<LocationReader> reader_;
  std::chrono::steady_clock::time_point began_;
  std::optional<Pull> pull_;  // from begin() on
  LocationQuery query_;
};

}  // namespace trailkeeper::packs
