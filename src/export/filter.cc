#include "export/filter.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "events/language.h"
#include "json/lists.h"

namespace trailkeeper::exports {

namespace {

using events::Filter;

constexpr std::size_t kTextBytesMax = 256;
constexpr std::size_t kItemsMax = 20;

struct TextMember {
  std::string_view name;
  std::string Filter::*text;
};
constexpr std::array<TextMember, 6> kTexts{{
    {"q", &Filter::q},
    {"name", &Filter::name},
    {"email", &Filter::email},
    {"action", &Filter::action},
    {"area", &Filter::area},
    {"ip", &Filter::ip},
}};

struct ListMember {
  std::string_view name;
  std::vector<std::string> Filter::*list;
  std::optional<events::Field> closed{};  // only the values of that field
};
constexpr std::array<ListMember, 7> kLists{{
    {"category", &Filter::categories, events::Field::category},
    {"outcome", &Filter::outcomes, events::Field::outcome},
    {"crud", &Filter::cruds, events::Field::crud},
    {"actions", &Filter::actions},
    {"actor_names", &Filter::actor_names},
    {"actor_ids", &Filter::actor_ids},
    {"target_types", &Filter::target_types},
}};

class Reader {
 public:
  explicit Reader(std::string_view pointer) : pointer_(pointer) {}

  void read(json::Node node) {
    if (!node.is(json::Type::object)) return refuse(pointer_, "type", "It must be an object.");
    for (const json::Node member : node) {
      if (!read_member(member))
        refuse(json::pointer(pointer_, member.key()), "unknown", "There is no such filter.");
    }
  }

  Result<Filter> answer() && {
    if (problems_.empty()) return std::move(filter_);
    std::string message =
        "The filter cannot be used: " + problems_.front().pointer + ". " + problems_.front().detail;
    return Error{ErrorKind::invalid, "invalid_filter", std::move(message), std::move(problems_)};
  }

 private:
  bool read_member(json::Node member) {
    const std::string_view key = member.key();
    const std::string pointer = json::pointer(pointer_, key);
    for (const TextMember& known : kTexts) {
      if (known.name != key) continue;
      read_text(member, pointer, filter_.*known.text);
      return true;
    }
    for (const ListMember& known : kLists) {
      if (known.name != key) continue;
      read_list(member, pointer, [&](json::Node item, const std::string& at) {
        std::string& text = (filter_.*known.list).emplace_back();
        read_text(item, at, text);
        if (known.closed) check_choice(text, at, *known.closed);
      });
      return true;
    }
    if (key == "query") {
      read_query(member, pointer);
      return true;
    }
    if (key != "http_status") return false;
    read_list(member, pointer,
              [&](json::Node item, const std::string& at) { read_status(item, at); });
    return true;
  }

  template <typename ReadItem>
  void read_list(json::Node node, const std::string& pointer, ReadItem read_item) {
    if (!node.is(json::Type::array)) return read_item(node, pointer);
    if (node.size() > kItemsMax)
      return refuse(pointer, "too_many", "At most 20 values are allowed.");
    std::size_t index = 0;
    for (const json::Node item : node) read_item(item, json::pointer(pointer, index++));
  }

  void read_text(json::Node node, const std::string& pointer, std::string& out) {
    if (!node.is(json::Type::string)) return refuse(pointer, "type", "It must be a text.");
    const std::string_view text = node.text();
    if (text.size() > kTextBytesMax) {
      return refuse(pointer, "too_long",
                    "It has " + std::to_string(text.size()) + " bytes; at most 256 are allowed.");
    }
    out = text;
  }

  void check_choice(const std::string& text, const std::string& pointer, events::Field field) {
    const auto choices = events::choices_of(field);
    if (!problems_.empty() && problems_.back().pointer == pointer) return;
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) return;
    std::string detail = "It must be one of:";
    for (const std::string_view choice : choices) detail += " " + std::string(choice);
    refuse(pointer, "unknown_value", detail + ".");
  }

  void read_query(json::Node node, const std::string& pointer) {
    if (!node.is(json::Type::string)) return refuse(pointer, "type", "It must be a text.");
    const auto done = events::set_query(filter_, node.text(), pointer);
    if (done) return;
    for (const FieldProblem& problem : done.error().fields)
      refuse(problem.pointer, problem.code, problem.detail);
  }

  void read_status(json::Node node, const std::string& pointer) {
    const auto status = node.is(json::Type::number) ? node.integer() : std::nullopt;
    if (!status || *status < 100 || *status > 599) {
      return refuse(pointer, "out_of_range", "It must be a number from 100 to 599.");
    }
    filter_.http_statuses.push_back(*status);
  }

  void refuse(std::string pointer, std::string code, std::string detail) {
    if (problems_.size() < kItemsMax)
      problems_.push_back({std::move(pointer), std::move(code), std::move(detail)});
  }

  const std::string pointer_;
  Filter filter_;
  std::vector<FieldProblem> problems_;
};

}  // namespace

std::string filter_json(const Filter& filter) {
  json::Writer out;
  out.begin_object();
  if (!filter.query.empty()) out.member("query", filter.query);
  for (const TextMember& member : kTexts) {
    if (!(filter.*member.text).empty())
      out.member(member.name, std::string_view(filter.*member.text));
  }
  for (const ListMember& member : kLists) {
    if ((filter.*member.list).empty()) continue;
    json::write_texts(out, member.name, filter.*member.list);
  }
  if (!filter.http_statuses.empty()) {
    out.key("http_status").begin_array();
    for (const std::int64_t status : filter.http_statuses) out.integer(status);
    out.end_array();
  }
  out.end_object();
  return out.take();
}

Result<Filter> parse_filter(json::Node node, std::string_view pointer) {
  Reader reader(pointer);
  reader.read(node);
  return std::move(reader).answer();
}

Result<Filter> parse_filter(std::string_view json) {
  json::Document document;
  return parse_filter(TRY(document.parse(json)), "");
}

bool filters_anything(const Filter& filter) { return filter_json(filter) != "{}"; }

}  // namespace trailkeeper::exports
