#include <bit>
#include <map>

#include "binary.h"
#include "counts_impl.h"

// The most frequent values of several fields at once: one statement reads the entries once and
// groups them by each field (GROUPING SETS); a second, small one reads what the values found are
// called now.
namespace trailkeeper::events {
namespace {

// A field has one bit of the answer's `field_set`.
constexpr std::size_t kFieldsMax = 32;

const char* column_of(Field field) {
  switch (field) {
    case Field::actor:
      return "actor_id";
    case Field::action:
      return "action";
    case Field::area:
      return "area";
    case Field::application:
      return "application";
    case Field::outcome:
      return "outcome";
    case Field::crud:
      return "crud";
    case Field::ip:
      return "ip";
    case Field::status:
      return "http_status";
    default:
      return "category";
  }
}

bool has_label(Field field) { return field == Field::actor || field == Field::action; }

std::string facets_sql(const std::vector<Field>& fields, const std::string& rest) {
  std::string columns, sets, value = "''";
  for (const Field field : fields) {
    const std::string column = column_of(field);
    columns += (columns.empty() ? "" : ", ") + column;
    sets += (sets.empty() ? "(" : ", (") + column + ")";
    // In a row of another field's set it is empty.
    value +=
        ", " + (field == Field::status ? "if(http_status = 0, '', toString(http_status))" : column);
  }
  return "SELECT grouping(" + columns + ") AS field_set, concat(" + value +
         ") AS value, count() AS number, max(occurred_at) AS last" + rest +
         " GROUP BY GROUPING SETS (" + sets +
         ") HAVING value != '' ORDER BY number DESC, value LIMIT {value_limit:UInt64} BY field_set "
         "FORMAT RowBinary";
}

// Of the bits, the first field's the highest, that of the row's own field is not set.
std::size_t field_of(std::uint64_t field_set, std::size_t fields) {
  const std::uint64_t own = ~field_set & ((std::uint64_t{1} << fields) - 1);
  return own == 0 ? fields : fields - static_cast<std::size_t>(std::bit_width(own));
}

struct Found {
  std::vector<std::vector<CountedValue>> facets;
  std::vector<std::int64_t> label_times{};  // when what has a label occurred last
};

Result<Found> read_facets(const std::string& bytes, const std::vector<Field>& fields) {
  Found found{.facets = std::vector<std::vector<CountedValue>>(fields.size())};
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    const std::size_t at = field_of(cursor.number<std::uint64_t>(), fields.size());
    CountedValue one;
    one.value = cursor.text();
    one.count = cursor.number<std::uint64_t>();
    const auto last = cursor.number<std::int64_t>();
    if (cursor.short_of_bytes() || cursor.broken() || at >= fields.size()) return bad_counts();
    if (has_label(fields[at])) found.label_times.push_back(last);
    found.facets[at].push_back(std::move(one));
  }
  return found;
}

}  // namespace

Result<std::vector<std::vector<CountedValue>>> Counts::facets(const OrgId& org,
                                                              const Filter& filter,
                                                              const std::vector<Field>& fields,
                                                              std::size_t limit) const {
  if (fields.empty()) return std::vector<std::vector<CountedValue>>{};
  if (fields.size() > kFieldsMax) {
    return Error{ErrorKind::too_large, "too_many_fields",
                 "more fields than can be counted at once"};
  }
  Conditions conditions(org, impl_->table());
  conditions.add(filter);
  Statement statement(facets_sql(fields, " FROM " + impl_->table() + " WHERE " + conditions.sql()));
  conditions.bind(statement);
  statement.unsigned_integer("value_limit", limit)
      .setting("max_rows_to_group_by", kGroupsMax)
      .setting("group_by_overflow_mode", "any");
  Found found = TRY(read_facets(TRY(impl_->run(std::move(statement))), fields));
  if (!found.label_times.empty()) {
    const Labels labels = TRY(labels_at(org, found.label_times));
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!has_label(fields[i])) continue;
      const auto& known = fields[i] == Field::actor ? labels.actors : labels.actions;
      for (CountedValue& one : found.facets[i]) {
        if (const auto label = known.find(one.value); label != known.end())
          one.label = label->second;
      }
    }
  }
  return std::move(found.facets);
}

// Times are the table's key, so this reads a granule for each.
Result<Counts::Labels> Counts::labels_at(const OrgId& org,
                                         const std::vector<std::int64_t>& times) const {
  Statement statement("SELECT actor_id, " + std::string(kActorLabel) +
                      ", toString(action) AS name, toString(action_label) FROM " + impl_->table() +
                      " WHERE org = {org:String} AND occurred_at IN {times:Array(Int64)} ORDER BY "
                      "occurred_at DESC, seq DESC LIMIT 1 BY actor_id, name FORMAT RowBinary");
  statement.text("org", org.str()).integers("times", times);
  const std::string bytes = TRY(impl_->run(std::move(statement)));
  Labels labels;
  BinaryCursor cursor(bytes);
  while (cursor.position() < bytes.size()) {
    std::string actor(cursor.text()), actor_label(cursor.text());
    std::string action(cursor.text()), action_label(cursor.text());
    if (cursor.short_of_bytes() || cursor.broken()) return bad_counts();
    // The newest come first.
    labels.actors.emplace(std::move(actor), std::move(actor_label));
    labels.actions.emplace(std::move(action), std::move(action_label));
  }
  return labels;
}

}  // namespace trailkeeper::events
