#include "httpd/static_files.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "compress/gzip.h"
#include "raw_client.h"
#include "test_server.h"

namespace trailkeeper::httpd {
namespace {

class HttpdStaticFiles : public testing::Test {
 protected:
  HttpdStaticFiles() {
    char pattern[] = "/tmp/static_files.XXXXXX";
    folder_ = ::mkdtemp(pattern);
    std::filesystem::create_directories(folder_ + "/dist/assets");
    write("/secret.txt", "secret");
    write("/dist/index.html", "<html>page</html>");
    write("/dist/favicon.ico", "icon");
    write("/dist/assets/app-1a2b.js", "let a");
    std::filesystem::create_symlink(folder_ + "/secret.txt", folder_ + "/dist/link.txt");
    server_ = std::make_unique<TestServer>([this](ServerSettings&, Router& router) {
      router.add("GET", "/{path...}",
                 StaticFiles(folder_ + "/dist").handler({{"Content-Security-Policy", "none"}}));
    });
  }
  ~HttpdStaticFiles() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) {
    std::ofstream(folder_ + name) << content;
  }
  std::string get(const std::string& path, const std::string& headers = "") {
    RawClient client(server_->address());
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
    return client.receive_all();
  }

  std::string folder_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(HttpdStaticFiles, FilesWithTypesAndCaching) {
  auto page = get("/");
  EXPECT_EQ(body_of(page), "<html>page</html>");
  EXPECT_EQ(header_of(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(header_of(page, "Cache-Control"), "no-cache");
  EXPECT_EQ(header_of(page, "Content-Security-Policy"), "none");
  EXPECT_EQ(header_of(page, "X-Content-Type-Options"), "nosniff");
  auto script = get("/assets/app-1a2b.js");
  EXPECT_EQ(body_of(script), "let a");
  EXPECT_EQ(header_of(script, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(header_of(script, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_NE(header_of(script, "ETag"), header_of(page, "ETag"));
}

TEST_F(HttpdStaticFiles, TextsGoPackedToWhoeverTakesIt) {
  const std::string script(2000, 'a');
  write("/dist/assets/large-3c.js", script);
  TestServer server([this](ServerSettings&, Router& router) {
    router.add("GET", "/{path...}", StaticFiles(folder_ + "/dist").handler());
  });
  const auto ask = [&](const std::string& path, const std::string& headers) {
    RawClient client(server.address());
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
    return client.receive_all();
  };
  const std::string path = "/assets/large-3c.js";
  const std::string plain = ask(path, "");
  EXPECT_EQ(body_of(plain), script);
  EXPECT_EQ(header_of(plain, "Content-Encoding"), "");
  EXPECT_EQ(header_of(plain, "Vary"), "Accept-Encoding");
  for (const char* accepted : {"gzip", "br, gzip;q=0.5", "*", "deflate, gzip, br, zstd"}) {
    const std::string packed = ask(path, "Accept-Encoding: " + std::string(accepted) + "\r\n");
    EXPECT_EQ(header_of(packed, "Content-Encoding"), "gzip") << accepted;
    EXPECT_EQ(compress::gunzip(body_of(packed), 1 << 20).value(), script);
    EXPECT_NE(header_of(packed, "ETag"), header_of(plain, "ETag"));
    const std::string tag = header_of(packed, "ETag");
    EXPECT_EQ(status_of(ask(path, "Accept-Encoding: gzip\r\nIf-None-Match: " + tag + "\r\n")), 304);
  }
  for (const char* accepted : {"br", "gzip;q=0", "identity", "gzip;q=0.000"}) {
    const std::string answer = ask(path, "Accept-Encoding: " + std::string(accepted) + "\r\n");
    EXPECT_EQ(body_of(answer), script) << accepted;
  }
  // What is packed already, or too short to gain.
  EXPECT_EQ(header_of(ask("/favicon.ico", "Accept-Encoding: gzip\r\n"), "Content-Encoding"), "");
  EXPECT_EQ(body_of(ask("/assets/app-1a2b.js", "Accept-Encoding: gzip\r\n")), "let a");
}

TEST_F(HttpdStaticFiles, NotModified) {
  auto etag = header_of(get("/"), "ETag");
  for (const auto& value : {etag, "W/" + etag, "\"x\", " + etag, std::string("*")}) {
    auto answer = get("/orgs/acme", "If-None-Match: " + value + "\r\n");
    EXPECT_EQ(status_of(answer), 304) << value;
    EXPECT_EQ(body_of(answer), "");
    EXPECT_EQ(header_of(answer, "ETag"), etag);
  }
  EXPECT_EQ(status_of(get("/", "If-None-Match: \"other\"\r\n")), 200);
}

TEST_F(HttpdStaticFiles, ThePageKnowsItsOwnAddresses) {
  for (auto* path :
       {"/index.html", "/orgs/acme/audit-logs", "/orgs/a.b/events/x@y.example", "/x/"}) {
    EXPECT_EQ(body_of(get(path)), "<html>page</html>") << path;
  }
  for (auto* path : {"/assets/old-9.js", "/missing.js", "/assets/", "/favicon.png"}) {
    EXPECT_EQ(status_of(get(path)), 404) << path;
  }
}

TEST_F(HttpdStaticFiles, NothingOutsideTheFolder) {
  for (auto* path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/link.txt",
        "/assets/../../secret.txt", "//secret.txt", "/%2fetc/passwd", "/./../secret.txt"}) {
    EXPECT_EQ(get(path).find("secret\n"), std::string::npos) << path;
    EXPECT_NE(body_of(get(path)), "secret") << path;
  }
}

TEST_F(HttpdStaticFiles, ARouteWithoutParametersNamesOneFile) {
  TestServer server([this](ServerSettings&, Router& router) {
    router.add("GET", "/assets/app-1a2b.js", StaticFiles(folder_ + "/dist").handler());
  });
  RawClient client(server.address());
  client.send("GET /assets/app-1a2b.js?v=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(body_of(client.receive_all()), "let a");
}

TEST_F(HttpdStaticFiles, AMissingFolderIs404) {
  TestServer server([this](ServerSettings&, Router& router) {
    router.add("GET", "/{path...}", StaticFiles(folder_ + "/nowhere").handler());
  });
  RawClient client(server.address());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(status_of(client.receive_answer()), 404);
}

}  // namespace
}  // namespace trailkeeper::httpd
