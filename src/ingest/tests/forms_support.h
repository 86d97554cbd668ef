#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "forms.h"

namespace trailkeeper::ingest {

inline const Timestamp kNow = *parse_rfc3339("2026-11-22T14:30:00Z");

inline Request request_of(Form form, std::string body) {
  return {.form = form,
          .body = std::move(body),
          .application = "crm",
          .key_organization = OrgId::parse("acme"),
          .route = "/"};
}

// As the service does it: problems point into what was sent.
struct KeptItem {
  Result<event::Event> event;
  std::string pointer;
  std::string canonical;
};
inline KeptItem keep(const ParsedItem& item) {
  if (item.event) return {event::copy_of(**item.event), item.pointer, item.canonical};
  Error error = item.event.error();
  point_to_origin(item, error);
  return {std::move(error), item.pointer, item.canonical};
}

struct Parsed {
  std::vector<KeptItem> items;
  std::vector<std::string> echoes;
};

inline Result<Parsed> parse(const Request& request) {
  Parsed out;
  auto parsed = parse_request(request, kNow, true,
                              [&](ParsedItem&& item) { out.items.push_back(keep(item)); });
  if (!parsed) return parsed.error();
  out.echoes = std::move(parsed->echoes);
  return out;
}

// The only item, or its error, or the request's.
inline Result<event::Event> parse_one(const Request& request) {
  auto parsed = parse(request);
  if (!parsed) return parsed.error();
  EXPECT_EQ(parsed->items.size(), 1u);
  return parsed->items.at(0).event;
}

// One bad input: what is wrong with it, and where.
struct Refusal {
  std::string body;
  std::string code;     // of the first problem
  std::string pointer;  // the same
};

inline void expect_refused(const Request& request, const Refusal& refusal) {
  const auto event = parse_one(request);
  ASSERT_FALSE(event) << refusal.body;
  const Error error = event.error();
  ASSERT_FALSE(error.fields.empty()) << refusal.body << error.message;
  const FieldProblem& first = error.fields.front();
  EXPECT_EQ(first.code, refusal.code) << refusal.body << first.detail;
  EXPECT_EQ(first.pointer, refusal.pointer) << refusal.body << first.detail;
  EXPECT_FALSE(error.message.empty());
}

}  // namespace trailkeeper::ingest
