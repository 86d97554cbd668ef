#pragma once

#include <pthread.h>

#include <cstdint>

// What the harness (layer.py) and every process under the shim share: one file, mapped by all. The
// offsets are layer.py's too.
namespace shim {

enum Op : std::uint32_t {
  kCreate = 1,
  kMakeFolder = 2,
  kWrite = 3,
  kTruncate = 4,
  kSync = 5,
  kRename = 6,
  kUnlink = 7,
  kRemoveFolder = 8,
  kLink = 9,
  kSymlink = 10,
  kMark = 11,  // written by the harness
  kOpen = 12,  // never logged; it can be made to fail
};

// The `at`-th call of kind `op` on a path that matches `pattern` fails with `error`; with `sticky`
// all later ones too. Below 0 the process gets that signal before the call takes effect.
struct Fault {
  std::uint32_t armed;
  std::uint32_t op;  // 0: any of them
  std::int32_t error;
  std::uint32_t sticky;
  std::uint64_t at;  // counts from 1
  std::uint64_t matched;
  std::uint64_t fired;
  char pattern[256];  // fnmatch, on the path below the watched folder
};

struct Control {
  std::uint32_t mutex_state;  // 0 not made, 1 being made, 2 ready
  std::uint32_t unused;
  pthread_mutex_t mutex;  // robust and shared between processes
  char mutex_room[64 - sizeof(pthread_mutex_t)];
  std::uint64_t sequence;       // of the last logged call
  std::int64_t clock_shift_ns;  // added to the wall clock, and to nothing else
  Fault fault;
};
static_assert(sizeof(pthread_mutex_t) <= 64 && offsetof(Control, sequence) == 72 &&
              offsetof(Control, fault) == 88);

// One call in the log, followed by its two byte strings. The log's order is the order in which the
// calls took effect.
struct Record {
  std::uint32_t op;
  std::uint32_t path_bytes;
  std::uint64_t sequence;
  std::uint64_t
      begun;  // kSync: the sequence when it began; what is newer may not have been covered
  std::uint64_t inode;
  std::int64_t offset;  // kWrite; kTruncate: the new size
  std::uint64_t data_bytes;
};
static_assert(sizeof(Record) == 48);

}  // namespace shim
