#include "location_query.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.h"
#include "packs/parameters.h"

namespace trailkeeper::packs {
namespace {

constexpr std::size_t kPlacesMax = 8;
constexpr std::array<std::string_view, 10> kFormats{
    "Parquet",     "CSV", "CSVWithNames", "TSV",  "TSVWithNames",
    "JSONEachRow", "ORC", "Arrow",        "Avro", "JSONLines"};
// They would read beside the list of what was there.
constexpr std::array<std::string_view, 14> kReaders{
    "s3",          "s3cluster", "url",       "urlcluster",      "file",
    "filecluster", "gcs",       "hdfs",      "remote",          "remotesecure",
    "executable",  "iceberg",   "deltalake", "azureblobstorage"};

Error bad_query(std::string code, std::string detail) {
  return Error{ErrorKind::invalid,
               "invalid_field",
               "The query cannot be used: " + detail,
               {{"/query", std::move(code), detail}}};
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(blank) - first + 1));
}

// Steps over a text that parse_query() has found whole: quotes and comments have their ends.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  std::size_t at() const { return at_; }
  bool ended() const { return at_ >= text_.size(); }
  char here() const { return text_[at_]; }
  void step() { ++at_; }

  // Over a quote or a comment; false when there is none here.
  bool skip_quiet() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("--")) return skip_to("\n");
    if (rest.starts_with("/*")) return skip_to("*/");
    const char quote = here();
    if (quote != '\'' && quote != '"' && quote != '`') return false;
    for (++at_; !ended(); ++at_) {
      if (here() == '\\' && quote != '`') {
        ++at_;
      } else if (here() == quote) {
        ++at_;
        if (ended() || here() != quote) return true;
      }
    }
    return true;
  }
  void skip_blank() {
    while (!ended() && (here() == ' ' || here() == '\t' || here() == '\r' || here() == '\n' ||
                        text_.substr(at_).starts_with("--") || text_.substr(at_).starts_with("/*")))
      if (!skip_comment()) step();
  }
  // What stands in the quotes that were just skipped, from `begin` on.
  std::string_view quoted(std::size_t begin) const {
    return at_ > begin + 1 ? text_.substr(begin + 1, at_ - begin - 2) : std::string_view();
  }
  std::string_view word() {
    const std::size_t begin = at_;
    while (!ended() && is_word(here())) step();
    return text_.substr(begin, at_ - begin);
  }

 private:
  bool skip_comment() { return here() != '\'' && here() != '"' && here() != '`' && skip_quiet(); }
  bool skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_ + 2);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    return true;
  }
  const std::string_view text_;
  std::size_t at_ = 0;
};

// The arguments of a call; `scanner` stands behind its opening bracket, then behind its end.
Result<std::vector<std::string>> arguments_of(Scanner& scanner, std::string_view text) {
  std::vector<std::string> arguments;
  std::size_t begin = scanner.at();
  int depth = 0;
  while (!scanner.ended()) {
    if (scanner.skip_quiet()) continue;
    const char c = scanner.here();
    if (depth == 0 && (c == ',' || c == ')')) {
      arguments.push_back(trimmed(text.substr(begin, scanner.at() - begin)));
      begin = scanner.at() + 1;
    }
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && depth-- == 0) {
      scanner.step();
      return arguments;
    }
    scanner.step();
  }
  return bad_query("objects", "objects( has no closing bracket.");
}

Result<LocationPlace> place_of(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.size() > 3 || arguments[0].empty())
    return bad_query("objects",
                     "write objects(path), objects(path, Format) or "
                     "objects(path, Format, 'column Type, ...').");
  LocationPlace place{.path = arguments[0], .format = {}, .structure = {}};
  if (arguments.size() > 1) {
    std::string name = arguments[1];
    if (name.size() > 2 && name.front() == '\'' && name.back() == '\'')
      name = name.substr(1, name.size() - 2);
    const auto known = std::find_if(kFormats.begin(), kFormats.end(), [&](std::string_view one) {
      return lower_ascii(one) == lower_ascii(name);
    });
    if (known == kFormats.end())
      return bad_query("format",
                       "it names a format that is not Parquet, CSV, CSVWithNames, TSV, "
                       "TSVWithNames, JSONEachRow, JSONLines, ORC, Arrow or Avro.");
    place.format = *known;
  }
  if (arguments.size() > 2) {
    Scanner scanner(arguments[2]);
    if (arguments[2].empty() || arguments[2].front() != '\'' || !scanner.skip_quiet() ||
        !scanner.ended())
      return bad_query("structure", "the columns of objects() must be one text in quotes.");
    place.structure = arguments[2];
  }
  // A parameter-free path is not refused here: the WHERE may choose the organization's rows.
  const auto parsed = parse_query(place.path, Dialect::clickhouse);
  place.of_org = parsed.has_value();
  return place;
}

}  // namespace

Result<LocationQuery> parse_location_query(const std::string& query) {
  // Also checks that quotes and comments end, and that :org is there.
  TRY(parse_query(query, Dialect::clickhouse));
  const std::string_view text = query;
  LocationQuery found;
  Scanner scanner(text);
  std::size_t begin = 0;
  while (!scanner.ended()) {
    const std::size_t at = scanner.at();
    const bool name_in_quotes = scanner.here() == '`' || scanner.here() == '"';
    const bool quiet = scanner.skip_quiet();
    if (quiet && !name_in_quotes) continue;
    if (!quiet && !is_word(scanner.here())) {
      scanner.step();
      continue;
    }
    const std::string word = lower_ascii(quiet ? scanner.quoted(at) : scanner.word());
    const bool member = at > 0 && (text[at - 1] == '.' || text[at - 1] == ':');
    scanner.skip_blank();
    if (member || scanner.ended() || scanner.here() != '(') continue;
    if (std::find(kReaders.begin(), kReaders.end(), word) != kReaders.end())
      return bad_query("reader", "files are read by objects(path, ...), not by " + word + "().");
    if (word != "objects") continue;
    scanner.step();
    if (found.places.size() == kPlacesMax)
      return bad_query("objects", "it may hold objects() eight times at most.");
    found.places.push_back(TRY(place_of(TRY(arguments_of(scanner, text)))));
    found.texts.emplace_back(text.substr(begin, at - begin));
    begin = scanner.at();
  }
  if (found.places.empty())
    return bad_query("no_objects", "it must read from objects(path, Format).");
  found.texts.emplace_back(text.substr(begin));
  return found;
}

}  // namespace trailkeeper::packs
