#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/http_client.hpp"
#include "assimilaate/carrier/internal/packs.hpp"
#include "assimilaate/carrier/internal/test_web_server.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;
using internal::error_of;
using internal::ScriptedServer;

std::string text(const fs::path& file) {
  const auto bytes = read_file(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A published folder, and what its log holds.
class HttpTest : public ::testing::Test {
 protected:
  void SetUp() override { ::setenv("no_proxy", "*", 1); }
  void publish(std::size_t data) {
    id = internal::write_small_stream(*open_carrier(folder.string(), Access::Write), data, 5);
    log = text(epoch() / "log.aat");
  }
  fs::path epoch() const { return folder / "streams" / hex(id) / "00000001"; }
  /// As the folder lies; 404 for what is missing.
  std::string good(const ScriptedServer::Request& request) const {
    if (!fs::is_regular_file(folder / request.path)) return ScriptedServer::status("404 Not Found");
    return ScriptedServer::good(request, text(folder / request.path));
  }
  std::string read_all(const std::string& url) const {
    std::string all(log.size() + 10, 0);
    const auto carrier = open_carrier(url, Access::Read);
    const auto got = carrier->read_log({id, 1}, 0, std::as_writable_bytes(std::span(all)));
    all.resize(got);
    return all;
  }

  TemporaryFolder temporary;
  fs::path folder = temporary / "published";
  StreamId id{};
  std::string log;
};

TEST_F(HttpTest, GoesOnAfterACutAtAnyByte) {
  publish(10);
  std::size_t cut = 0;
  bool done = false;
  const ScriptedServer server([&](const auto& request) -> ScriptedServer::Reply {
    auto answer = good(request);
    if (request.path.ends_with("log.aat") && !done) {
      done = true;
      answer.resize(answer.find("\r\n\r\n") + 4 + cut);
    }
    return {answer};
  });
  for (cut = 0; cut < log.size(); ++cut) {
    done = false;
    ASSERT_EQ(read_all(server.url()), log) << "cut at byte " << cut;
    ASSERT_TRUE(done);
  }
}

TEST_F(HttpTest, TakesAWholeFileForARangeAndSkipsWhatItHas) {
  publish(100);
  const ScriptedServer server([&](auto request) -> ScriptedServer::Reply {
    request.ranged = false;
    return {good(request)};
  });
  const auto carrier = open_carrier(server.url(), Access::Read);
  std::string part(300, 0);
  EXPECT_EQ(carrier->read_log({id, 1}, 1000, std::as_writable_bytes(std::span(part))), 300U);
  EXPECT_EQ(part, log.substr(1000, 300));
  EXPECT_EQ(StreamReader(*carrier).size(), 100U);
}

TEST_F(HttpTest, TakesACacheThatIsBehindForALogThatEndsThere) {
  publish(10);
  const ScriptedServer server([&](const auto& request) -> ScriptedServer::Reply { return {good(request)}; });
  const auto carrier = open_carrier(server.url(), Access::Read);
  std::array<std::byte, 256> out;
  EXPECT_EQ(carrier->read_log({id, 1}, log.size() + 1000, out), 0U);  // 416
  EXPECT_EQ(carrier->read_log({id, 7}, 0, out), 0U);                  // 404
}

TEST_F(HttpTest, RefusesRedirectsToAnotherServerAndFollowsThoseOnTheSame) {
  publish(10);
  const ScriptedServer other([&](const auto& request) -> ScriptedServer::Reply { return {good(request)}; });
  const ScriptedServer server([&](auto request) -> ScriptedServer::Reply {
    if (request.path == "away/streams/list")
      return {ScriptedServer::status("302 Found", "Location: " + other.url() + "/streams/list\r\n")};
    if (request.path == "here/streams/list")
      return {ScriptedServer::status("302 Found", "Location: /streams/list\r\n")};
    return {good(request)};
  });
  const auto refused = error_of([&] { (void)open_carrier(server.url() + "/away", Access::Read)->streams(); }, Errc::Io);
  EXPECT_NE(refused.find("redirected to " + other.url()), std::string::npos) << refused;
  EXPECT_EQ(open_carrier(server.url() + "/here", Access::Read)->streams(), std::vector{id});
}

TEST_F(HttpTest, RefusesTooMuchOrTheWrongPart) {
  publish(10);
  bool shifted = false;
  const ScriptedServer server([&](auto request) -> ScriptedServer::Reply {
    if (request.path.ends_with("head")) return {ScriptedServer::good(request, std::string(70'000, 'x'))};
    if (request.path.ends_with("log.aat") && shifted) request.offset += 3;
    return {good(request)};
  });
  const auto carrier = open_carrier(server.url(), Access::Read);
  EXPECT_NE(error_of([&] { (void)carrier->head(id); }, Errc::Integrity).find("more than the 65792 bytes"),
            std::string::npos);
  shifted = true;
  std::array<std::byte, 256> out;
  EXPECT_NE(error_of(
                [&] {
                  (void)carrier->read_log({id, 1}, 256, out);
                },
                Errc::Io)
                .find("server sent"),
            std::string::npos);
}

TEST_F(HttpTest, GivesUpOnAServerThatFailsAndOnOneThatCrawls) {
  std::size_t asked = 0;
  const ScriptedServer failing([&](const auto&) -> ScriptedServer::Reply {
    ++asked;
    return {ScriptedServer::status("503 Service Unavailable")};
  });
  const auto said = error_of([&] { (void)open_carrier(failing.url(), Access::Read)->streams(); }, Errc::Io);
  EXPECT_NE(said.find("status 503 (5 attempts"), std::string::npos) << said;
  EXPECT_EQ(asked, 5U);
  const ScriptedServer crawling([](const auto&) -> ScriptedServer::Reply {
    return {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nfirst", 20};
  });
  internal::HttpClient client(crawling.url(), {.slow_seconds = 1});
  std::size_t got = 0;
  const auto before = std::chrono::steady_clock::now();
  const auto answer = client.get({.path = "x"}, [&](auto, auto bytes) {
    got += bytes.size();
    return true;
  });
  EXPECT_FALSE(answer.whole);
  EXPECT_EQ(got, 5U);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
}

TEST_F(HttpTest, IsReadOnlyAndSaysSo) {
  EXPECT_NE(error_of([] { (void)open_carrier("http://localhost/x", Access::Write); }, Errc::Usage).find("publish into"),
            std::string::npos);
  EXPECT_NE(error_of([] { (void)open_carrier("http:///", Access::Read); }, Errc::Usage), "");
}

/// nginx in front of the folder.
class NginxTest : public HttpTest {
 protected:
  void SetUp() override {
    HttpTest::SetUp();
    if (!internal::TestWebServer::installed())
      GTEST_SKIP() << "nginx or openssl is not installed (scripts/test does it)";
    server.emplace(folder, ASSIMILAATE_SOURCE_DIR);
  }
  void TearDown() override { ::unsetenv("ASSIMILAATE_CA_FILE"); }
  std::string url() const { return server->url(); }

  std::optional<internal::TestWebServer> server;
};

TEST_F(NginxTest, ServesAPublishedFolderAsItLies) {
  publish(40'000);
  const auto carrier = open_carrier(url(), Access::Read);
  EXPECT_EQ(carrier->streams(), std::vector{id});
  EXPECT_EQ(carrier->log_size({id, 1}), log.size());
  const StreamReader here(*open_carrier(folder.string(), Access::Read)), there(*carrier);
  EXPECT_EQ(there.size(), 40'000U);
  EXPECT_EQ(there.boundaries()[1].entries, here.boundaries()[1].entries);
  EXPECT_EQ(read_all(url()), log);
}

TEST_F(NginxTest, ServesItOverTlsToThoseWhoTrustItsCertificate) {
  publish(100);
  const auto secure = server->secure_url();
  const auto refused = error_of([&] { (void)open_carrier(secure, Access::Read)->streams(); }, Errc::Io);
  EXPECT_NE(refused.find("ASSIMILAATE_CA_FILE"), std::string::npos) << refused;
  ::setenv("ASSIMILAATE_CA_FILE", server->ca_file().c_str(), 1);
  EXPECT_EQ(StreamReader(*open_carrier(secure, Access::Read)).size(), 100U);
}

TEST_F(NginxTest, ShowsANewHeadEvenWithinTheSecondOfTheLast) {
  publish(100);
  const auto carrier = open_carrier(url(), Access::Read);
  const auto first = carrier->head(id);
  EXPECT_EQ(carrier->head(id), first);
  auto second = first;
  second.back() ^= std::byte{1};
  open_carrier(folder.string(), Access::Write)->put_head(id, second);
  EXPECT_EQ(carrier->head(id), second);
}

TEST_F(NginxTest, TakesPacksFirstAndTheLogForTheRest) {
  publish(10);
  const auto carrier = open_carrier(folder.string(), Access::Write);
  const auto descriptor = StreamReader(*carrier).descriptor();
  {
    LogWriter writer(*carrier, {id, 1});
    const auto body = encode_columns(internal::drawn_records(descriptor, 20'000, 7), 0, 20'000);
    for (int i = 0; i < 200; ++i) writer.append(SegmentKind::Data, body, 20'000, codebooks_digest(descriptor));
    writer.publish();
  }
  log = text(epoch() / "log.aat");
  const auto packs = internal::parse_packs(read_file(epoch() / "packs.idx"));
  ASSERT_GE(packs.size(), 2U);
  EXPECT_GT(packs.back().end() + internal::pack_bytes, log.size());
  for (std::size_t number = 0; number < packs.size(); ++number)
    EXPECT_EQ(text(epoch() / internal::pack_name(number)), log.substr(packs[number].offset, packs[number].length));
  // a log that lacks what the packs hold shows which of the two was asked
  std::ofstream(epoch() / "log.aat", std::ios::binary)
      << std::string(packs.back().end(), '?') << log.substr(packs.back().end());
  EXPECT_EQ(read_all(url()), log);
  // and a mirror without packs serves the log
  fs::remove(epoch() / internal::pack_name(0));
  EXPECT_EQ(read_all(url()).substr(0, 5), "?????");
}

}  // namespace
}  // namespace assimilaate
