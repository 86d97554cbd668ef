// A process that reads one location: what it can reach, and what it cannot.
#include <gtest/gtest.h>
#include <net/if.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "base/file.h"
#include "engine/location_process.h"
#include "httpc/client.h"
#include "httpd/router.h"
#include "httpd/server.h"
#include "messages.h"
#include "testing/self_signed.h"
#include "testing/store_process.h"

namespace trailkeeper::engine {
namespace {

namespace fs = std::filesystem;
using events::testing::engine_library;
using events::testing::engine_program;

constexpr char kCsv[] = "id,org\n1,acme\n2,acme\n";

// What systemd does for a socket with Accept=yes and PrivateNetwork=yes: a process with an empty
// network of its own for each connection.
class Unit {
 public:
  Unit(const fs::path& folder) : path_((folder / "unit").string()), scratch_(folder / "scratch") {
    fs::create_directories(scratch_);
    listener_ = FileDescriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(listener_.get(), 4) != 0)
      throw std::runtime_error("no socket at " + path_);
    thread_ = std::thread([this] { serve(); });
  }
  ~Unit() {
    shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
  }
  const std::string& path() const { return path_; }

 private:
  void serve() {
    for (;;) {
      const FileDescriptor one(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!one) return;
      std::vector<std::string> words = {
          "unshare",  "--user",     "--map-root-user", "--net", engine_program(),
          "location", "--prepared", "--job-fd",        "0",     "--scratch",
          scratch_,   "--library",  engine_library()};
      std::vector<char*> pointers;
      for (std::string& word : words) pointers.push_back(word.data());
      pointers.push_back(nullptr);
      posix_spawn_file_actions_t actions;
      posix_spawn_file_actions_init(&actions);
      posix_spawn_file_actions_adddup2(&actions, one.get(), 0);
      pid_t child = 0;
      if (posix_spawnp(&child, "unshare", &actions, nullptr, pointers.data(), environ) == 0)
        children_.push_back(child);
      posix_spawn_file_actions_destroy(&actions);
    }
  }
  std::string path_;
  const std::string scratch_;
  FileDescriptor listener_;
  std::vector<pid_t> children_;  // of the thread, until it ended
  std::thread thread_;
};

// Answers /deals.csv, and counts who asked and with which credentials.
class Place {
 public:
  explicit Place(const httpd::SelfSigned* certificate = nullptr) {
    router_.add("GET", "/deals.csv", [this](httpd::Request request, httpd::Responder responder) {
      ++asked_;
      const auto given = request.header("authorization");
      if (given == "Basic secret-of-acme") ++authorized_;
      httpd::Response response;
      response.set("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT");
      response.body = std::string(kCsv);
      responder.send(std::move(response));
    });
    httpd::ServerSettings settings;
    settings.listen = "127.0.0.1:0";
    if (certificate != nullptr)
      settings.tls = httpd::TlsFiles{certificate->certificate_path(), certificate->key_path()};
    auto server = httpd::Server::create(settings, router_);
    if (!server) throw std::runtime_error(server.error().message);
    server_ = *std::move(server);
    server_->start();
  }
  ~Place() { server_->stop(std::chrono::milliseconds(100)); }
  int port() const {
    const std::string address = server_->address();
    return std::stoi(address.substr(address.rfind(':') + 1));
  }
  int asked() const { return asked_; }
  int authorized() const { return authorized_; }

 private:
  std::atomic<int> asked_{0}, authorized_{0};
  httpd::Router router_;
  std::unique_ptr<httpd::Server> server_;
};

class Location : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "tkl-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    fs::create_directories(folder_ / "p");
    fs::create_directories(folder_ / "files");
    std::ofstream(folder_ / "files" / "a.csv") << kCsv;
    std::ofstream(folder_ / "secret.csv") << kCsv;
    settings_ = {.program = engine_program(),
                 .library = engine_library(),
                 .folder = (folder_ / "p").string()};
  }
  void TearDown() override {
    process_.reset();
    EXPECT_TRUE(fs::is_empty(folder_ / "p")) << "what it used is gone with it";
    fs::remove_all(folder_);
  }

  void start(const LocationJob& job) {
    auto made = LocationProcess::start(settings_, job);
    ASSERT_TRUE(made) << made.error().code << ": " << made.error().message;
    process_ = *std::move(made);
  }
  httpc::Response ask(const std::string& sql, const std::string& settings = "") {
    httpc::Request request;
    request.method = "POST";
    request.url = "http://localhost/?http_max_tries=1" + settings;
    request.unix_socket = process_->socket();
    request.body = sql;
    auto response = client_.send(request);
    if (!response) return {.status = 0, .headers = {}, .body = response.error().message};
    return *std::move(response);
  }
  static std::string url(const std::string& scheme, const std::string& host, int port) {
    return "url('" + scheme + "://" + host + ":" + std::to_string(port) +
           "/deals.csv', CSVWithNames, 'id Int64, org String')";
  }

  fs::path folder_;
  LocationSettings settings_;
  std::unique_ptr<LocationProcess> process_;
  httpc::Client client_;
};

TEST_F(Location, ReachesItsAddressAndNothingElse) {
  Place place, other;
  start({.names = {"files.vendor.example"}, .address = "127.0.0.1", .port = place.port()});
  for (const char* host : {"files.vendor.example", "127.0.0.1"}) {
    const auto rows = ask("SELECT count() FROM " + url("http", host, place.port()));
    EXPECT_EQ(rows.body, "2\n") << host;
  }
  EXPECT_GT(place.asked(), 0);
  const int asked = place.asked();
  for (const std::string& host :
       {std::string("127.0.0.1"), std::string("[::1]"), std::string("169.254.169.254")}) {
    const auto refused =
        ask("SELECT count() FROM " + url("http", host, other.port()), "&http_connection_timeout=2");
    EXPECT_NE(refused.status, 200) << host;
  }
  for (const char* host : {"localhost", "other.vendor.example"}) {
    const auto refused = ask("SELECT count() FROM " + url("http", host, place.port()));
    EXPECT_NE(refused.status, 200) << host;
  }
  EXPECT_EQ(other.asked(), 0);
  EXPECT_EQ(place.asked(), asked) << "a name that is not its own leads nowhere";
}

TEST_F(Location, SeesItsFolderAndNoOtherFile) {
  start({.folder = (folder_ / "files").string()});
  const auto file = [&](const fs::path& path) {
    return ask("SELECT count() FROM file('" + path.string() + "', LineAsString)");
  };
  EXPECT_EQ(file(folder_ / "files" / "a.csv").body, "3\n");
  fs::create_symlink(folder_ / "secret.csv", folder_ / "files" / "link.csv");
  for (const fs::path& path :
       {folder_ / "secret.csv", folder_ / "files/../secret.csv", folder_ / "files/link.csv",
        fs::path("/etc/passwd"), fs::path("/proc/self/environ"), fs::path("/proc/self/status"),
        fs::path("/proc/" + std::to_string(getpid()) + "/cmdline")})
    EXPECT_NE(file(path).status, 200) << path;
  const auto written = ask("INSERT INTO FUNCTION file('" + (folder_ / "files/new.csv").string() +
                           "', CSV, 'a String') VALUES ('x')");
  EXPECT_NE(written.status, 200);
  EXPECT_FALSE(fs::exists(folder_ / "files/new.csv"));
  const auto outside = ask("SELECT count() FROM " + url("http", "127.0.0.1", 9));
  EXPECT_NE(outside.status, 200);
}

TEST_F(Location, CredentialsAreSentAndCannotBeRead) {
  Place place;
  start({.names = {"files.vendor.example"},
         .address = "127.0.0.1",
         .port = place.port(),
         .environment = {{"AWS_SECRET_ACCESS_KEY", "secret-of-acme"}},
         .headers = {{"Authorization", "Basic secret-of-acme"}}});
  const auto rows =
      ask("SELECT count() FROM url(location, url = concat('http://', "
          "'files.vendor.example:" +
          std::to_string(place.port()) + "/deals.csv'), format = 'CSVWithNames')");
  EXPECT_EQ(rows.body, "2\n") << rows.body;
  EXPECT_GT(place.authorized(), 0);
  for (const char* sql :
       {"SELECT * FROM system.named_collections", "SELECT * FROM system.processes",
        "SELECT * FROM system.server_settings", "SELECT * FROM system.settings",
        "SELECT * FROM system.query_log", "SHOW CREATE NAMED COLLECTION location"})
    EXPECT_EQ(ask(sql).body.find("secret-of-acme"), std::string::npos) << sql;
  const std::string config = fs::path(process_->socket()).parent_path() / "m/config.xml";
  EXPECT_NE(ask("SELECT * FROM file('" + config + "', LineAsString)").status, 200);
  std::ifstream command("/proc/" + std::to_string(process_->pid()) + "/cmdline");
  std::string words((std::istreambuf_iterator<char>(command)), {});
  EXPECT_FALSE(words.empty());
  EXPECT_EQ(words.find("secret-of-acme"), std::string::npos);
}

TEST_F(Location, ACertificateOfAnotherHostIsRefused) {
  httpd::SelfSigned certificate;  // of localhost
  Place place(&certificate);
  std::ifstream file(certificate.certificate_path());
  const std::string ca((std::istreambuf_iterator<char>(file)), {});
  start({.names = {"localhost", "files.vendor.example"},
         .address = "127.0.0.1",
         .port = place.port(),
         .ca = ca});
  const auto right = ask("SELECT count() FROM " + url("https", "localhost", place.port()));
  EXPECT_EQ(right.body, "2\n");
  const auto wrong =
      ask("SELECT count() FROM " + url("https", "files.vendor.example", place.port()));
  EXPECT_NE(wrong.status, 200);
  EXPECT_NE(wrong.body.find("ertificate"), std::string::npos) << wrong.body;
}

TEST_F(Location, AUnitOfTheSystemDoesTheSame) {
  Place place, other;
  Unit unit(folder_);
  settings_.unit_socket = unit.path();
  start({.names = {"files.vendor.example"},
         .address = "127.0.0.1",
         .port = place.port(),
         .folder = (folder_ / "files").string()});
  EXPECT_EQ(process_->pid(), 0);
  const auto rows = ask("SELECT count() FROM " + url("http", "files.vendor.example", place.port()));
  EXPECT_EQ(rows.body, "2\n");
  EXPECT_NE(ask("SELECT count() FROM " + url("http", "127.0.0.1", other.port())).status, 200);
  EXPECT_EQ(other.asked(), 0);
  EXPECT_NE(ask("SELECT * FROM file('/etc/passwd', LineAsString)").status, 200);
  process_.reset();  // with which its process ends, for which the unit waits
}

TEST_F(Location, ANetworkThatIsNotEmptyIsRefused) {
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  const FileDescriptor ours(pair[0]);
  FileDescriptor theirs(pair[1]);
  struct if_nameindex* all = if_nameindex();
  const bool only_loopback = all == nullptr || all[0].if_index == 0 || all[1].if_index == 0;
  if_freenameindex(all);
  if (only_loopback) GTEST_SKIP() << "this machine has no network";
  fs::create_directories(folder_ / "scratch");
  std::string program = engine_program(), scratch = (folder_ / "scratch").string();
  std::string words[] = {program, "location", "--prepared", "--job-fd", "0", "--scratch", scratch};
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), 0);
  pid_t child = 0;
  ASSERT_EQ(posix_spawn(&child, program.c_str(), &actions, nullptr, pointers.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  theirs = FileDescriptor();
  ASSERT_TRUE(send_message(ours.get(), "{}"));
  const auto answer = receive_message(ours.get(), 4096);
  ASSERT_TRUE(answer);
  EXPECT_NE(answer->text.find("not_confined"), std::string::npos) << answer->text;
  waitpid(child, nullptr, 0);
}

TEST_F(Location, MoreMemoryThanItMayIsRefused) {
  settings_.memory_max = 300u << 20;
  start({});
  const auto refused = ask("SELECT length(groupArray(number)) FROM numbers(100000000)");
  EXPECT_NE(refused.status, 200);
  EXPECT_NE(refused.body.find("MEMORY_LIMIT_EXCEEDED"), std::string::npos) << refused.body;
}

TEST_F(Location, EndsWithItsObject) {
  start({});
  const int pid = process_->pid();
  ASSERT_EQ(kill(pid, 0), 0);
  EXPECT_EQ(ask("SELECT 1").body, "1\n");
  process_.reset();
  EXPECT_NE(kill(pid, 0), 0);
}

TEST_F(Location, SomebodyElsesKillIsTold) {
  start({});
  ASSERT_EQ(kill(process_->pid(), SIGKILL), 0);
  for (int i = 0; i < 3000 && !process_->ended(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(process_->ended());
  EXPECT_EQ(process_->ended()->code, "location_ended");
}

}  // namespace
}  // namespace trailkeeper::engine
