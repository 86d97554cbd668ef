#include "sftp/connection.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "testing/cutting_proxy.h"
#include "testing/password_server.h"
#include "testing/real_sshd.h"

// Host keys, signing in and folders, at a real OpenSSH server.
namespace trailkeeper::sftp {
namespace {

std::string code_of(const Settings& settings) {
  auto connection = Connection::open(settings);
  return connection ? "" : connection.error().code;
}

class ConnectionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ::signal(SIGPIPE, SIG_IGN);
    server_ = new RealSshd();
  }
  static void TearDownTestSuite() { delete server_; }
  static RealSshd* server_;
};
RealSshd* ConnectionTest::server_ = nullptr;

TEST_F(ConnectionTest, HostKeyIsShownAsOpenSshShowsIt) {
  auto key = look_at_host_key(server_->settings());
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_EQ(*key, server_->host_key());
  EXPECT_TRUE(is_host_key(*key));
}

TEST_F(ConnectionTest, FingerprintAloneIsEnoughToPin) {
  Settings settings = server_->settings();
  settings.host_key = settings.host_key.substr(settings.host_key.find(' ') + 1);
  EXPECT_EQ(code_of(settings), "");
}

TEST_F(ConnectionTest, UnconfirmedKeyIsToldAndNothingSent) {
  Settings settings = server_->settings();
  settings.host_key.clear();
  auto connection = Connection::open(settings);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "host_key_unknown");
  EXPECT_EQ(connection.error().host_key, server_->host_key());
}

TEST_F(ConnectionTest, ChangedKeySendsNothing) {
  RealSshd server;
  Settings settings = server.settings();
  CuttingProxy proxy(settings.port);
  settings.port = proxy.port();
  EXPECT_EQ(code_of(settings), "");
  server.change_host_keys();
  auto connection = Connection::open(settings);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "host_key_changed");
  EXPECT_EQ(connection.error().kind, FailureClass::customer_must_act);
  EXPECT_EQ(connection.error().host_key, server.host_key());
}

TEST_F(ConnectionTest, OnlySafeAlgorithms) {
  RealSshd old({.old_algorithms = true});
  EXPECT_EQ(code_of(old.settings()), "no_common_algorithm");
}

TEST_F(ConnectionTest, UnknownKeyIsRefused) {
  RealSshd other;
  Settings settings = server_->settings();
  settings.private_key = other.settings().private_key;
  EXPECT_EQ(code_of(settings), "sign_in");
  settings.private_key.clear();
  settings.password = "wrong";
  EXPECT_EQ(code_of(settings), "sign_in");
}

TEST_F(ConnectionTest, KeysOfAllFormsAreRead) {
  for (const char* form : {"-t rsa -b 2048 -m PEM -N ''", "-t rsa -b 2048 -m PEM -N 'a secret'",
                           "-t rsa -b 3072 -N 'a secret'", "-t ed25519 -N 'a secret'",
                           "-t ecdsa -b 256 -N ''", "-t ecdsa -b 521 -m PEM -N ''"}) {
    SCOPED_TRACE(form);
    Settings settings = server_->settings();
    settings.private_key = server_->other_key(form);
    bool secret = std::string(form).find("a secret") != std::string::npos;
    EXPECT_EQ(code_of(settings), secret ? "private_key" : "");
    settings.passphrase = secret ? "another" : "";
    EXPECT_EQ(code_of(settings), secret ? "private_key" : "");
    settings.passphrase = secret ? "a secret" : "";
    EXPECT_EQ(code_of(settings), "");
  }
}

// The server there has no SFTP, which is found out by whoever was let in.
TEST_F(ConnectionTest, PasswordIsSentAsTheServerAsksForIt) {
  for (bool dialogue : {false, true}) {
    PasswordServer server("right", dialogue);
    EXPECT_EQ(code_of(server.settings("right")), "no_sftp");
    EXPECT_EQ(code_of(server.settings("wrong")), "sign_in");
    EXPECT_EQ(code_of(server.settings("")), "sign_in");
  }
}

TEST_F(ConnectionTest, NobodyThereIsTransient) {
  Settings settings = server_->settings();
  {
    CuttingProxy proxy(settings.port);
    settings.port = proxy.port();
  }
  auto connection = Connection::open(settings);
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, "connect");
  EXPECT_EQ(connection.error().kind, FailureClass::transient);
}

TEST_F(ConnectionTest, ServerThatSaysNothingEndsInATimeout) {
  CuttingProxy proxy(server_->settings().port);
  proxy.fault_after(CuttingProxy::Fault::silence, 1);
  Settings settings = server_->settings();
  settings.port = proxy.port();
  settings.connect_timeout = std::chrono::milliseconds(700);
  EXPECT_EQ(code_of(settings), "timeout");
}

TEST_F(ConnectionTest, EndedConnectionsLeaveNoDescriptor) {
  auto open_files = [] {
    std::filesystem::directory_iterator files("/proc/self/fd"), end;
    return std::distance(files, end);
  };
  auto before = open_files();
  Settings stranger = server_->settings();
  stranger.host_key.clear();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(code_of(server_->settings()), "");
    EXPECT_EQ(code_of(stranger), "host_key_unknown");
  }
  EXPECT_EQ(open_files(), before);
}

TEST_F(ConnectionTest, FoldersAndFiles) {
  auto connection = Connection::open(server_->settings());
  ASSERT_TRUE(connection);
  Connection& sftp = **connection;
  std::string absolute = server_->folder() + "/x/y/z";
  ASSERT_TRUE(sftp.make_folders(absolute));
  ASSERT_TRUE(sftp.make_folders("x/y/z/"));
  EXPECT_TRUE(std::filesystem::is_directory(absolute));
  std::ofstream(absolute + "/file") << "content";
  EXPECT_EQ(*sftp.read("x/y/z/file", 100), "content");
  EXPECT_EQ(sftp.read("x/y/z/file", 3).error().code, "refused");
  EXPECT_EQ(sftp.read("x/nothing", 3).error().code, "not_found");
  EXPECT_EQ((*sftp.stat("x/y/z/file"))->bytes, 7u);
  EXPECT_FALSE(*sftp.stat("x/nothing"));
  auto entries = sftp.list("x/y/z", 10);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().name, "file");
  EXPECT_EQ(sftp.make_folders("x/y/z/file/more").error().code, "refused");
  EXPECT_EQ(sftp.remove_folder("x/y/z").error().code, "refused");
  ASSERT_TRUE(sftp.remove_file("x/y/z/file"));
  ASSERT_TRUE(sftp.remove_file("x/y/z/file"));
  ASSERT_TRUE(sftp.remove_folder("x/y/z"));
}

TEST(HostKeyText, IsAKindAndAWholeFingerprint) {
  std::string print = "SHA256:" + std::string(43, 'a');
  EXPECT_TRUE(is_host_key(print));
  EXPECT_TRUE(is_host_key("ssh-ed25519 " + print));
  EXPECT_TRUE(is_host_key("ssh-rsa " + print));
  for (const std::string& bad : {std::string(), print + "a", "MD5:" + std::string(43, 'a'),
                                 "ssh-dss " + print, "ssh-rsa  " + print, print + "\n"}) {
    EXPECT_FALSE(is_host_key(bad)) << bad;
  }
}

}  // namespace
}  // namespace trailkeeper::sftp
