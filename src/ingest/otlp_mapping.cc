#include "otlp_mapping.h"

#include "ingest/otlp.h"
#include "translation.h"

namespace trailkeeper::ingest::otlp {
namespace {

struct Row {
  Field field;
  std::string_view attribute;
};

// OpenTelemetry's semantic conventions; of several for one field the first that is there counts.
// An attribute fills one field only, the first in the order of Field.
constexpr Row kRows[] = {
    {Field::organization_id, "organization.id"},
    {Field::action, "event.name"},
    {Field::application, "service.name"},
    {Field::actor_id, "user.id"},
    {Field::actor_id, "enduser.id"},
    {Field::actor_name, "user.full_name"},
    {Field::actor_name, "user.name"},
    {Field::actor_username, "user.name"},
    {Field::actor_email, "user.email"},
    {Field::context_location, "client.address"},
    {Field::context_user_agent, "user_agent.original"},
    {Field::context_url, "url.full"},
    {Field::context_session_id, "session.id"},
    {Field::http_status, "http.response.status_code"},
    {Field::error_code, "error.type"},
    {Field::error_code, "exception.type"},
    {Field::error_message, "exception.message"},
    {Field::external_id, "log.record.uid"},
};

// For what the conventions have no name for: `trailkeeper.area`, `trailkeeper.target.id` ...
constexpr std::string_view kOwnPrefix = "trailkeeper.";

Error wrong_mapping(std::string pointer, std::string detail) {
  return wrong_request("invalid_otlp_mapping", std::move(detail), std::move(pointer));
}

struct Configured {
  Field field;
  std::string attribute;
};

Result<std::vector<Configured>> parse_configured(std::string_view text) {
  json::Document document;
  auto root = document.parse(text);
  if (!root || !root->is(json::Type::object)) {
    return wrong_mapping("", "The mapping must be a JSON object of fields and attribute names.");
  }
  std::vector<Configured> out;
  for (json::Node member : *root) {
    const auto field = find_field(member.key());
    if (!field) {
      return wrong_mapping(json::pointer("", member.key()), "There is no field named '" +
                                                                std::string(member.key()) +
                                                                "' that an attribute could fill.");
    }
    if (!member.is(json::Type::string)) {
      return wrong_mapping(
          json::pointer("", member.key()),
          "The attribute of '" + std::string(member.key()) + "' must be named by a string.");
    }
    out.push_back({*field, std::string(member.text())});
  }
  return out;
}

}  // namespace

void Mapping::add(std::string_view attribute, Field field, std::uint32_t rank) {
  uses_[std::string(attribute)].push_back({field, rank});
}

Result<Mapping> Mapping::make(std::string_view configured) {
  Mapping out;
  if (!configured.empty()) {
    for (const Configured& entry : TRY(parse_configured(configured))) {
      out.configured_[static_cast<std::size_t>(entry.field)] = true;
      if (!entry.attribute.empty()) out.add(entry.attribute, entry.field, 0);
    }
  }
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const auto field = static_cast<Field>(i);
    if (out.is_configured(field)) continue;
    out.add(std::string(kOwnPrefix) += field_name(field), field, 0);
  }
  std::uint32_t rank = 1;
  for (const Row& row : kRows) {
    if (!out.is_configured(row.field)) out.add(row.attribute, row.field, rank++);
  }
  return out;
}

const std::vector<Mapping::Use>* Mapping::find(std::string_view attribute) const {
  const auto found = uses_.find(attribute);
  return found == uses_.end() ? nullptr : &found->second;
}

}  // namespace trailkeeper::ingest::otlp

namespace trailkeeper::ingest {

Result<> check_otlp_mapping(std::string_view mapping) {
  TRY(otlp::Mapping::make(mapping));
  return {};
}

}  // namespace trailkeeper::ingest
