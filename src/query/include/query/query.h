#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

// Reading an organization's trail: search with stable cursors, one entry by id.
namespace trailkeeper::query {

struct Filter {
  std::optional<Timestamp> from{};  // inclusive, occurred_at
  std::optional<Timestamp> to{};    // exclusive
  std::string q{};                  // in name, username, email, action, its label, area
  std::string name{};
  std::string email{};
  std::string action{};  // id or label
  std::string area{};
  std::vector<std::string> categories{};  // any of
  std::vector<std::string> outcomes{};
  std::vector<std::string> cruds{};
  std::vector<std::int64_t> http_statuses{};
  std::string ip{};
  bool operator==(const Filter&) const = default;
};

struct SearchRequest {
  OrgId org;
  Filter filter;
  std::size_t limit = 50;
  bool ascending = false;
  std::string cursor{};
  // Nothing that occurred before it is given (the viewing window); empty for keys.
  std::optional<Timestamp> visible_from{};
};

struct Page {
  std::vector<std::string> records;  // newest first unless ascending
  std::string next_cursor;           // empty at the end
  Timestamp watermark;               // everything received before it is in the answer
  std::uint64_t total = 0;           // capped at 10,000
  bool total_is_exact = true;
};

}  // namespace trailkeeper::query
