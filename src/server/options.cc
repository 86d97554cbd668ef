#include "options.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace trailkeeper::server {
namespace {

Error wrong(std::string detail) { return Error{ErrorKind::invalid, "config", std::move(detail)}; }

Option text(std::string name, std::function<OptionTarget(Config&)> target) {
  return {.name = std::move(name), .target = std::move(target)};
}
Option secret(std::string name, std::function<OptionTarget(Config&)> target) {
  return {.name = std::move(name), .target = std::move(target), .secret = true};
}
Option number(std::string name, std::int64_t min, std::int64_t max,
              std::function<OptionTarget(Config&)> target) {
  return {.name = std::move(name), .target = std::move(target), .min = min, .max = max};
}
Option choice(std::string name, std::vector<std::string_view> choices,
              std::function<OptionTarget(Config&)> target) {
  return {.name = std::move(name), .target = std::move(target), .choices = std::move(choices)};
}

constexpr std::int64_t kTebibyte = std::int64_t{1} << 40;

constexpr std::int64_t kRateMax = 1'000'000'000;

void add_intake_limits(std::vector<Option>& all) {
  all.push_back(
      number("limits.org_events", 1, kRateMax, [](Config& c) { return &c.limits.org_events; }));
  all.push_back(
      number("limits.org_bytes", 1, kRateMax, [](Config& c) { return &c.limits.org_bytes; }));
  all.push_back(
      number("limits.org_requests", 1, kRateMax, [](Config& c) { return &c.limits.org_requests; }));
  all.push_back(
      number("limits.key_events", 1, kRateMax, [](Config& c) { return &c.limits.key_events; }));
  all.push_back(
      number("limits.key_bytes", 1, kRateMax, [](Config& c) { return &c.limits.key_bytes; }));
  all.push_back(
      number("limits.key_requests", 1, kRateMax, [](Config& c) { return &c.limits.key_requests; }));
  all.push_back(
      number("limits.burst_seconds", 1, 3600, [](Config& c) { return &c.limits.burst_seconds; }));
}

void add_general(std::vector<Option>& all) {
  all.push_back(text("listen", [](Config& c) { return &c.listen; }));
  all.push_back(text("data", [](Config& c) { return &c.data; }));
  all.push_back(text("public_url", [](Config& c) { return &c.public_url; }));
  all.push_back(text("tls.certificate", [](Config& c) { return &c.tls_certificate; }));
  all.push_back(text("tls.key", [](Config& c) { return &c.tls_key; }));
  all.push_back(text("secrets.key_file", [](Config& c) { return &c.key_file; }));
  all.push_back(text("console.folder", [](Config& c) { return &c.console_folder; }));
  all.push_back(text("console.openapi", [](Config& c) { return &c.openapi_file; }));
  all.push_back(choice("log.level", {"debug", "info", "warn", "error"},
                       [](Config& c) { return &c.log_level; }));
  all.push_back(
      number("limits.connections", 1, 100'000, [](Config& c) { return &c.limits.connections; }));
  all.push_back(
      number("limits.pool_threads", 1, 256, [](Config& c) { return &c.limits.pool_threads; }));
  all.push_back(number("limits.io_threads", 1, 64, [](Config& c) { return &c.limits.io_threads; }));
  all.push_back(number("limits.backlog", 0, 64 * kTebibyte,
                       [](Config& c) { return &c.limits.backlog_bytes; }));
  add_intake_limits(all);
  all.push_back(number("journal.segment", 16 << 10, kTebibyte,
                       [](Config& c) { return &c.journal.segment_bytes; }));
  all.push_back(
      number("journal.log", 64 << 10, kTebibyte, [](Config& c) { return &c.journal.log_bytes; }));
  all.push_back(
      number("journal.flush_ms", 1, 60'000, [](Config& c) { return &c.journal.flush_ms; }));
}

void add_ledger(std::vector<Option>& all) {
  all.push_back(text("ledger.origin", [](Config& c) { return &c.ledger.origin; }));
  all.push_back(text("ledger.read_key", [](Config& c) { return &c.ledger.read_key; }));
  all.push_back(text("ledger.witness_url", [](Config& c) { return &c.ledger.witness_url; }));
  all.push_back(text("ledger.witness_vkey", [](Config& c) { return &c.ledger.witness_vkey; }));
  all.push_back(number("scrub.rows_per_second", 0, 1'000'000,
                       [](Config& c) { return &c.scrub.rows_per_second; }));
  all.push_back(
      number("scrub.every_hours", 1, 10'000, [](Config& c) { return &c.scrub.every_hours; }));
}

void add_mask(std::vector<Option>& all) {
  all.push_back(text("mask.fields", [](Config& c) { return &c.mask.fields; }));
  all.push_back(text("mask.drop_fields", [](Config& c) { return &c.mask.drop_fields; }));
  all.push_back(text("mask.card_numbers", [](Config& c) { return &c.mask.card_numbers; }));
}

void add_store(std::vector<Option>& all) {
  all.push_back(text("store.url", [](Config& c) { return &c.store.url; }));
  all.push_back(text("store.user", [](Config& c) { return &c.store.user; }));
  all.push_back(secret("store.password", [](Config& c) { return &c.store.password; }));
  all.push_back(text("store.database", [](Config& c) { return &c.store.database; }));
  all.push_back(number("store.memory", 256 << 20, kTebibyte,
                       [](Config& c) { return &c.store.memory_bytes; }));
  all.push_back(number("store.connections", 1, 64, [](Config& c) { return &c.store.connections; }));
  all.push_back(text("store.program", [](Config& c) { return &c.store.program; }));
  all.push_back(text("store.library", [](Config& c) { return &c.store.library; }));
}

void add_mail(std::vector<Option>& all) {
  all.push_back(text("smtp.host", [](Config& c) { return &c.smtp.host; }));
  all.push_back(number("smtp.port", 1, 65535, [](Config& c) { return &c.smtp.port; }));
  all.push_back(choice("smtp.security", {"starttls", "tls", "none"},
                       [](Config& c) { return &c.smtp.security; }));
  all.push_back(text("smtp.user", [](Config& c) { return &c.smtp.user; }));
  all.push_back(secret("smtp.password", [](Config& c) { return &c.smtp.password; }));
  all.push_back(text("smtp.ca_file", [](Config& c) { return &c.smtp.ca_file; }));
  all.push_back(text("smtp.from", [](Config& c) { return &c.smtp.from; }));
  all.push_back(number("export.workers", 1, 64, [](Config& c) { return &c.exports.workers; }));
  all.push_back(number("export.free_disk_min", 0, kTebibyte,
                       [](Config& c) { return &c.exports.free_bytes_min; }));
}

void add_people(std::vector<Option>& all) {
  all.push_back(choice("sign_in.second_factor", {"optional", "operators", "everyone"},
                       [](Config& c) { return &c.sign_in.second_factor; }));
  all.push_back(
      text("sign_in.oidc_private_hosts", [](Config& c) { return &c.sign_in.oidc_private_hosts; }));
  all.push_back(text("sftp.private_hosts", [](Config& c) { return &c.sftp.private_hosts; }));
  all.push_back(
      text("data_packs.private_hosts", [](Config& c) { return &c.data_packs.private_hosts; }));
  all.push_back(text("data_packs.folders", [](Config& c) { return &c.data_packs.folders; }));
  all.push_back(
      text("data_packs.watched_folder", [](Config& c) { return &c.data_packs.watched_folder; }));
  all.push_back(number("data_packs.watch_seconds", 1, 3600,
                       [](Config& c) { return &c.data_packs.watch_seconds; }));
  all.push_back(
      text("data_packs.unit_socket", [](Config& c) { return &c.data_packs.unit_socket; }));
  all.push_back(number("data_packs.memory", 256 << 20, std::int64_t{64} << 30,
                       [](Config& c) { return &c.data_packs.memory_bytes; }));
  all.push_back(number("data_packs.read_seconds", 1, 7 * 86'400,
                       [](Config& c) { return &c.data_packs.read_seconds_max; }));
  all.push_back(text("portal.return_urls", [](Config& c) { return &c.portal.return_urls; }));
  all.push_back(text("embed.parents", [](Config& c) { return &c.embed.parents; }));
  all.push_back(text("proxies.trusted", [](Config& c) { return &c.trusted_proxies; }));
}

void add_s3(std::vector<Option>& all) {
  all.push_back(text("s3.role_arn", [](Config& c) { return &c.s3.role_arn; }));
  all.push_back(text("s3.access_key_id", [](Config& c) { return &c.s3.access_key_id; }));
  all.push_back(secret("s3.secret_access_key", [](Config& c) { return &c.s3.secret_access_key; }));
  all.push_back(secret("s3.session_token", [](Config& c) { return &c.s3.session_token; }));
  all.push_back(text("s3.credentials_file", [](Config& c) { return &c.s3.credentials_file; }));
  all.push_back(text("s3.profile", [](Config& c) { return &c.s3.profile; }));
  all.push_back(text("s3.regions", [](Config& c) { return &c.s3.regions; }));
  all.push_back(text("s3.endpoints", [](Config& c) { return &c.s3.endpoints; }));
  all.push_back(text("s3.sts_endpoint", [](Config& c) { return &c.s3.sts_endpoint; }));
  all.push_back(text("s3.trust_principal", [](Config& c) { return &c.s3.trust_principal; }));
  all.push_back(text("s3.endpoint_region", [](Config& c) { return &c.s3.endpoint_region; }));
  all.push_back(number("delivery.workers", 1, 64, [](Config& c) { return &c.delivery.workers; }));
  all.push_back(
      number("delivery.slow_workers", 1, 64, [](Config& c) { return &c.delivery.slow_workers; }));
  all.push_back(number("delivery.split", 1 << 20, std::int64_t{4} << 30,
                       [](Config& c) { return &c.delivery.split_bytes; }));
  all.push_back(number("delivery.part", 1 << 16, std::int64_t{1} << 30,
                       [](Config& c) { return &c.delivery.part_bytes; }));
  all.push_back(number("delivery.retry_seconds_max", 1, 86'400,
                       [](Config& c) { return &c.delivery.retry_seconds_max; }));
  all.push_back(
      number("data_packs.workers", 1, 64, [](Config& c) { return &c.pack_runs.workers; }));
  all.push_back(number("data_packs.compare_rate", 1 << 16, std::int64_t{1} << 30,
                       [](Config& c) { return &c.pack_runs.compare_bytes_per_second; }));
  all.push_back(number("delivery.probe_seconds", 1, 86'400,
                       [](Config& c) { return &c.delivery.probe_seconds; }));
}

}  // namespace

const std::vector<Option>& all_options() {
  static const std::vector<Option> options = [] {
    std::vector<Option> all;
    add_general(all);
    add_ledger(all);
    add_mask(all);
    add_store(all);
    add_mail(all);
    add_people(all);
    add_s3(all);
    return all;
  }();
  return options;
}

const Option* find_option(std::string_view name, bool& is_file) {
  is_file = false;
  for (const Option& option : all_options()) {
    if (option.name == name) return &option;
  }
  constexpr std::string_view kSuffix = "_file";
  if (!name.ends_with(kSuffix)) return nullptr;
  name.remove_suffix(kSuffix.size());
  is_file = true;
  for (const Option& option : all_options()) {
    if (option.secret && option.name == name) return &option;
  }
  return nullptr;
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::pair<std::string_view, int> kUnits[] = {
      {"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
  for (const auto& [name, shift] : kUnits) {
    if (problem != std::errc() || unit != name) continue;
    if (number > (std::numeric_limits<std::uint64_t>::max() >> shift)) break;
    return number << shift;
  }
  return wrong(
      "it must be a whole number of bytes, or of KiB, MiB, GiB or TiB, such as \"700 MiB\"");
}

Result<> set_text(Config& config, const Option& option, std::string text) {
  OptionTarget target = option.target(config);
  if (std::holds_alternative<std::uint64_t*>(target)) {
    const std::uint64_t number = TRY(parse_bytes(text));
    if (number > std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
      return wrong("it is too large");
    }
    return set_number(config, option, static_cast<std::int64_t>(number));
  }
  auto* place = std::get_if<std::string*>(&target);
  if (place == nullptr) return wrong("it must not be a string");
  const auto& choices = option.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    std::string all;
    for (const auto& one : choices) all += (all.empty() ? "" : ", ") + std::string(one);
    return wrong("it must be one of " + all);
  }
  **place = std::move(text);
  return {};
}

Result<> set_number(Config& config, const Option& option, std::int64_t number) {
  OptionTarget target = option.target(config);
  if (number < option.min || (option.max != 0 && number > option.max)) {
    return wrong("it must lie between " + std::to_string(option.min) + " and " +
                 std::to_string(option.max));
  }
  if (auto* small = std::get_if<int*>(&target)) {
    **small = static_cast<int>(number);
  } else if (auto* bytes = std::get_if<std::uint64_t*>(&target)) {
    **bytes = static_cast<std::uint64_t>(number);
  } else {
    return wrong("it must not be a number");
  }
  return {};
}

Result<> set_flag(Config& config, const Option& option, bool flag) {
  OptionTarget target = option.target(config);
  auto* place = std::get_if<bool*>(&target);
  if (place == nullptr) return wrong("it must not be true or false");
  **place = flag;
  return {};
}

Result<> set_list(Config& config, const Option& option, std::vector<std::string> items) {
  OptionTarget target = option.target(config);
  auto* place = std::get_if<std::vector<std::string>*>(&target);
  if (place == nullptr) return wrong("it must not be a list");
  **place = std::move(items);
  return {};
}

Result<> set_from_text(Config& config, const Option& option, const std::string& text) {
  OptionTarget target = option.target(config);
  if (std::holds_alternative<int*>(target)) {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) {
      return wrong("it must be a whole number");
    }
    return set_number(config, option, number);
  }
  if (std::holds_alternative<bool*>(target)) {
    if (text != "true" && text != "false") return wrong("it must be true or false");
    return set_flag(config, option, text == "true");
  }
  if (!std::holds_alternative<std::vector<std::string>*>(target)) {
    return set_text(config, option, text);
  }
  std::vector<std::string> items;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t comma = std::min(text.find(',', start), text.size());
    std::string item = text.substr(start, comma - start);
    item.erase(0, item.find_first_not_of(' '));
    while (item.ends_with(' ')) item.pop_back();
    if (!item.empty()) items.push_back(std::move(item));
    start = comma + 1;
  }
  return set_list(config, option, std::move(items));
}

}  // namespace trailkeeper::server
