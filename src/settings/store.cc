#include "settings/store.h"

#include <cstdlib>
#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "deliveries_import.h"
#include "migrations.h"

namespace trailkeeper::settings {

namespace {

// Above this the writer copies the log into the file; a settings database stays far below most of
// the time.
constexpr std::uint64_t kLogBytesMax = 4u << 20;
constexpr int kStorageFailureStatus = 74;  // EX_IOERR

void end_process(const Error& error) {
  log::error("the settings' storage failed, ending",
             {{"code", error.code}, {"reason", error.message}});
  std::_Exit(kStorageFailureStatus);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(Options options) {
  std::unique_ptr<Store> store(new Store(std::move(options)));
  TRY(store->open_connections());
  return store;
}

Store::Store(Options options) : options_(std::move(options)) {}

Store::~Store() {
  MutexLock readers_lock(readers_mutex_);
  readers_.clear();
  MutexLock lock(write_mutex_);
  if (writer_) (void)writer_->checkpoint();
}

Result<> Store::open_connections() {
  TRY(make_folders(options_.folder));
  const std::string path = options_.folder + "/settings.db";
  MutexLock lock(write_mutex_);
  writer_ =
      std::make_unique<db::Database>(TRY(db::Database::open(path, db::Database::Mode::read_write)));
  TRY(db::migrate(*writer_, migrations()));
  TRY(import_deliveries(*writer_, options_.folder));
  MutexLock readers_lock(readers_mutex_);
  for (std::size_t i = 0; i < options_.readers; ++i) {
    readers_.push_back(std::make_unique<db::Database>(
        TRY(db::Database::open(path, db::Database::Mode::read_only))));
  }
  return {};
}

Result<db::Transaction> Store::begin_write() {
  auto transaction = db::Transaction::begin(*writer_);
  if (!transaction) note(transaction.error());
  return transaction;
}

Result<> Store::commit(db::Transaction transaction) {
  if (auto done = transaction.commit(); !done) {
    note(done.error());
    return done;
  }
  if (writer_->log_bytes() > kLogBytesMax) {
    // What was committed is durable already; a checkpoint that fails for lack of space is tried
    // after the next one.
    if (auto done = writer_->checkpoint(); !done) note(done.error());
  }
  return {};
}

void Store::note(const Error& error) {
  if (error.kind != ErrorKind::fatal) return;
  if (options_.on_fatal) {
    options_.on_fatal(error);
  } else {
    end_process(error);
  }
}

Store::Reader::Reader(Store& store) : store_(store) {
  {
    MutexLock lock(store_.readers_mutex_);
    while (store_.readers_.empty()) store_.reader_free_.wait(store_.readers_mutex_);
    database_ = std::move(store_.readers_.back());
    store_.readers_.pop_back();
  }
  begun_ = database_->execute("BEGIN");
  if (!begun_) store_.note(begun_.error());
}

Store::Reader::~Reader() {
  if (database_->in_transaction()) (void)database_->execute("COMMIT");
  MutexLock lock(store_.readers_mutex_);
  store_.readers_.push_back(std::move(database_));
  store_.reader_free_.notify_one();
}

}  // namespace trailkeeper::settings
