#include "testing/real_databases.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/file.h"
#include "db/mariadb.h"
#include "db/postgres.h"

namespace trailkeeper::packs {

namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "database for tests: %s\n", why.c_str());
  std::_Exit(1);
}

int free_port() {
  FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    give_up("no port");
  }
  return ntohs(address.sin_port);
}

// The user that PostgreSQL is run as; nobody where that is not root's to choose.
const passwd* postgres_user() { return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr; }

pid_t spawn(const std::vector<std::string>& arguments, const std::string& log) {
  const passwd* user =
      arguments.front().find("postgresql") != std::string::npos ? postgres_user() : nullptr;
  pid_t pid = ::fork();
  if (pid != 0) return pid;
  int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  ::dup2(out, 1);
  ::dup2(out, 2);
  if (user != nullptr && (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) ::_exit(126);
  // Ends with the test, also when that gives up. After setuid, which forgets it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<char*> argv;
  for (const std::string& one : arguments) argv.push_back(const_cast<char*>(one.c_str()));
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

void finish(pid_t pid, const std::string& what) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (status != 0)
    give_up(what + " failed; are Debian's postgresql-15 and mariadb-server-core there?");
}

}  // namespace

RealDatabase::RealDatabase(Kind kind) : kind_(kind), port_(free_port()) {
  char name[] = "/tmp/trailkeeper-db-XXXXXX";
  if (::mkdtemp(name) == nullptr) give_up("no folder");
  root_ = name;
  if (kind == Kind::postgresql) {
    start_postgresql();
  } else {
    start_mariadb();
  }
}

RealDatabase::~RealDatabase() {
  ::kill(pid_, kind_ == Kind::postgresql ? SIGINT : SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void RealDatabase::start_postgresql() {
  if (const passwd* user = postgres_user()) {
    if (::chown(root_.c_str(), user->pw_uid, user->pw_gid) != 0) give_up("chown");
  }
  std::string bin = "/usr/lib/postgresql/15/bin/", data = root_ + "/data", log = root_ + "/log";
  finish(spawn({bin + "initdb", "-D", data, "-U", "admin", "--auth-local=trust",
                "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"},
               log),
         "initdb");
  pid_ = spawn({bin + "postgres", "-D", data, "-k", root_, "-p", std::to_string(port_), "-c",
                "listen_addresses=127.0.0.1", "-c", "fsync=off"},
               log);
  for (int tries = 0; tries < 6000; ++tries) {
    if (db::Postgres::open({.host = root_,
                            .port = port_,
                            .database = "postgres",
                            .user = "admin",
                            .tls = db::RemoteTls::off})) {
      run("CREATE ROLE reader LOGIN PASSWORD 'reads only'");
      run("GRANT pg_read_all_data TO reader");
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  give_up("PostgreSQL does not start");
}

void RealDatabase::start_mariadb() {
  std::string data = root_ + "/data", socket = root_ + "/socket", log = root_ + "/log";
  const passwd* user = ::getpwuid(::geteuid());
  std::filesystem::create_directory(data);
  // What mariadb-install-db does, which needs a program of another package. A folder of its own for
  // temporary tables: whoever starts removes all that lie there.
  finish(
      spawn({"/bin/sh", "-c",
             "(printf 'create database mysql;\\nuse mysql;\\nset @auth_root_socket=NULL;\\n'; cd "
             "/usr/share/mysql && cat mysql_system_tables.sql mysql_performance_tables.sql "
             "mysql_system_tables_data.sql) | /usr/sbin/mariadbd --no-defaults --bootstrap "
             "--enforce-storage-engine= --user=" +
                 std::string(user->pw_name) + " --datadir=" + data + " --tmpdir=" + root_},
            log),
      "mariadbd --bootstrap");
  pid_ = spawn({"/usr/sbin/mariadbd", "--no-defaults", "--datadir=" + data, "--tmpdir=" + root_,
                "--socket=" + socket, "--bind-address=127.0.0.1", "--port=" + std::to_string(port_),
                std::string("--user=") + user->pw_name, "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=32M", "--pid-file=" + root_ + "/pid"},
               log);
  db::RemoteServer server{
      .host = socket, .database = "mysql", .user = "root", .tls = db::RemoteTls::off};
  for (int tries = 0; tries < 6000; ++tries) {
    if (db::Mariadb::open(server, std::chrono::seconds(20))) {
      run("CREATE DATABASE vendor");
      run("CREATE USER reader IDENTIFIED BY 'reads only'");
      run("GRANT SELECT ON vendor.* TO reader");
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  give_up("MariaDB does not start");
}

void RealDatabase::run(const std::string& sql) {
  std::string failed;
  if (kind_ == Kind::postgresql) {
    auto server = db::Postgres::open({.host = root_,
                                      .port = port_,
                                      .database = "postgres",
                                      .user = "admin",
                                      .tls = db::RemoteTls::off});
    (void)(*server)->run("SET default_transaction_read_only = off");
    auto done = (*server)->run(sql);
    if (!done) failed = done.error().message;
  } else {
    auto server = db::Mariadb::open(
        {.host = root_ + "/socket", .database = "mysql", .user = "root", .tls = db::RemoteTls::off},
        std::chrono::seconds(60));
    auto done = (*server)->run(sql);
    if (!done) failed = done.error().message;
  }
  if (!failed.empty()) give_up(failed + " in: " + sql);
}

SourceSettings RealDatabase::reader() const {
  bool postgresql = kind_ == Kind::postgresql;
  return {.type = postgresql ? "postgresql" : "mariadb",
          .host = "127.0.0.1",
          .port = port_,
          .database = postgresql ? "postgres" : "vendor",
          .user = "reader",
          .password = "reads only",
          .tls = Tls::off};
}

}  // namespace trailkeeper::packs
