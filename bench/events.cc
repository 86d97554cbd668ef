#include "events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <iterator>

namespace bench {
namespace {

struct Kind {
  const char* action;
  const char* label;
  const char* area;
  const char* category;
  const char* crud;
};

constexpr std::array<Kind, 10> kKinds{{
    {"user.signed_in", "Signed in", "Sign-in", "authentication", "none"},
    {"user.sign_in_failed", "Signed in failed", "Sign-in", "authentication", "none"},
    {"segment.created", "Created segment", "Segments", "data", "create"},
    {"segment.updated", "Updated segment", "Segments", "data", "update"},
    {"contact.read", "Viewed contact", "Contacts", "data", "read"},
    {"contact.deleted", "Deleted contact", "Contacts", "data", "delete"},
    {"role.changed", "Changed role", "People", "permission", "update"},
    {"settings.changed", "Changed settings", "Settings", "configuration", "update"},
    {"report.exported", "Exported report", "Reports", "export", "read"},
    {"request.failed", "Request failed", "API", "error", "none"},
}};
constexpr std::array<const char*, 12> kFirst{"Ann",  "Sam",  "Zoë",   "José",  "Mei",  "Olu",
                                             "Ivan", "Noor", "Chloé", "Ahmed", "Ruth", "Søren"};
constexpr std::array<const char*, 12> kLast{"Lee",     "Müller", "García", "Okafor",
                                            "Petrov",  "Haddad", "Dubois", "Nguyen",
                                            "Nielsen", "Rossi",  "Cohen",  "Silva"};
constexpr std::array<const char*, 4> kAgents{
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 "
    "Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Safari/605.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
    "crm-backend/4.12 (internal)",
};
constexpr std::int64_t kThirtyDays = 30 * 86400;

}  // namespace

std::string org_name(int n) { return fmt::format("bench-{:03}", n); }

EventSource::EventSource(Settings settings) : settings_(settings), random_(settings.seed) {
  double sum = 0;
  for (int i = 0; i < settings.orgs; ++i) org_weights_.push_back(sum += 1.0 / (i + 1));
}

int EventSource::org() {
  std::uniform_real_distribution<double> any(0, org_weights_.back());
  auto place = std::lower_bound(org_weights_.begin(), org_weights_.end(), any(random_));
  return static_cast<int>(place - org_weights_.begin());
}

void EventSource::append(std::string& out) {
  const std::uint64_t r = random_();
  const Kind& kind = kKinds[r % kKinds.size()];
  const unsigned user = static_cast<unsigned>((r >> 8) % 500);
  const char* first = kFirst[user % kFirst.size()];
  const char* last = kLast[(user / kFirst.size()) % kLast.size()];
  const std::time_t when =
      settings_.now_seconds - static_cast<std::time_t>((r >> 20) % kThirtyDays);
  std::tm utc{};
  gmtime_r(&when, &utc);
  auto to = std::back_inserter(out);
  fmt::format_to(
      to,
      R"({{"organization_id":"{}","action":"{}","action_label":"{}","area":"{}","category":"{}","crud":"{}",)"
      R"("occurred_at":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",)"
      R"("actor":{{"type":"user","id":"usr_{:05}","name":"{} {}","email":"user{}@customer.example"}},)"
      R"("targets":[{{"type":"segment","id":"seg_{}","name":"Enterprise {}"}}],)"
      R"("context":{{"ip":"203.0.{}.{}","user_agent":"{}","request_id":"{:016x}"}},"outcome":"{}",)"
      R"("metadata":{{"plan":"enterprise","rows":{}}})",
      org_name(org()), kind.action, kind.label, kind.area, kind.category, kind.crud,
      utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
      r % 1000, user, first, last, user, (r >> 16) % 100000, (r >> 30) % 1000, (r >> 3) % 256,
      (r >> 11) % 256, kAgents[(r >> 40) % kAgents.size()], r, r % 10 == 1 ? "failure" : "success",
      (r >> 33) % 10000);
  if (settings_.external_ids)
    fmt::format_to(to, R"(,"external_id":"{:016x}-{}")", settings_.seed, count_);
  ++count_;
  out += '}';
}

}  // namespace bench
