#include "api/trusted_proxies.h"

#include <gtest/gtest.h>

namespace trailkeeper::api {
namespace {

std::string client(const std::vector<std::string>& trusted, const std::string& peer,
                   std::vector<httpd::Header> headers) {
  httpd::Request request;
  request.peer = peer;
  request.headers = std::move(headers);
  const auto proxies = TrustedProxies::parse(trusted);
  EXPECT_TRUE(proxies) << proxies.error().message;
  return proxies->client_of(request);
}

// What a stranger writes into a header changes nothing about where it comes from.
TEST(TrustedProxiesTest, OnlyATrustedPeerIsBelieved) {
  const std::vector<httpd::Header> said{{"X-Forwarded-For", "198.51.100.7"}};
  EXPECT_EQ(client({}, "192.0.2.1", said), "192.0.2.1");
  EXPECT_EQ(client({"192.0.2.2"}, "192.0.2.1", said), "192.0.2.1");
  EXPECT_EQ(client({"192.0.2.1"}, "192.0.2.1", said), "198.51.100.7");
  EXPECT_EQ(client({"192.0.0.0/16"}, "192.0.2.1", said), "198.51.100.7");
  EXPECT_EQ(client({"192.0.0.0/16"}, "192.1.2.1", said), "192.1.2.1");
  EXPECT_EQ(client({"unix"}, "unix", said), "198.51.100.7");
  EXPECT_EQ(client({}, "unix", said), "unix");
  EXPECT_EQ(client({"::ffff:192.0.2.1"}, "192.0.2.1", said), "198.51.100.7");
}

TEST(TrustedProxiesTest, TakesTheLastAddressThatIsNoProxyOfOurs) {
  const std::vector<std::string> trusted{"10.0.0.0/8", "fd00::/8"};
  const auto at = [&](const std::string& hops) {
    return client(trusted, "10.0.0.1", {{"x-forwarded-for", hops}});
  };
  EXPECT_EQ(at("203.0.113.9, 198.51.100.7"), "198.51.100.7") << "what the client wrote itself";
  EXPECT_EQ(at("203.0.113.9, 198.51.100.7, 10.1.2.3"), "198.51.100.7");
  EXPECT_EQ(at("198.51.100.7:1234"), "198.51.100.7");
  EXPECT_EQ(at("[2001:db8::1]:443, fd00::5"), "2001:db8::1");
  EXPECT_EQ(at("10.9.9.9"), "10.9.9.9") << "nobody but proxies";
  EXPECT_EQ(at("198.51.100.7, unknown"), "10.0.0.1") << "nothing before a gap counts";
  EXPECT_EQ(at(""), "10.0.0.1");
  EXPECT_EQ(client(trusted, "10.0.0.1",
                   {{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", "198.51.100.7"}}),
            "198.51.100.7");
}

TEST(TrustedProxiesTest, ReadsForwardedWhereThereIsNothingElse) {
  EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.1",
                   {{"Forwarded", "for=203.0.113.9, for=\"[2001:db8::7]:80\";proto=https"}}),
            "2001:db8::7");
  EXPECT_EQ(client({"10.0.0.1"}, "10.0.0.1", {{"Forwarded", "proto=https"}}), "10.0.0.1");
}

TEST(TrustedProxiesTest, RefusesWhatIsNoAddress) {
  for (const char* entry :
       {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8x"}) {
    EXPECT_FALSE(TrustedProxies::parse({entry})) << entry;
  }
}

}  // namespace
}  // namespace trailkeeper::api
