#include <algorithm>

#include "columns.h"
#include "conditions.h"
#include "event/fold.h"
#include "events/language.h"

// The search language as conditions. Values are parameters t1, t2, ...
namespace trailkeeper::events {
namespace {

// The network of an address, as far as its text tells: 192.0.2 or 2001:db8:1.
constexpr const char* kNetwork =
    "if(position(ip, ':') > 0, arrayStringConcat(arraySlice(splitByChar(':', lower(ip)), 1, 3), "
    "':'), substring(ip, 1, length(ip) - position(reverse(ip), '.')))";

std::string joined(const std::vector<std::string>& parts, const char* by) {
  std::string out;
  for (const std::string& part : parts) out.append(out.empty() ? "" : by).append(part);
  return "(" + out + ")";
}

const char* column_of(Field field) {
  switch (field) {
    case Field::email:
      return "actor_email";
    case Field::area:
      return "area";
    case Field::application:
      return "application";
    case Field::category:
      return "category";
    case Field::outcome:
      return "outcome";
    case Field::crud:
      return "crud";
    case Field::request:
      return "request_id";
    default:
      return "session_id";
  }
}

}  // namespace

std::string Conditions::text_place(std::string value) {
  std::string name = "t" + std::to_string(++terms_named_);
  std::string place = "{" + name + ":String}";
  texts_.emplace_back(std::move(name), std::move(value));
  return place;
}

std::string Conditions::texts_place(std::vector<std::string> values) {
  std::string name = "t" + std::to_string(++terms_named_);
  std::string place = "{" + name + ":Array(String)}";
  text_lists_.emplace_back(std::move(name), std::move(values));
  return place;
}

void Conditions::add_terms(const std::vector<Term>& terms) {
  for (const Term& term : terms) require((term.none ? "NOT " : "") + any_of(term));
}

std::string Conditions::any_of(const Term& term) {
  std::vector<std::string> parts, whole;
  for (const Wanted& wanted : term.any_of) {
    if (term.field == Field::is) {
      parts.push_back(sign(wanted.text));
    } else if (wanted.whole) {
      whole.push_back(wanted.text);
    } else {
      parts.push_back(part_value(term.field, wanted.text));
    }
  }
  if (!whole.empty()) parts.push_back(whole_values(term.field, std::move(whole)));
  return joined(parts, " OR ");
}

void Conditions::add_part(Field field, const std::string& text) {
  const auto begins = [&](const std::string& column) {
    return "startsWith(lower(" + column + "), " + text_place(event::fold(text)) + ")";
  };
  switch (field) {
    case Field::category:
    case Field::outcome:
    case Field::crud:
      return require(begins(column_of(field)));
    case Field::ip:
      return require(begins("ip"));
    case Field::status:
      return require(begins("toString(http_status)"));
    case Field::actor:
      return require("(position(lowerUTF8(actor_id), " + text_place(event::fold(text)) +
                     ") > 0 OR " + part_value(field, text) + ")");
    default:
      return require(part_value(field, text));
  }
}

std::string Conditions::whole_values(Field field, std::vector<std::string> values) {
  if (field == Field::target) {
    std::vector<std::string> items;
    for (const char letter : {kTargetType, kTargetId, kTargetName}) {
      for (const std::string& value : values) items.push_back(letter + value);
    }
    return "hasAny(targets, " + texts_place(std::move(items)) + ")";
  }
  const std::string list = texts_place(std::move(values));
  const auto has = [&](const char* column) { return "has(" + list + ", " + column + ")"; };
  switch (field) {
    case Field::actor:
      return joined({has("actor_id"), has("actor_name"), has("actor_username"), has("actor_email")},
                    " OR ");
    case Field::name:
      return joined({has("actor_name"), has("actor_username")}, " OR ");
    case Field::action:
      return joined({has("action"), has("action_label")}, " OR ");
    case Field::ip:
      return has("lower(ip)");
    case Field::status:
      return has("toString(http_status)");
    case Field::id:
      return has("UUIDNumToString(id)");
    default:
      return has(column_of(field));
  }
}

std::string Conditions::part_value(Field field, const std::string& value) {
  switch (field) {
    case Field::ip:
      return "startsWith(lower(ip), " + text_place(value) + ")";
    case Field::status:
      return "startsWith(toString(http_status), " + text_place(value) + ")";
    case Field::application:
      return "positionCaseInsensitiveUTF8(application, " + text_place(value) + ") > 0";
    case Field::target:
      return search_in_targets(text_place(event::fold(value)));
    case Field::actor:
      return "(actor_id = " + text_place(value) + " OR " +
             contains({Searched::name, Searched::username, Searched::email}, value) + ")";
    case Field::name:
      return contains({Searched::name, Searched::username}, value);
    case Field::email:
      return contains({Searched::email}, value);
    case Field::action:
      return contains({Searched::action, Searched::label}, value);
    case Field::area:
      return contains({Searched::area}, value);
    default:
      return contains({Searched::name, Searched::username, Searched::email, Searched::action,
                       Searched::label, Searched::area},
                      value);
  }
}

std::string Conditions::contains(std::initializer_list<Searched> columns,
                                 const std::string& needle) {
  return search_in(columns, text_place(event::fold(needle)));
}

std::string Conditions::sign(std::string_view name) {
  if (name == kCriticalChange) return critical_change();
  if (name == kUnusualSource) return unusual_source();
  return std::string("((category = 'authentication' AND ") + kFailed +
         ") OR http_status IN (401, 403) OR " + unusual_source() + ")";
}

// Changes to what is critical, and that worked: permissions, configuration, whatever is deleted,
// and what the vendor calls so (docs/search.md).
std::string Conditions::critical_change() {
  std::string what =
      "(category IN ('permission', 'configuration') AND crud != 'read') OR crud = 'delete'";
  if (!critical_actions_.empty()) what += " OR has(" + texts_place(critical_actions_) + ", action)";
  return "(outcome != 'failure' AND http_status < 400 AND (" + what + "))";
}

// The first entry of an actor from a network, when there was an entry of theirs from another one
// before: over all that is kept of the organization, so that it does not depend on the range.
std::string Conditions::unusual_source() const {
  const std::string first_seen =
      "SELECT actor_id, " + std::string(kNetwork) + " AS network, min(occurred_at) AS first FROM " +
      table_ + " WHERE org = {org:String} AND ip != '' AND actor_id != ''" +
      (has_last_seq_ ? " AND seq <= {last_seq:UInt64}" : "") + " GROUP BY actor_id, network";
  const std::string by_actor =
      "SELECT actor_id, groupArray(network) AS networks, groupArray(first) AS firsts, min(first) "
      "AS start FROM (" +
      first_seen + ") GROUP BY actor_id";
  return std::string("(ip != '' AND (actor_id, ") + kNetwork +
         ", occurred_at) IN (SELECT actor_id, n, f FROM (" + by_actor +
         ") ARRAY JOIN networks AS n, firsts AS f WHERE f > start))";
}

}  // namespace trailkeeper::events
