#include "assimilaate/stream/keyring.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/key_file.hpp"

namespace assimilaate {
namespace {

using internal::error_of;

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

TEST(KeyFile, ComesBackAndIsForItsOwnerAlone) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "a.key";
  const auto key = key_of(1);
  write_private_key(file, key, "a name");
  struct stat status;
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(read_private_key(file).public_key(), key.public_key());
  EXPECT_NE(error_of([&] { write_private_key(file, key, "again"); }, Errc::Usage), "");
  EXPECT_NE(error_of([&] { (void)read_public_key(file); }, Errc::Usage).find("*.pub"), std::string::npos);
  ::chmod(file.c_str(), 0640);
  EXPECT_NE(error_of([&] { (void)read_private_key(file); }, Errc::Io).find("chmod 600"), std::string::npos);
  write_public_key(folder.path() / "a.pub", key.public_key(), "a name");
  EXPECT_EQ(read_public_key(folder.path() / "a.pub").key, key.public_key());
  EXPECT_EQ(read_public_key(folder.path() / "a.pub").name, "a name");
}

TEST(KeyFile, OfAnotherKindIsRefused) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "x";
  for (const char* text :
       {"", "hello\n", "assimilaate-public-key rsa 00 x\n", "assimilaate-public-key ed25519 12 x\n"}) {
    write_file_atomic(file, std::string_view(text));
    ::chmod(file.c_str(), 0600);
    EXPECT_NE(error_of([&] { (void)read_public_key(file); }, Errc::Format), "") << text;
    EXPECT_NE(error_of([&] { (void)read_private_key(file); }, Errc::Format), "") << text;
  }
  EXPECT_NE(error_of([&] { (void)read_private_key(folder.path() / "none"); }, Errc::Io), "");
}

TEST(Keyring, KeepsWhatItIsTold) {
  const TemporaryFolder folder;
  Keyring ring(folder.path() / "keys");
  ring.trust({{.key = key_of(1).public_key(), .streams = {StreamId{std::byte{3}}}, .expires_ms = 9000}, "one name"});
  ring.trust({{.key = key_of(2).public_key(), .role = Role::Root}, "root"});
  ring.trust({{.key = key_of(3).public_key(), .role = Role::Root}, "other root"});
  ring.revoke(42);
  ring.set_threshold(2);
  ring.save();
  const Keyring back(ring.folder());
  EXPECT_EQ(back.entries(), ring.entries());
  EXPECT_EQ(back.revoked(), ring.revoked());
  EXPECT_EQ(back.roots(), ring.roots());
  EXPECT_EQ(back.roots().threshold, 2U);
  EXPECT_EQ(back.find("one name"), key_id(key_of(1).public_key()));
  EXPECT_THROW((void)back.find("nobody"), Error);
  EXPECT_THROW(ring.set_threshold(3), Error);
  ring.revoke(key_id(key_of(1).public_key()));
  EXPECT_EQ(ring.entries().size(), 2U);
  ring.trust({{.key = key_of(1).public_key()}, "again"});
  EXPECT_EQ(ring.revoked(), std::vector<std::uint64_t>{42});
}

TEST(Keyring, NamesTheLineThatItCannotRead) {
  const TemporaryFolder folder;
  for (const char* line : {"hello", "key 12 teacher * never x", "threshold many", "revoked xyz"}) {
    std::ofstream(folder.path() / "trusted") << "# fine\n" << line << "\n";
    EXPECT_NE(error_of([&] { Keyring ring(folder.path()); }, Errc::Format).find("line 2"), std::string::npos) << line;
  }
  EXPECT_TRUE(Keyring(folder.path() / "none").entries().empty());
}

TEST(Keyring, TakesKeySetsOfItsRootsAndNeverAnOlderOne) {
  const TemporaryFolder folder;
  const std::vector root{key_of(9)};
  const auto set = [&](std::uint32_t version, std::vector<std::uint64_t> revoked = {}) {
    return write_key_set({.version = version, .keys = {{.key = key_of(1).public_key()}}, .revoked = revoked}, root);
  };
  Keyring ring(folder.path());
  EXPECT_FALSE(ring.take(set(5), 0)) << "no root is trusted";
  ring.trust({{.key = root[0].public_key(), .role = Role::Root}, "root"});
  EXPECT_TRUE(ring.take(set(5), 0));
  EXPECT_FALSE(ring.take(set(5), 0));
  EXPECT_NE(error_of([&] { ring.take(set(4), 0); }, Errc::Integrity).find("rolled back"), std::string::npos);
  EXPECT_NE(error_of([&] { ring.take(set(5, {1}), 0); }, Errc::Integrity).find("two key sets"), std::string::npos);
  ring.save();
  Keyring back(folder.path());
  EXPECT_EQ(back.ask(0).keys_version, 5U);
  EXPECT_EQ(back.ask(0).who.grants().size(), 1U);
  EXPECT_TRUE(back.take(set(6, {key_id(key_of(1).public_key())}), 0));
  EXPECT_TRUE(back.ask(0).who.revoked(key_id(key_of(1).public_key())));
}

}  // namespace
}  // namespace assimilaate
