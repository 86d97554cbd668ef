#pragma once

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "base/thread_annotations.h"
#include "db/database.h"

// What people and operators set, in one SQLite database. The tables are read and changed by the
// functions of the other headers here, one header a resource; a change and the entry about it
// (outbox.h) share one transaction.
namespace trailkeeper::settings {

// What a read works on: one consistent view of the database. Valid during Store::read() or
// Store::write().
class ReadTx {
 public:
  explicit ReadTx(db::Database& database) : database_(database) {}
  db::Database& database() const { return database_; }

 private:
  db::Database& database_;
};

// What a change works on; all that was done through it is committed together or not at all.
class WriteTx : public ReadTx {
 public:
  using ReadTx::ReadTx;
};

// The connections: one writer, used by one caller at a time, which also checkpoints, and a few
// readers. Thread-safe; calls block on the disk, so not for the threads of the HTTP server's event
// loop.
class Store {
 public:
  struct Options {
    std::string folder;  // the data folder; the file is <folder>/settings.db
    std::size_t readers = 4;
    // Called when the storage failed in a way after which nothing may be committed. It must not
    // return to normal work; by default the process ends with status 74.
    std::function<void(const Error&)> on_fatal{};
  };

  // Opens or creates the database and brings its tables to the present version.
  static Result<std::unique_ptr<Store>> open(Options options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Runs `work(WriteTx&) -> Result<T>` in a transaction. When it answers a value, everything it
  // changed is durable on return; when it answers an error, or the commit fails, nothing changed.
  // `work` must not call the store again.
  template <typename Work>
  auto write(Work&& work) -> std::invoke_result_t<Work, WriteTx&> {
    MutexLock lock(write_mutex_);
    auto begun = begin_write();
    if (!begun) return std::move(begun).error();
    WriteTx tx(*writer_);
    auto result = work(tx);
    if (!result) {
      note(result.error());
      return result;
    }
    if (auto done = commit(std::move(begun).value()); !done) return std::move(done).error();
    return result;
  }

  // Runs `work(ReadTx&) -> Result<T>` on a snapshot that holds every change committed before the
  // call. Waits for a free reader. `work` must not call the store again.
  template <typename Work>
  auto read(Work&& work) -> std::invoke_result_t<Work, ReadTx&> {
    Reader reader(*this);
    if (!reader.begun()) return std::move(reader.begun()).error();
    ReadTx tx(reader.database());
    auto result = work(tx);
    if (!result) note(result.error());
    return result;
  }

 private:
  // A reader connection, borrowed; its snapshot ends with it.
  class Reader {
   public:
    explicit Reader(Store& store);
    ~Reader();
    Result<>& begun() { return begun_; }
    db::Database& database() { return *database_; }

   private:
    Store& store_;
    std::unique_ptr<db::Database> database_;
    Result<> begun_;
  };

  explicit Store(Options options);
  Result<> open_connections();
  Result<db::Transaction> begin_write() REQUIRES(write_mutex_);
  Result<> commit(db::Transaction transaction) REQUIRES(write_mutex_);
  void note(const Error& error);

  const Options options_;
  Mutex write_mutex_;
  std::unique_ptr<db::Database> writer_ GUARDED_BY(write_mutex_);
  Mutex readers_mutex_;
  ConditionVariable reader_free_;
  std::vector<std::unique_ptr<db::Database>> readers_ GUARDED_BY(readers_mutex_);
};

}  // namespace trailkeeper::settings
