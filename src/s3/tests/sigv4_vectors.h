#pragma once

#include <vector>

#include "s3/sigv4.h"

// See tests/data/README.md for where these come from.
namespace trailkeeper::s3 {

struct Vector {
  const char* name;
  const char* service;
  const char* method;
  const char* path;
  Pairs query;
  Pairs headers;
  const char* payload;
  const char* signed_headers;
  const char* signature;
};

inline std::vector<Vector> published_vectors() {
  const Pairs suite = {{"Host", "example.amazonaws.com"}, {"X-Amz-Date", "20150830T123600Z"}};
  const auto with = [](Pairs headers, const Pairs& more) {
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  };
  const char* empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const Pairs s3 = {{"Host", "examplebucket.s3.amazonaws.com"}, {"x-amz-date", "20130524T000000Z"},
                    {"x-amz-content-sha256", empty}};
  const char* unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const char* usual = "host;x-amz-date";
  return {
      {"get-vanilla", "service", "GET", "/", {}, suite, "", usual,
       "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
      {"post-vanilla", "service", "POST", "/", {}, suite, "", usual,
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"get-vanilla-empty-query-key", "service", "GET", "/", {{"Param1", "value1"}}, suite, "", usual,
       "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"post-vanilla-query", "service", "POST", "/", {{"Param1", "value1"}}, suite, "", usual,
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"get-vanilla-query-order-key-case", "service", "GET", "/", {{"Param2", "value2"}, {"Param1", "value1"}}, suite, "", usual,
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-vanilla-query-unreserved", "service", "GET", "/", {{unreserved, unreserved}}, suite, "", usual,
       "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
      {"get-unreserved", "service", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {}, suite, "",
       usual, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-utf8", "service", "GET", "/\xe1\x88\xb4", {}, suite, "", usual,
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-vanilla-utf8-query", "service", "GET", "/", {{"\xe1\x88\xb4", "bar"}}, suite, "", usual,
       "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
      {"get-space-unnormalized", "service", "GET", "/example space/", {}, suite, "", usual,
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-slash-pointless-dot-unnormalized", "service", "GET", "/./example", {}, suite, "", usual,
       "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff"},
      {"get-slashes-unnormalized", "service", "GET", "//example//", {}, suite, "", usual,
       "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5"},
      {"get-header-value-trim", "service", "GET", "/", {},
       with(suite, {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}), "", "host;my-header1;my-header2;x-amz-date",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"get-header-key-duplicate", "service", "GET", "/", {},
       with(suite, {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}), "",
       "host;my-header1;x-amz-date", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"post-header-key-sort", "service", "POST", "/", {}, with(suite, {{"My-Header1", "value1"}}), "",
       "host;my-header1;x-amz-date", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
      {"post-x-www-form-urlencoded", "service", "POST", "/", {},
       with(suite, {{"Content-Type", "application/x-www-form-urlencoded"},
                    {"Content-Length", "13"},
                    {"x-amz-content-sha256", "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e"}}),
       "Param1=value1", "content-length;content-type;host;x-amz-content-sha256;x-amz-date",
       "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b"},
      {"get-vanilla-with-session-token", "service", "GET", "/", {},
       with(suite, {{"X-Amz-Security-Token", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"}}), "",
       "host;x-amz-date;x-amz-security-token", "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8"},
      {"S3 GET Object", "s3", "GET", "/test.txt", {}, with(s3, {{"Range", "bytes=0-9"}}), "",
       "host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"S3 PUT Object", "s3", "PUT", "/test$file.text", {},
       {{"Host", "examplebucket.s3.amazonaws.com"},
        {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
        {"x-amz-date", "20130524T000000Z"},
        {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
        {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"}},
       "Welcome to Amazon S3.", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {"S3 GET Bucket Lifecycle", "s3", "GET", "/", {{"lifecycle", ""}}, s3, "", "host;x-amz-content-sha256;x-amz-date",
       "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"S3 GET Bucket (List Objects)", "s3", "GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, s3, "",
       "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
}

}  // namespace trailkeeper::s3
