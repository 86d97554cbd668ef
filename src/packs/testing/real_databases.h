#pragma once

#include <sys/types.h>

#include <string>

#include "packs/source.h"

namespace trailkeeper::packs {

// A real database server of Debian on a free loopback port, its data in a temporary folder; ends
// with the object. PostgreSQL runs as the user postgres when root runs the test, as it wants to.
class RealDatabase {
 public:
  enum class Kind { postgresql, mariadb };

  explicit RealDatabase(Kind kind);
  ~RealDatabase();
  RealDatabase(const RealDatabase&) = delete;
  RealDatabase& operator=(const RealDatabase&) = delete;

  // One statement, as the superuser.
  void run(const std::string& sql);
  // Of the user `reader`, who may only SELECT, over TCP.
  SourceSettings reader() const;

 private:
  void start_postgresql();
  void start_mariadb();

  const Kind kind_;
  std::string root_;
  int port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace trailkeeper::packs
