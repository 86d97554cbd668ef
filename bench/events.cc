#include "events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

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
constexpr unsigned kUsers = 500;
constexpr unsigned kDays = 30;

void append_number(std::string& out, std::uint64_t value, int width = 1) {
  char digits[20];
  char* from = digits + sizeof digits;
  do {
    *--from = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0 || digits + sizeof digits - from < width);
  out.append(from, digits + sizeof digits);
}

void append_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[value >> shift & 15];
}

}  // namespace

std::string org_name(int n) { return fmt::format("bench-{:03}", n); }

// What repeats is made once: the generator shares the machine with what it measures.
EventSource::EventSource(Settings settings) : settings_(settings), random_(settings.seed) {
  double sum = 0;
  for (int i = 0; i < settings.orgs; ++i) {
    org_weights_.push_back(sum += 1.0 / (i + 1));
    orgs_.push_back(fmt::format(R"({{"organization_id":"{}",)", org_name(i)));
  }
  for (const Kind& kind : kKinds) {
    kinds_.push_back(fmt::format(
        R"("action":"{}","action_label":"{}","area":"{}","category":"{}","crud":"{}","occurred_at":")",
        kind.action, kind.label, kind.area, kind.category, kind.crud));
  }
  for (unsigned user = 0; user < kUsers; ++user) {
    users_.push_back(fmt::format(
        R"("actor":{{"type":"user","id":"usr_{:05}","name":"{} {}","email":"user{}@customer.example"}},"targets":[{{"type":"segment","id":"seg_)",
        user, kFirst[user % kFirst.size()], kLast[(user / kFirst.size()) % kLast.size()], user));
  }
  for (const char* agent : kAgents) {
    agents_.push_back(fmt::format(R"(","user_agent":"{}","request_id":")", agent));
  }
  for (unsigned day = 0; day <= kDays; ++day) {
    const std::time_t when = settings.now_seconds - std::time_t{day} * 86400;
    std::tm utc{};
    gmtime_r(&when, &utc);
    days_.push_back(
        fmt::format("{:04}-{:02}-{:02}T", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday));
  }
}

int EventSource::org() {
  std::uniform_real_distribution<double> any(0, org_weights_.back());
  auto place = std::lower_bound(org_weights_.begin(), org_weights_.end(), any(random_));
  return static_cast<int>(place - org_weights_.begin());
}

// A moment of the last 30 days.
void EventSource::append_time(std::string& out, std::uint64_t r) {
  const std::uint64_t second = (r >> 20) % 86400;
  out += days_[1 + (r >> 40) % kDays];
  append_number(out, second / 3600, 2);
  out += ':';
  append_number(out, second / 60 % 60, 2);
  out += ':';
  append_number(out, second % 60, 2);
  out += '.';
  append_number(out, r % 1000, 3);
  out += "Z\",";
}

void EventSource::append(std::string& out) {
  const std::uint64_t r = random_();
  out += orgs_[static_cast<std::size_t>(org())];
  out += kinds_[r % kinds_.size()];
  append_time(out, r);
  out += users_[(r >> 8) % kUsers];
  append_number(out, (r >> 16) % 100000);
  out += R"(","name":"Enterprise )";
  append_number(out, (r >> 30) % 1000);
  out += R"("}],"context":{"ip":"203.0.)";
  append_number(out, (r >> 3) % 256);
  out += '.';
  append_number(out, (r >> 11) % 256);
  out += agents_[(r >> 40) % agents_.size()];
  append_hex(out, r);
  out += r % 10 == 1 ? R"("},"outcome":"failure",)" : R"("},"outcome":"success",)";
  out += R"("metadata":{"plan":"enterprise","rows":)";
  append_number(out, (r >> 33) % 10000);
  out += '}';
  if (settings_.external_ids) {
    out += R"(,"external_id":")";
    append_hex(out, settings_.seed);
    out += '-';
    append_number(out, count_);
    out += '"';
  }
  ++count_;
  out += '}';
}

}  // namespace bench
