#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "crypto/hash.h"
#include "deliver/ports.h"
#include "packs/sink.h"
#include "packs/source.h"

// A database of numbers and a folder of a customer, both of which can fail when told to.
namespace trailkeeper::packs::testing {

// `rows` numbered rows for every org; the errors come in their order, one a call of open().
struct FakeDatabase {
  std::vector<Column> columns{{.name = "n", .type = ColumnType::integer},
                              {.name = "org", .type = ColumnType::text}};
  std::int64_t rows = 10;
  std::vector<Error> errors{};
  int opened = 0;
  std::optional<Error> in_the_middle{};  // after half of the rows
};

class FakeExtract final : public Extract {
 public:
  FakeExtract(FakeDatabase& database, const Pull& pull) : database_(database), pull_(pull) {
    if (pull.after && !pull.after->value.empty()) next_ = std::stoll(pull.after->value) + 1;
  }
  const std::vector<Column>& columns() const override { return database_.columns; }
  Timestamp snapshot_at() const override { return from_micros(1'795'392'000'000'000); }
  Result<bool> next(Batch& batch) override {
    batch.clear();
    if (database_.in_the_middle && next_ > database_.rows / 2) return *database_.in_the_middle;
    if (next_ > database_.rows) return false;
    for (int i = 0; i < 3 && next_ <= database_.rows; ++i, ++next_, ++batch.rows) {
      for (const Column& column : database_.columns) {
        batch.cells.push_back(column.type == ColumnType::integer
                                  ? Cell{.null = false, .integer = next_}
                                  : Cell{.null = false, .text = pull_.org.str()});
      }
    }
    return true;
  }
  void cancel() override {}
  Result<std::string> high_water() override {
    return database_.rows > 0 ? std::to_string(database_.rows) : std::string();
  }

 private:
  FakeDatabase& database_;
  const Pull pull_;
  std::int64_t next_ = 1;
};

class FakeSource final : public Source {
 public:
  explicit FakeSource(FakeDatabase& database) : database_(database) {}
  Result<SourceCheck> check() override { return SourceCheck{.version = "fake"}; }
  Result<std::unique_ptr<Extract>> open(const Pull& pull) override {
    ++database_.opened;
    if (!database_.errors.empty()) {
      const Error error = database_.errors.front();
      database_.errors.erase(database_.errors.begin());
      return error;
    }
    return std::unique_ptr<Extract>(new FakeExtract(database_, pull));
  }
  Result<std::uint64_t> count(const Pull&) override {
    return static_cast<std::uint64_t>(database_.rows);
  }

 private:
  FakeDatabase& database_;
};

// What lies there, by name; every name keeps its bytes but latest.json.
struct FakeFolder {
  std::map<std::string, std::string> files{};
  std::vector<std::string> order{};  // of the names as they came
  int fail_after = -1;               // so many files from now, once; -1: not
  deliver::Blame blame = deliver::Blame::transient;
  bool differs = false;  // something other than before came under a name
};

class FakeSink final : public PackSink {
 public:
  explicit FakeSink(FakeFolder& folder) : folder_(folder) {}
  std::string place() const override { return "sftp://ann@sftp.example/in/"; }
  SinkResult deliver(const Shipment& shipment,
                     const std::function<bool(std::size_t file)>& before) override {
    std::size_t number = 0;
    for (const StagedFile& part : shipment.parts) {
      if (auto failure = put(shipment, part, before, number++)) return {.failure = failure};
    }
    if (auto failure = put(shipment, shipment.manifest, before, number++))
      return {.failure = failure};
    if (!shipment.latest.empty()) folder_.files[shipment.latest_name] = shipment.latest;
    return {};
  }
  LookResult look(const LookRequest& request) override {
    LookResult result{.read_by = "sha256"};
    for (const ExpectedFile& file : request.files) {
      const auto there = folder_.files.find(request.folder + "/" + file.name);
      HeldFile held{.name = file.name};
      if (there != folder_.files.end()) {
        held.bytes = there->second.size();
        held.holding = crypto::sha256(there->second) == file.sha256 ? Holding::same
                       : held.bytes == file.bytes                   ? Holding::other_content
                                                                    : Holding::other_size;
      }
      result.files.push_back(std::move(held));
    }
    return result;
  }

 private:
  std::optional<deliver::SinkFailure> put(const Shipment& shipment, const StagedFile& file,
                                          const std::function<bool(std::size_t)>& before,
                                          std::size_t number) {
    if (!before(number))
      return deliver::SinkFailure{deliver::Blame::transient, "stopped", "Stopped.", ""};
    if (folder_.fail_after >= 0 && folder_.fail_after-- == 0) {
      // It arrived, but nobody said so.
      keep(shipment, file);
      return deliver::SinkFailure{folder_.blame, "broken", "The line broke.", "Wait."};
    }
    keep(shipment, file);
    return std::nullopt;
  }
  void keep(const Shipment& shipment, const StagedFile& file) {
    const std::string name = shipment.folder + "/" + file.name;
    const std::string content = *read_file(file.path);
    const auto [there, fresh] = folder_.files.try_emplace(name, content);
    if (!fresh && there->second != content) folder_.differs = true;
    if (fresh) folder_.order.push_back(name);
  }

  FakeFolder& folder_;
};

}  // namespace trailkeeper::packs::testing
