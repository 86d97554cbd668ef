#include "server/config.h"

#include <gtest/gtest.h>

#include <fstream>

#include "testing/temp_folder.h"

namespace trailkeeper::server {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  Result<Config> load(const std::string& toml, const Environment& environment = {}) {
    CommandLine line;
    line.config_file = write("c.toml", toml);
    return load_config(line, environment);
  }
  settings::TempFolder folder_;
};

TEST_F(ConfigTest, AFileIsOptional) {
  const auto config = load_config({}, {"PATH=/bin"});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, "127.0.0.1:8400");
  EXPECT_EQ(config->store.memory_bytes, 700u << 20);
}

TEST_F(ConfigTest, ReadsEveryKindOfValue) {
  const auto config = load(R"(
listen = "0.0.0.0:80"
public_url = "https://trail.example/"
[store]
memory = "1 GiB"
connections = 9
[s3]
regions = ["eu-west-1", "us-east-1"]
[limits]
backlog = 1000000
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->public_url, "https://trail.example");
  EXPECT_EQ(config->store.memory_bytes, 1u << 30);
  EXPECT_EQ(config->store.connections, 9);
  EXPECT_EQ(config->s3.regions, (std::vector<std::string>{"eu-west-1", "us-east-1"}));
  EXPECT_EQ(config->limits.backlog_bytes, 1000000u);
}

TEST_F(ConfigTest, AWatchedFolderIsApartFromTheDataFolder) {
  const std::string top = folder_.path();
  const auto with = [&](const std::string& watched) {
    return load("data = \"" + top + "/data\"\n[data_packs]\nwatched_folder = \"" + watched +
                "\"\n");
  };
  EXPECT_TRUE(with(top + "/drop"));
  EXPECT_TRUE(with(top + "/data-drop"));
  for (const std::string& wrong : {top + "/data", top + "/data/drop", top, std::string("drop")})
    EXPECT_FALSE(with(wrong)) << wrong;
}

TEST_F(ConfigTest, AnUnknownKeyIsAnErrorWithItsLine) {
  const auto config = load("listen = \"a:1\"\n[store]\nmemori = 1\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, "config");
  EXPECT_NE(config.error().message.find("c.toml line 3, store.memori"), std::string::npos)
      << config.error().message;
}

TEST_F(ConfigTest, WrongValuesAreRefused) {
  for (const std::string text :
       {"listen = 7", "store = 7", "[store]\nconnections = 0", "[store]\nconnections = \"many\"",
        "[smtp]\nport = 70000", "[smtp]\nsecurity = \"maybe\"", "[store]\nmemory = \"1 mile\"",
        "[s3]\nregions = \"x\"", "[s3]\nregions = [1]", "[s3]\naccess_key_id = \"only\"",
        "public_url = \"ftp://x\"", "[tls]\nkey = \"k.pem\"", "[a.b]\nc = 1",
        "listen = ", "listen_file = \"/etc/hostname\""}) {
    const auto config = load(text);
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, "config") << text;
  }
}

TEST_F(ConfigTest, TheEnvironmentWinsOverTheFileAndTheCommandLineOverBoth) {
  CommandLine line;
  line.config_file = write("c.toml", "listen = \"a:1\"\ndata = \"x\"\n[smtp]\nhost = \"m\"\n");
  const Environment environment{"TRAILKEEPER__LISTEN=b:2", "TRAILKEEPER__DATA=y",
                                "TRAILKEEPER__S3__ENDPOINTS=http://a, http://b",
                                "TRAILKEEPER__STORE__MEMORY=512 MiB"};
  line.data = "z";
  const auto config = load_config(line, environment);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->listen, "b:2");
  EXPECT_EQ(config->data, "z");
  EXPECT_EQ(config->smtp.host, "m");
  EXPECT_EQ(config->s3.endpoints, (std::vector<std::string>{"http://a", "http://b"}));
  EXPECT_EQ(config->store.memory_bytes, 512u << 20);
}

TEST_F(ConfigTest, AnUnknownVariableIsAnError) {
  const auto config = load_config({}, {"TRAILKEEPER__LISTN=x"});
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().message.find("TRAILKEEPER__LISTN"), std::string::npos);
}

TEST_F(ConfigTest, SecretsMayBeFiles) {
  const std::string file = write("secret", "s3cr3t\n");
  const auto by_file = load("[smtp]\npassword_file = \"" + file + "\"\n");
  ASSERT_TRUE(by_file) << by_file.error().message;
  EXPECT_EQ(by_file->smtp.password, "s3cr3t");
  const auto by_variable = load_config({}, {"TRAILKEEPER__SMTP__PASSWORD_FILE=" + file});
  ASSERT_TRUE(by_variable);
  EXPECT_EQ(by_variable->smtp.password, "s3cr3t");
  EXPECT_FALSE(load_config({}, {"TRAILKEEPER__SMTP__PASSWORD_FILE=/nowhere"}));
}

}  // namespace
}  // namespace trailkeeper::server
