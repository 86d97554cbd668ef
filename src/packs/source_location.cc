#include "source_location.h"

#include <chrono>

#include "location_access.h"
#include "location_session.h"

namespace trailkeeper::packs {
namespace {

// Rows of the engine, which are only whole when the files are still those that were listed.
class LocationExtract final : public Extract {
 public:
  LocationExtract(std::unique_ptr<LocationSession> session, std::unique_ptr<Source> engine,
                  std::unique_ptr<Extract> rows, bool whole)
      : session_(std::move(session)),
        engine_(std::move(engine)),
        rows_(std::move(rows)),
        whole_(whole) {}
  // Without its process nothing waits for rows that may never come.
  ~LocationExtract() override { session_->end(); }

  const std::vector<Column>& columns() const override { return rows_->columns(); }
  Timestamp snapshot_at() const override { return rows_->snapshot_at(); }
  Result<std::string> high_water() override { return rows_->high_water(); }
  void cancel() override {
    rows_->cancel();
    session_->end();
  }
  Result<bool> next(Batch& batch) override {
    auto more = rows_->next(batch);
    if (!more) return session_->explain(more.error());
    if (!*more && whole_) TRY(session_->unchanged());
    return more;
  }

 private:
  // The rows end before the engine does.
  const std::unique_ptr<LocationSession> session_;
  const std::unique_ptr<Source> engine_;
  const std::unique_ptr<Extract> rows_;
  const bool whole_;
};

CheckStep step(std::string name, std::string detail) {
  return {.name = std::move(name), .ok = true, .detail = std::move(detail)};
}

class LocationSource final : public Source {
 public:
  LocationSource(httpc::Client& http, SourceSettings settings,
                 std::shared_ptr<const LocationRules> rules)
      : http_(http), settings_(std::move(settings)), rules_(std::move(rules)) {}

  Result<SourceCheck> check() override {
    const auto began = std::chrono::steady_clock::now();
    SourceCheck check{.version = "Files at " + location_name(settings_)};
    look(check);
    for (const CheckStep& one : check.steps) check.ok = check.ok && one.ok;
    if (!check.ok) check.detail = check.steps.back().detail;
    check.read_only = settings_.type != "s3" || settings_.user.empty();
    if (check.ok && !check.read_only)
      check.warning = "Whether these keys may write is not known; list and read is all they need.";
    check.duration_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::steady_clock::now() - began)
                            .count();
    return check;
  }

  Result<std::unique_ptr<Extract>> open(const Pull& pull) override {
    auto session = TRY(LocationSession::open(http_, settings_, *rules_));
    const Pull over = TRY(session->begin(pull));
    auto engine = session->engine();
    auto rows = engine->open(over);
    if (!rows) return session->explain(rows.error());
    return std::unique_ptr<Extract>(std::make_unique<LocationExtract>(
        std::move(session), std::move(engine), *std::move(rows), pull.rows_max == 0));
  }

  Result<std::uint64_t> count(const Pull& pull) override {
    auto session = TRY(LocationSession::open(http_, settings_, *rules_));
    const Pull over = TRY(session->begin(pull));
    const auto engine = session->engine();
    auto rows = engine->count(over);
    if (!rows) return session->explain(rows.error());
    return rows;
  }

 private:
  // Adds a step for each that was tried; the last is the one that failed.
  void look(SourceCheck& check) {
    const auto failed = [&](std::string name, const Error& error, std::string remedy) {
      check.steps.push_back({.name = std::move(name),
                             .ok = false,
                             .detail = error.message,
                             .remedy = std::move(remedy)});
    };
    const auto access = access_of(settings_, *rules_);
    if (!access) {
      failed("address", access.error(),
             settings_.type == "files"
                 ? "Name a folder that is there, below one of data_packs.folders."
                 : "Check the host's name; one at a private address must stand in "
                   "data_packs.private_hosts.");
      return;
    }
    check.steps.push_back(
        step("address", access->address.empty() ? access->folder : access->address));
    auto session = LocationSession::open(http_, settings_, *rules_);
    if (!session) {
      failed("process", session.error(),
             "Files are only read in a process that can reach nothing else; see the guide to "
             "locations on what the system must allow.");
      return;
    }
    check.steps.push_back(step("process", "Confined to this location."));
    const bool web = settings_.type == "http";
    const LocationPlace all{.path = web ? "''" : "'**'", .format = "LineAsString", .structure = {}};
    const auto found = (*session)->ask("SELECT " + std::string(web ? "1" : "_path") + " FROM " +
                                       location_table(settings_, all, !web) + " LIMIT 1");
    // A web server need not show what its files lie in.
    if (!found && web && found.error().code == "source_no_objects") {
      check.steps.push_back(step("read", "It answers."));
      return;
    }
    if (!found) {
      failed("read", found.error(),
             settings_.type == "s3" ? "Check bucket, keys and region; the keys need ListBucket and "
                                      "GetObject."
                                    : "Check that the server answers and its credentials.");
      return;
    }
    check.steps.push_back(
        step("read", found->empty() && !web ? "It holds no files yet." : "It answers."));
  }

  httpc::Client& http_;
  const SourceSettings settings_;
  const std::shared_ptr<const LocationRules> rules_;
};

}  // namespace

Result<std::unique_ptr<Source>> make_location_source(httpc::Client& http,
                                                     const SourceSettings& settings,
                                                     std::shared_ptr<const LocationRules> rules) {
  if (!rules->start) {
    return Error{ErrorKind::invalid, "unknown_type",
                 "This server has no embedded engine to read files with."};
  }
  TRY(check_location_settings(settings, *rules));
  return std::unique_ptr<Source>(
      std::make_unique<LocationSource>(http, settings, std::move(rules)));
}

}  // namespace trailkeeper::packs
