#include "conditions.h"

#include "columns.h"
#include "event/fold.h"

namespace trailkeeper::events {
namespace {

const char* name_of(Searched column) {
  switch (column) {
    case Searched::name:
      return "actor_name";
    case Searched::username:
      return "actor_username";
    case Searched::email:
      return "actor_email";
    case Searched::action:
      return "action";
    case Searched::label:
      return "action_label";
    case Searched::area:
      return "area";
  }
  return "";
}

}  // namespace

Conditions::Conditions(const OrgId& org, std::string table)
    : table_(std::move(table)), sql_("org = {org:String}") {
  texts_.emplace_back("org", org.str());
}

// Text that folding does not change beyond ASCII is compared as it is; of the rest there is a
// folded copy, with a piece for each column.
std::string search_in(std::initializer_list<Searched> columns, const std::string& place) {
  std::string plain, folded;
  for (const Searched column : columns) {
    if (!plain.empty()) plain += " OR ";
    if (!folded.empty()) folded += " OR ";
    plain += std::string("positionCaseInsensitive(") + name_of(column) + ", " + place + ") > 0";
    folded += "position(splitByChar('\\xff', folded)[" + std::to_string(static_cast<int>(column)) +
              "], " + place + ") > 0";
  }
  return "if(folded = '', " + plain + ", " + folded + ")";
}

// Each item begins with a letter of its own, which is not searched.
std::string search_in_targets(const std::string& place) {
  return "((folded = '' AND arrayExists(x -> positionCaseInsensitive(x, " + place +
         ", 2) > 0, targets)) OR (folded != '' AND position(folded, " + place +
         ", position(folded, '\\xfe')) > 0))";
}

void Conditions::add_search(const std::string& parameter, const std::string& needle,
                            std::initializer_list<Searched> columns) {
  if (needle.empty()) return;
  require(search_in(columns, "{" + parameter + ":String}"));
  texts_.emplace_back(parameter, event::fold(needle));
}

void Conditions::add_one_of(const std::string& column, const std::vector<std::string>& values) {
  if (values.empty()) return;
  require("has({" + column + "_list:Array(String)}, " + column + ")");
  // An absent field is stored as an empty text, which none of these can be.
  std::vector<std::string> wanted = values;
  std::erase(wanted, std::string());
  text_lists_.emplace_back(column + "_list", std::move(wanted));
}

void Conditions::add(const Filter& filter) {
  if (filter.from) {
    require("occurred_at >= {from:Int64}");
    integers_.emplace_back("from", to_micros(*filter.from));
  }
  if (filter.to) {
    require("occurred_at < {to:Int64}");
    integers_.emplace_back("to", to_micros(*filter.to));
  }
  if (filter.last_seq) {
    require("seq <= {last_seq:UInt64}");
    unsigned_integers_.emplace_back("last_seq", filter.last_seq->value);
    has_last_seq_ = true;
  }
  if (filter.after_seq) {
    require("seq > {since_seq:UInt64}");
    unsigned_integers_.emplace_back("since_seq", filter.after_seq->value);
  }
  using enum Searched;
  add_search("q", filter.q, {name, username, email, action, label, area});
  add_search("name", filter.name, {name, username});
  add_search("email", filter.email, {email});
  add_search("action", filter.action, {action, label});
  add_search("area", filter.area, {area});
  add_one_of("category", filter.categories);
  add_one_of("outcome", filter.outcomes);
  add_one_of("crud", filter.cruds);
  add_one_of("action", filter.actions);
  add_one_of("actor_name", filter.actor_names);
  add_one_of("actor_id", filter.actor_ids);
  if (!filter.target_types.empty()) {
    require("hasAny(targets, {target_types_list:Array(String)})");
    std::vector<std::string> wanted;
    for (const std::string& type : filter.target_types) {
      if (!type.empty()) wanted.push_back(std::string(1, kTargetType) + type);
    }
    text_lists_.emplace_back("target_types_list", std::move(wanted));
  }
  if (!filter.http_statuses.empty()) {
    require("has({http_status_list:Array(Int64)}, http_status)");
    http_statuses_ = filter.http_statuses;
    std::erase(*http_statuses_, 0);  // that is how an absent one is stored
  }
  if (!filter.ip.empty()) {
    require("ip = {ip:String}");
    texts_.emplace_back("ip", filter.ip);
  }
  critical_actions_ = filter.critical_actions;
  add_terms(filter.terms);
}

void Conditions::add_after(const Position& position, Order order) {
  const std::string beyond = order == Order::newest_first ? "<" : ">";
  // The first half is what the primary key understands.
  require("occurred_at " + beyond + "= {after_time:Int64} AND (occurred_at " + beyond +
          " {after_time:Int64} OR seq " + beyond + " {after_seq:UInt64})");
  integers_.emplace_back("after_time", to_micros(position.occurred_at));
  unsigned_integers_.emplace_back("after_seq", position.seq.value);
}

void Conditions::bind(Statement& statement) const {
  for (const auto& [name, value] : texts_) statement.text(name, value);
  for (const auto& [name, value] : integers_) statement.integer(name, value);
  for (const auto& [name, value] : unsigned_integers_) statement.unsigned_integer(name, value);
  for (const auto& [name, values] : text_lists_) statement.texts(name, values);
  if (http_statuses_) statement.integers("http_status_list", *http_statuses_);
}

std::string order_by(Order order) {
  if (order == Order::by_seq) return " ORDER BY seq";
  return order == Order::newest_first ? " ORDER BY org DESC, occurred_at DESC, seq DESC"
                                      : " ORDER BY org, occurred_at, seq";
}

}  // namespace trailkeeper::events
