// The forms in which a customer could name an address inside the vendor's network.
#include "httpc/resolve.h"

#include <gtest/gtest.h>

namespace trailkeeper::httpc {
namespace {

TEST(HttpcResolve, RefusesEveryFormOfAnInternalAddress) {
  const char* const refused[] = {
      // IPv4: loopback, this network, private, link-local and metadata, carrier-grade NAT
      "127.0.0.1",
      "127.255.255.254",
      "0.0.0.0",
      "0.1.2.3",
      "10.0.0.1",
      "10.255.255.255",
      "172.16.0.1",
      "172.31.255.255",
      "192.168.0.1",
      "192.168.255.255",
      "169.254.169.254",
      "169.254.0.1",
      "100.64.0.1",
      "100.100.100.200",
      "100.127.255.255",
      "168.63.129.16",
      // protocol assignments, documentation, benchmarking, relays, multicast, reserved, broadcast
      "192.0.0.1",
      "192.0.0.192",
      "192.0.2.1",
      "198.51.100.7",
      "203.0.113.9",
      "198.18.0.1",
      "198.19.255.255",
      "192.88.99.1",
      "224.0.0.1",
      "239.255.255.255",
      "240.0.0.1",
      "255.255.255.255",
      // other spellings that resolvers take for IPv4
      "2130706433",
      "0x7f000001",
      "017700000001",
      "0177.0.0.1",
      "0x7f.0.0.1",
      "127.1",
      "127.0.1",
      "10.1",
      "0",
      "0x0",
      "00000177.1",
      "127.0.0.1.",
      "1.2.3.4.5",
      "3232235777",
      "0xA9FEA9FE",
      // IPv6: loopback, unspecified, link-local, unique local, multicast, site-local, discard
      "::1",
      "[::1]",
      "::",
      "fe80::1",
      "febf::1",
      "fc00::1",
      "fd00:ec2::254",
      "fdff::1",
      "ff02::1",
      "fec0::1",
      "100::1",
      "2001:db8::1",
      "3fff::1",
      "2001::1",
      "2001:2::1",
      "2001:10::1",
      "2001:1ff::1",
      "5f00::1",
      "4000::1",
      // IPv4 wrapped in IPv6: mapped, compatible, translated, NAT64, its local prefix, 6to4, ISATAP
      "::ffff:127.0.0.1",
      "[::ffff:169.254.169.254]",
      "::ffff:a9fe:a9fe",
      "::127.0.0.1",
      "::ffff:0:127.0.0.1",
      "64:ff9b::10.0.0.1",
      "64:ff9b::a9fe:a9fe",
      "64:ff9b:1::1",
      "2002:7f00:1::",
      "2002:a9fe:a9fe::1",
      "2002:c0a8:1::1",
      "2a00::5efe:10.0.0.1",
      "2a00::200:5efe:127.0.0.1",
      // names
      "localhost",
      "LOCALHOST",
      "localhost.",
      // what is no name: zones, ports, paths, user info, blanks, other alphabets
      "fe80::1%lo",
      "::1%1",
      "[fe80::1%25lo]",
      "127.0.0.1:80",
      "[::1]:80",
      "a/b",
      "a@127.0.0.1",
      "a b",
      " 127.0.0.1",
      "127.0.0.1 ",
      "",
      ".",
      "..",
      "a..b",
      "a.b.1",
      "a.b.0x7f",
      "１２７.0.0.1",
      "loc\xC3\xA4lhost",
      "[]",
      "[",
      "a\\b",
      "a#b",
      "a?b",
      "a%2eb",
  };
  EXPECT_GE(std::size(refused), 60u);
  for (auto* host : refused) {
    auto result = resolve_checked(host, {});
    ASSERT_FALSE(result) << host << " -> " << *result;
    EXPECT_EQ(result.error().kind, ErrorKind::forbidden) << host << ": " << result.error().message;
    EXPECT_EQ(result.error().code, "address_not_allowed") << host;
  }
}

TEST(HttpcResolve, TakesPublicAddresses) {
  const std::pair<const char*, const char*> taken[] = {
      {"8.8.8.8", "8.8.8.8"},
      {"1.1.1.1", "1.1.1.1"},
      {"172.15.255.255", "172.15.255.255"},
      {"172.32.0.0", "172.32.0.0"},
      {"100.63.255.255", "100.63.255.255"},
      {"100.128.0.0", "100.128.0.0"},
      {"169.253.255.255", "169.253.255.255"},
      {"198.17.255.255", "198.17.255.255"},
      {"198.20.0.0", "198.20.0.0"},
      {"223.255.255.255", "223.255.255.255"},
      {"2600:1f18::1", "2600:1f18::1"},
      {"[2606:4700::1111]", "2606:4700::1111"},
      {"::ffff:8.8.8.8", "::ffff:8.8.8.8"},
      {"64:ff9b::8.8.8.8", "64:ff9b::8.8.8.8"},
      {"2002:808:808::1", "2002:808:808::1"},
      {"2001:4860:4860::8888", "2001:4860:4860::8888"},
  };
  for (auto [host, address] : taken) {
    auto result = resolve_checked(host, {});
    ASSERT_TRUE(result) << host << result.error().message;
    EXPECT_EQ(*result, address);
    EXPECT_FALSE(is_internal_address(address)) << address;
  }
}

TEST(HttpcResolve, TheOperatorMayAllowAHost) {
  AddressPolicy policy{.allowed_hosts = {"localhost", "10.0.0.7"}};
  EXPECT_TRUE(resolve_checked("localhost", policy));
  EXPECT_TRUE(resolve_checked("LocalHost", policy));
  EXPECT_EQ(*resolve_checked("10.0.0.7", policy), "10.0.0.7");
  EXPECT_FALSE(resolve_checked("10.0.0.8", policy));
  EXPECT_FALSE(resolve_checked("localhost.", policy));
  EXPECT_FALSE(resolve_checked("x.localhost", policy));
  EXPECT_EQ(*resolve_checked("127.0.0.1", {.allow_private = true}), "127.0.0.1");
}

TEST(HttpcResolve, ANameWithoutAddressIsUnavailable) {
  auto result = resolve_checked("name.invalid", {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(result.error().code, "resolve");
}

TEST(HttpcResolve, WhatIsNoAddressIsInternal) {
  for (auto* text : {"", "x", "127.1", "localhost", "::1%lo", "1.2.3.4 "}) {
    EXPECT_TRUE(is_internal_address(text)) << text;
  }
}

}  // namespace
}  // namespace trailkeeper::httpc
