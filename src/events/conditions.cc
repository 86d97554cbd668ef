#include "conditions.h"

#include "event/fold.h"

namespace trailkeeper::events {

Conditions::Conditions(const OrgId& org) : sql_("org = {org:String}") {
  texts_.emplace_back("org", org.str());
}

// Text that folding does not change beyond ASCII is compared as it is; the rest has a folded copy.
void Conditions::add_search(const std::string& parameter, const std::string& needle,
                            std::initializer_list<std::pair<const char*, const char*>> columns) {
  if (needle.empty()) return;
  const std::string value = "{" + parameter + ":String}";
  std::string any;
  for (const auto& [column, folded] : columns) {
    if (!any.empty()) any += " OR ";
    any += std::string("(") + folded + " = '' AND positionCaseInsensitive(" + column + ", " +
           value + ") > 0) OR position(" + folded + ", " + value + ") > 0";
  }
  require("(" + any + ")");
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
  }
  add_search("q", filter.q,
             {{"actor_name", "folded_name"},
              {"actor_username", "folded_username"},
              {"actor_email", "folded_email"},
              {"action", "folded_action"},
              {"action_label", "folded_label"},
              {"area", "folded_area"}});
  add_search("name", filter.name,
             {{"actor_name", "folded_name"}, {"actor_username", "folded_username"}});
  add_search("email", filter.email, {{"actor_email", "folded_email"}});
  add_search("action", filter.action,
             {{"action", "folded_action"}, {"action_label", "folded_label"}});
  add_search("area", filter.area, {{"area", "folded_area"}});
  add_one_of("category", filter.categories);
  add_one_of("outcome", filter.outcomes);
  add_one_of("crud", filter.cruds);
  add_one_of("action", filter.actions);
  add_one_of("actor_name", filter.actor_names);
  add_one_of("actor_id", filter.actor_ids);
  if (!filter.target_types.empty()) {
    require("hasAny(target_types, {target_types_list:Array(String)})");
    text_lists_.emplace_back("target_types_list", filter.target_types);
    std::erase(text_lists_.back().second, std::string());
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
  return order == Order::newest_first ? " ORDER BY org DESC, occurred_at DESC, seq DESC"
                                      : " ORDER BY org, occurred_at, seq";
}

}  // namespace trailkeeper::events
