#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "sftp/connection.h"
#include "testing/cutting_proxy.h"
#include "testing/real_sshd.h"

// Uploads to a real OpenSSH server.
namespace trailkeeper::sftp {
namespace {

namespace fs = std::filesystem;

class UploadTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::signal(SIGPIPE, SIG_IGN);
    server_ = new RealSshd();
    old_ = new RealSshd({.old_server = true});
  }
  static void TearDownTestSuite() {
    delete server_;
    delete old_;
  }
  void SetUp() override {
    local_ = ::testing::TempDir() + "/upload_" + std::to_string(::getpid());
    for (RealSshd* server : {server_, old_}) {
      fs::remove_all(server->folder());
      fs::create_directory(server->folder());
    }
  }
  void TearDown() override { fs::remove(local_); }

  std::string write_local(std::size_t bytes, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::string content(bytes, '\0');
    for (char& c : content) c = static_cast<char>(random());
    std::ofstream(local_, std::ios::binary) << content;
    return content;
  }
  Upload upload(std::size_t bytes) const {
    return {.local_path = local_, .bytes = bytes, .temporary = ".part.tmp", .target = "part"};
  }
  static std::string remote(const RealSshd& server, const std::string& name) {
    std::ifstream file(server.folder() + "/" + name, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::unique_ptr<Connection> open(const Settings& settings) {
    auto connection = Connection::open(settings);
    if (!connection) ADD_FAILURE() << connection.error().code << ": " << connection.error().message;
    return connection ? std::move(*connection) : nullptr;
  }

  static RealSshd* server_;
  static RealSshd* old_;
  std::string local_;
};
RealSshd* UploadTest::server_ = nullptr;
RealSshd* UploadTest::old_ = nullptr;

TEST_F(UploadTest, FileArrivesWholeUnderItsNameAndTemporaryIsGone) {
  std::string content = write_local(3'000'001);
  auto connection = open(server_->settings());
  EXPECT_TRUE(connection->server().posix_rename);
  EXPECT_TRUE(connection->server().fsync);
  ASSERT_TRUE(connection->make_folders("a/b c/run=1"));
  Upload sent = upload(content.size());
  sent.temporary = "a/b c/run=1/.part.tmp";
  sent.target = "a/b c/run=1/part";
  auto done = connection->upload(sent);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_FALSE(done->was_there);
  EXPECT_TRUE(remote(*server_, sent.target) == content);
  EXPECT_FALSE(fs::exists(server_->folder() + "/" + sent.temporary));
}

TEST_F(UploadTest, EmptyFileArrives) {
  write_local(0);
  auto done = open(server_->settings())->upload(upload(0));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(fs::exists(server_->folder() + "/part"));
  EXPECT_EQ(fs::file_size(server_->folder() + "/part"), 0u);
}

TEST_F(UploadTest, OldServerWithoutPosixRenameReplacesByRemoving) {
  std::string content = write_local(100'000);
  std::ofstream(old_->folder() + "/part") << "what was there before";
  auto connection = open(old_->settings());
  EXPECT_FALSE(connection->server().posix_rename);
  EXPECT_FALSE(connection->server().fsync);
  Upload sent = upload(content.size());
  sent.replace = true;
  auto done = connection->upload(sent);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(remote(*old_, "part") == content);
}

// Who looks all the time always finds a whole file.
TEST_F(UploadTest, ReplacedTargetIsNeverMissing) {
  std::string first = write_local(40'000, 1);
  auto connection = open(server_->settings());
  Upload sent = upload(first.size());
  sent.replace = true;
  ASSERT_TRUE(connection->upload(sent));
  std::atomic<bool> stop{false};
  std::atomic<int> looks{0}, missing{0};
  std::thread reader([&] {
    for (; !stop; ++looks) missing += remote(*server_, "part").size() != first.size();
  });
  for (unsigned i = 0; i < 20; ++i) {
    write_local(40'000, i);
    sent.temporary = ".part." + std::to_string(i);
    auto done = connection->upload(sent);
    EXPECT_TRUE(done) << done.error().message;
  }
  while (looks < 10) std::this_thread::yield();
  stop = true;
  reader.join();
  EXPECT_EQ(missing, 0);
  ASSERT_TRUE(connection->stat("part")) << "the session goes on in step";
  auto refused = connection->rename("nothing", "part");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "not_found");
}

TEST_F(UploadTest, TargetWithTheSameBytesCountsAsSentAndAnotherStays) {
  for (RealSshd* server : {server_, old_}) {
    std::string content = write_local(200'000);
    auto connection = open(server->settings());
    ASSERT_TRUE(connection->upload(upload(content.size())));
    auto again = connection->upload(upload(content.size()));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->was_there);
    write_local(200'000, 2);
    auto other = connection->upload(upload(content.size()));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, "target_differs");
    EXPECT_TRUE(remote(*server, "part") == content);
  }
}

TEST_F(UploadTest, BrokenUploadGoesOnAtTheLastBorder) {
  std::string content = write_local(4'000'000);
  CuttingProxy proxy(server_->settings().port);
  Settings through = server_->settings();
  through.port = proxy.port();
  Upload sent = upload(content.size());
  sent.checkpoint_bytes = 1 << 20;
  proxy.fault_after(CuttingProxy::Fault::cut, 2'700'000);
  auto broken = open(through)->upload(sent);
  ASSERT_FALSE(broken);
  EXPECT_EQ(proxy.faults(), 1);
  EXPECT_EQ(broken.error().code, "cut");
  EXPECT_EQ(broken.error().kind, FailureClass::transient);
  EXPECT_FALSE(fs::exists(server_->folder() + "/part")) << "nothing that looks complete";
  auto done = open(through)->upload(sent);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_GE(done->resumed_from, 1u << 20);
  EXPECT_EQ(done->resumed_from % (1 << 20), 0u);
  EXPECT_TRUE(remote(*server_, "part") == content);
}

// Wherever the connection breaks, the file is either not there or whole, and a later try ends it.
TEST_F(UploadTest, CutsEverywhereNeverLeaveAPartialTarget) {
  std::string content = write_local(1'500'000);
  CuttingProxy proxy(server_->settings().port);
  Settings through = server_->settings();
  through.port = proxy.port();
  Upload sent = upload(content.size());
  sent.checkpoint_bytes = 256 << 10;
  for (std::uint64_t at = 1'000; at < 1'700'000; at += 171'000) {
    proxy.fault_after(CuttingProxy::Fault::cut, at);
    for (int tries = 0; tries < 3; ++tries) {
      auto connection = Connection::open(through);
      auto done = connection ? (*connection)->upload(sent) : Outcome<Uploaded>(connection.error());
      bool there = fs::exists(server_->folder() + "/part");
      EXPECT_TRUE(!there || remote(*server_, "part") == content);
      if (done) break;
      EXPECT_EQ(done.error().kind, FailureClass::transient) << done.error().message;
    }
    EXPECT_TRUE(remote(*server_, "part") == content);
    fs::remove(server_->folder() + "/part");
  }
  EXPECT_GE(proxy.faults(), 8);
}

TEST_F(UploadTest, LongerRemainsOfAnotherTryAreCutOff) {
  std::string content = write_local(50'000);
  std::ofstream(server_->folder() + "/.part.tmp") << std::string(80'000, 'x');
  auto done = open(server_->settings())->upload(upload(content.size()));
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(remote(*server_, "part") == content);
}

TEST_F(UploadTest, SilentServerEndsInATimeout) {
  std::string content = write_local(1'000'000);
  CuttingProxy proxy(server_->settings().port);
  Settings through = server_->settings();
  through.port = proxy.port();
  through.step_timeout = std::chrono::milliseconds(700);
  proxy.fault_after(CuttingProxy::Fault::silence, 400'000);
  auto stuck = open(through)->upload(upload(content.size()));
  ASSERT_FALSE(stuck);
  EXPECT_EQ(proxy.faults(), 1);
  EXPECT_EQ(stuck.error().code, "timeout");
}

TEST_F(UploadTest, CancelEndsAnUpload) {
  std::string content = write_local(2'000'000);
  auto connection = open(server_->settings());
  Upload sent = upload(content.size());
  sent.progress = [&](std::uint64_t) {
    connection->cancel();
    return true;
  };
  auto stopped = connection->upload(sent);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, "cancelled");
  EXPECT_FALSE(fs::exists(server_->folder() + "/part"));
}

TEST_F(UploadTest, NoRightToWriteIsTheCustomersMatter) {
  RealSshd closed({.read_only = true});
  std::string content = write_local(10);
  auto refused = open(closed.settings())->upload(upload(content.size()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "permission_denied");
  EXPECT_EQ(refused.error().kind, FailureClass::customer_must_act);
}

TEST_F(UploadTest, FullDiskIsNamed) {
  if (!fs::exists("/dev/full")) GTEST_SKIP();
  // Every write to it says that there is no space, as a full disk does.
  fs::create_symlink("/dev/full", server_->folder() + "/.part.tmp");
  std::string content = write_local(100'000);
  auto full = open(server_->settings())->upload(upload(content.size()));
  ASSERT_FALSE(full);
  EXPECT_TRUE(full.error().code == "no_space" || full.error().code == "write_refused")
      << full.error().code;
  EXPECT_EQ(full.error().kind, FailureClass::customer_must_act);
  EXPECT_FALSE(fs::exists(server_->folder() + "/part"));
}

}  // namespace
}  // namespace trailkeeper::sftp
