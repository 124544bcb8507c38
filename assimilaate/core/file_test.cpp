#include "assimilaate/core/file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

#include "assimilaate/core/temporary_folder.hpp"

namespace assimilaate {
namespace {

std::string text_of(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::ptrdiff_t files_in(const TemporaryFolder& folder) {
  return std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator());
}

std::string io_message(const auto& action) {
  try {
    action();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Io);
    return e.what();
  }
  return "no error";
}

TEST(File, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string large(3'000'001, 'x');
  for (const std::string& text : {std::string(), std::string("a\0b", 3), large}) {
    write_file_atomic(folder / "f", std::string_view(text));
    EXPECT_EQ(text_of(folder / "f"), text);
  }
  EXPECT_EQ(files_in(folder), 1);
}

TEST(File, AMissingFileOrFolderIsNamed) {
  const TemporaryFolder folder;
  EXPECT_NE(io_message([&] { (void)read_file(folder / "absent"); }).find("absent: cannot open: No such file"),
            std::string::npos);
  EXPECT_NE(io_message([&] { (void)read_file(folder.path()); }).find("cannot read: Is a directory"), std::string::npos);
  EXPECT_NE(io_message([&] { write_file_atomic(folder / "no/such/f", "x"); }).find("no/such/f"), std::string::npos);
}

TEST(File, AFullDiskIsSaidInWords) {
  if (!std::filesystem::is_character_file("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  const TemporaryFolder folder;
  std::filesystem::create_symlink("/dev/full", folder / "full");  // what went wrong would hit the link
  EXPECT_NE(io_message([&] { write_file_atomic(folder / "full", "x"); }).find("the disk is full"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "full"));
}

TEST(File, AFailedWriteLeavesTheOldFileAndNoTemporary) {
  const TemporaryFolder folder;
  write_file_atomic(folder / "f", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{100'000, before.rlim_max};  // the write fails halfway, as it does on a full disk
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string message = io_message([&] { write_file_atomic(folder / "f", std::string(200'000, 'n')); });
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_NE(message.find("cannot write"), std::string::npos) << message;
  EXPECT_EQ(text_of(folder / "f"), "old");
  EXPECT_EQ(files_in(folder), 1);
}

TEST(File, WillNotReplaceAFolder) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "d");
  EXPECT_NE(io_message([&] { write_file_atomic(folder / "d", "new"); }).find("cannot write"), std::string::npos);
  EXPECT_EQ(files_in(folder), 1);
}

TEST(File, KeepsThePermissionsOfTheFileItReplaces) {
  const TemporaryFolder folder;
  write_file_atomic(folder / "f", "old");
  std::filesystem::permissions(folder / "f", std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  write_file_atomic(folder / "f", "new");
  EXPECT_EQ(text_of(folder / "f"), "new");
  EXPECT_EQ(std::filesystem::status(folder / "f").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace assimilaate
