#include "engine/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <thread>

#include "httpc/client.h"
#include "testing/store_process.h"

namespace trailkeeper::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Supervised : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "tk-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    settings_.program = events::testing::engine_program();
    settings_.library = events::testing::engine_library();
    settings_.data_folder = folder_ + "/data";
    settings_.socket_path = folder_ + "/s";
    settings_.on_state = [this](bool up) {
      std::lock_guard lock(mutex_);
      states_.push_back(up);
    };
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<httpc::Response> ping() {
    httpc::Request request;
    request.url = "http://localhost/ping";
    request.unix_socket = settings_.socket_path;
    request.total_timeout = seconds(30);
    return client_.send(request);
  }
  static bool alive(int pid) { return kill(pid, 0) == 0; }
  template <typename Condition>
  static bool within(seconds limit, Condition condition) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
  }

  std::string folder_;
  SupervisorSettings settings_;
  std::mutex mutex_;
  std::vector<bool> states_;
  httpc::Client client_;
};

TEST_F(Supervised, StartsSaysSoAndStopsWithItself) {
  Supervisor supervisor(settings_);
  ASSERT_TRUE(supervisor.start());
  ASSERT_TRUE(supervisor.wait_until_up(seconds(30)));
  EXPECT_TRUE(supervisor.confined());
  EXPECT_FALSE(supervisor.version().empty());
  const int pid = supervisor.pid();
  EXPECT_GT(pid, 0);
  supervisor.stop();
  EXPECT_FALSE(alive(pid));
  EXPECT_FALSE(supervisor.up());
  EXPECT_EQ(states_, (std::vector<bool>{true, false}));
  EXPECT_FALSE(std::filesystem::exists(settings_.socket_path));
}

// A request made while the engine is down waits in the inherited socket's queue.
TEST_F(Supervised, AKilledEngineComesBackAndRequestsWait) {
  Supervisor supervisor(settings_);
  ASSERT_TRUE(supervisor.start());
  ASSERT_TRUE(supervisor.wait_until_up(seconds(30)));
  for (int round = 1; round <= 3; ++round) {
    const int pid = supervisor.pid();
    kill(pid, SIGKILL);
    ASSERT_TRUE(within(seconds(120),
                       [&] { return supervisor.restarts() == static_cast<std::uint64_t>(round); }));
    const auto answer = ping();
    ASSERT_TRUE(answer) << answer.error().code;
    EXPECT_EQ(answer->status, 200);
    ASSERT_TRUE(supervisor.wait_until_up(seconds(30)));
    EXPECT_NE(supervisor.pid(), pid);
  }
}

TEST_F(Supervised, AnEngineThatCannotStartIsTriedAgainWithoutHurry) {
  settings_.library = "/nonexistent/libchdb.so";
  settings_.backoff_min = milliseconds(1);
  Supervisor supervisor(settings_);
  ASSERT_TRUE(supervisor.start());
  ASSERT_TRUE(within(seconds(120), [&] { return supervisor.restarts() >= 3; }));
  EXPECT_FALSE(supervisor.up());
  EXPECT_TRUE(states_.empty());
}

TEST_F(Supervised, AMissingProgramIsSaidAtOnce) {
  settings_.program = "/nonexistent/trailkeeper-store";
  Supervisor supervisor(settings_);
  const auto started = supervisor.start();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("/nonexistent/trailkeeper-store"), std::string::npos);
}

// However the server ends, no engine stays behind with the data folder.
TEST_F(Supervised, TheEngineDiesWithItsParent) {
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    Supervisor supervisor(settings_);
    int pid = 0;
    if (supervisor.start() && supervisor.wait_until_up(seconds(30))) pid = supervisor.pid();
    if (write(channel[1], &pid, sizeof(pid)) != sizeof(pid)) _exit(2);
    for (;;) pause();
  }
  int pid = 0;
  ASSERT_EQ(read(channel[0], &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(alive(pid));
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(within(seconds(120), [&] { return !alive(pid); }));
  close(channel[0]);
  close(channel[1]);
}

}  // namespace
}  // namespace trailkeeper::engine
