#include "tests/delivery_fixture.h"

#include "compress/gzip.h"
#include "crypto/hash.h"
#include "json/document.h"

namespace trailkeeper::deliver {
namespace {

std::string sha256_hex(const std::string& content) {
  return to_hex(as_text(crypto::sha256(content)));
}

std::uint64_t number(const json::Node& node, const char* name) {
  return std::stoull(std::string(node.find(name).value().text()));
}

class Reader {
 public:
  Reader(const std::map<std::string, FakeBuckets::Object>& objects, const std::string& path)
      : objects_(objects), path_(path) {}

  Found read() {
    for (const auto& [key, object] : objects_) {
      if (key.starts_with(path_ + "/audit_logs_manifest/"))
        by_number_[key.substr(key.rfind('/') + 1)] = key;
    }
    for (const auto& [name, key] : by_number_) manifest(key);
    for (const auto& [key, object] : objects_) {
      if (key.starts_with(path_ + "/audit_logs/") && !listed_.contains(key))
        problem(key, "is in no manifest");
    }
    return std::move(found_);
  }

 private:
  void problem(const std::string& key, const std::string& what) {
    found_.problems.push_back(key + " " + what);
  }

  void manifest(const std::string& key) {
    const std::string& text = objects_.at(key).content;
    json::Document document;
    const auto root = document.parse(text);
    if (!root || text.find('\n') != text.size() - 1) return problem(key, "is not one line of JSON");
    ++found_.manifests;
    const std::uint64_t stream = number(*root, "stream");
    const std::uint64_t window = number(*root, "window");
    const std::uint64_t first = number(*root, "first_seq");
    const std::uint64_t last = number(*root, "last_seq");
    const auto previous = root->find("previous").value();
    if (stream != stream_) {
      if (window != 0) problem(key, "opens a stream with another window than 0");
      found_.stream_lines.clear();
    } else if (window != window_ + 1 ||
               sha256_hex(previous_text_) != std::string(previous.find("sha256").value().text())) {
      problem(key, "does not follow the manifest before");
    }
    if (!found_.first_seq) found_.first_seq = first;
    if (previous_text_.empty()) expected_ = first;
    if (first != expected_) problem(key, "does not start where the one before ended");
    if (window > 0 && last + 1 == first) ++found_.empty_windows;
    std::uint64_t rows = 0;
    const json::Node files = root->find("files").value();
    for (const json::Node file : files) rows += read_file(key, file);
    if (rows != last + 1 - first) problem(key, "names another number of rows than its range has");
    expected_ = last + 1;
    found_.last_seq = last;
    stream_ = stream;
    window_ = window;
    previous_text_ = text;
  }

  std::uint64_t read_file(const std::string& manifest_key, const json::Node& file) {
    const std::string key(file.find("key").value().text());
    const auto object = objects_.find(key);
    if (object == objects_.end()) {
      problem(manifest_key, "names a missing file " + key);
      return 0;
    }
    if (!listed_.insert(key).second) problem(key, "is in two manifests");
    const std::string& content = object->second.content;
    if (sha256_hex(content) != file.find("sha256").value().text())
      problem(key, "has another digest");
    if (content.size() != number(file, "bytes")) problem(key, "has another size");
    const std::string text = compress::gunzip(content, 1u << 30).value();
    std::uint64_t rows = 0;
    for (std::size_t start = 0; start < text.size(); ++rows) {
      const std::size_t end = text.find('\n', start);
      found_.lines.push_back(text.substr(start, end - start));
      found_.stream_lines.push_back(found_.lines.back());
      start = end + 1;
    }
    if (rows != number(file, "rows")) problem(key, "has another number of rows");
    return rows;
  }

  const std::map<std::string, FakeBuckets::Object>& objects_;
  const std::string path_;
  Found found_;
  std::map<std::string, std::string> by_number_;  // stream and window number, so in order
  std::set<std::string> listed_;
  std::string previous_text_;
  std::uint64_t stream_ = 0;
  std::uint64_t window_ = 0;
  std::uint64_t expected_ = 0;
};

}  // namespace

Found read_bucket(const std::map<std::string, FakeBuckets::Object>& objects,
                  const std::string& path) {
  return Reader(objects, path).read();
}

void DeliveryTest::restart() {
  service_.reset();
  state_.reset();
  metrics_ = std::make_unique<metrics::Registry>();
  store_.reset();
  auto opened = settings::Store::open({.folder = folder_.path()});
  ASSERT_TRUE(opened) << opened.error().message;
  store_ = *std::move(opened);
  state_ = std::make_unique<settings::Deliveries>(*store_);
  settings_.staging_folder = folder_.path() + "/staging";
  service_ =
      Deliveries::make(settings_, *state_, trail_, trail_, buckets_, *log_, clock_, *metrics_);
}

void DeliveryTest::open_log() {
  auto opened =
      ledger::Ledger::open({folder_.path() + "/ledger", "trail.example"}, sealer_, clock_);
  ASSERT_TRUE(opened) << opened.error().message;
  log_ = *std::move(opened);
  trail_.set_on_add([this](const OrgId& org, Seq seq, const FakeTrail::Entry& entry) {
    const ledger::Addition addition{org, {seq, entry.received_at, crypto::sha256(entry.line)}};
    const auto added = log_->append({&addition, 1}, ++position_);
    ASSERT_TRUE(added) << added.error().message;
  });
}

void DeliveryTest::draft(const OrgId& org, const std::string& bucket, schedule::Frequency frequency,
                         const std::string& id, const std::string& path) {
  const auto made = service_->put(org, id,
                                  {.bucket = bucket,
                                   .region = "eu-west-1",
                                   .account_id = "123456789012",
                                   .path = path,
                                   .frequency = frequency});
  ASSERT_TRUE(made) << made.error().message;
}

void DeliveryTest::grant(const OrgId& org, const std::string& bucket, const std::string& id) {
  buckets_.make(bucket, {.sessions = {view(org, id).session_name}});
}

void DeliveryTest::connect(const OrgId& org, const std::string& bucket,
                           schedule::Frequency frequency, const std::string& id) {
  draft(org, bucket, frequency, id);
  grant(org, bucket, id);
  const auto validation = service_->validate(org, id);
  ASSERT_TRUE(validation) << validation.error().message;
  for (const Check& check : validation->checks)
    ASSERT_TRUE(check.ok) << check.name << ": " << check.detail;
  const auto active = service_->activate(org, id);
  ASSERT_TRUE(active) << active.error().message;
}

void DeliveryTest::add_events(const OrgId& org, int count) {
  for (int i = 0; i < count; ++i) {
    clock_.advance(std::chrono::milliseconds(5));
    trail_.add(org, clock_.now(), "event " + std::to_string(i));
  }
  clock_.advance(std::chrono::milliseconds(5));
}

void DeliveryTest::run_until(Timestamp time, Duration by) {
  service_->step();
  while (clock_.now() < time) {
    clock_.set(std::min(time, clock_.now() + by));
    service_->step();
  }
}

}  // namespace trailkeeper::deliver
