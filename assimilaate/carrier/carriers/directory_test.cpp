#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;
using internal::drawn_records;
using internal::error_of;
using internal::write_small_stream;

/// Streams in a fresh folder.
class DirectoryTest : public ::testing::Test {
 protected:
  StreamId write(std::size_t data, std::size_t held_out = 5) const {
    return write_small_stream(*open_carrier(folder.string(), Access::Write), data, held_out);
  }
  StreamReader read() const { return StreamReader(*open_carrier("dir:" + folder.string(), Access::Read)); }
  fs::path log(const StreamId& id) const { return folder / "streams" / hex(id) / "00000001" / "log.aat"; }
  void flip(const fs::path& file, std::size_t at) const {
    auto bytes = read_file(file);
    bytes[at] ^= std::byte{4};
    write_file_atomic(file, bytes);
  }

  TemporaryFolder temporary;
  fs::path folder = temporary.path();
};

TEST_F(DirectoryTest, KeepsAStreamWhereTheFormatPutsIt) {
  const auto id = write(40'000, 50);
  const auto reader = read();
  EXPECT_EQ(reader.size(), 40'000U);
  EXPECT_EQ(reader.boundaries()[1].entries, drawn_records(reader.descriptor(), 40'000, 1)[1].entries);
  EXPECT_EQ(reader.held_out_size(), 50U);
  EXPECT_TRUE(fs::exists(folder / "streams" / hex(id) / "head"));
  EXPECT_TRUE(fs::exists(folder / "codebooks" / hex(reader.descriptor().boundaries[0].codebook)));
  EXPECT_TRUE(fs::exists(folder / "network" / hex(reader.descriptor().teacher)));
  EXPECT_EQ(fs::file_size(folder / "streams" / hex(id) / "00000001" / "log.idx"), 16 * reader.segments());
  EXPECT_EQ(fs::file_size(folder / "streams" / hex(id) / "00000001" / "log.hdr"), 256 * reader.segments());
  EXPECT_EQ(8 * (fs::file_size(log(id)) + fs::file_size(folder / "streams" / hex(id) / "head")),
            reader.bits().stream());
}

TEST_F(DirectoryTest, LeavesNoOtherFileBehind) {
  write(100);
  write(200);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1 + 3 + 1 + 1 + 1 + 2 * 3U);  // lock, codebooks, network, head, list, two epochs
  EXPECT_EQ(read().epoch(), 2U);
}

TEST_F(DirectoryTest, RefusesASecondWriterButNotReaders) {
  write(10);
  const auto first = open_carrier(folder.string(), Access::Write);
  const auto refused = error_of([&] { (void)open_carrier(folder.string(), Access::Write); }, Errc::Io);
  EXPECT_NE(refused.find("another writer holds writer.lock"), std::string::npos) << refused;
  EXPECT_EQ(read().size(), 10U);
}

TEST_F(DirectoryTest, FreesItsLockWhenTheWriterIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto carrier = open_carrier(folder.string(), Access::Write);
    if (::write(ready[1], "!", 1) == 1) ::pause();
    ::_exit(0);
  }
  char signal = 0;
  ASSERT_EQ(::read(ready[0], &signal, 1), 1);
  EXPECT_THROW((void)open_carrier(folder.string(), Access::Write), Error);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW((void)open_carrier(folder.string(), Access::Write));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(DirectoryTest, CutsATornTailRebuildsItsIndexAndGoesOn) {
  const auto id = write(100);
  const LogName name{id, 1};
  const auto headed = fs::file_size(log(id));
  const auto carrier = open_carrier(folder.string(), Access::Write);
  const auto descriptor = StreamReader(*carrier).descriptor();
  const auto append = [&](LogWriter& writer) {
    writer.append(SegmentKind::Data, encode_columns(drawn_records(descriptor, 9, 7), 0, 9), 9,
                  codebooks_digest(descriptor));
  };
  {
    LogWriter writer(*carrier, name);
    append(writer);
  }
  const auto whole = read_file(log(id)), index = read_file(log(id).parent_path() / "log.idx");
  for (auto length = headed + 1; length < whole.size(); length += 5) {
    fs::resize_file(log(id), length);
    LogWriter writer(*carrier, name);
    EXPECT_EQ(writer.cut_bytes(), length - headed);
    EXPECT_EQ(fs::file_size(log(id)), headed);
    append(writer);
    ASSERT_EQ(read_file(log(id)), whole);
    ASSERT_EQ(read_file(log(id).parent_path() / "log.idx"), index);
  }
  EXPECT_EQ(read().size(), 100U);
}

TEST_F(DirectoryTest, RefusesDamageBelowTheHeadAndKeepsTheFile) {
  const auto id = write(100);
  flip(log(id), 900);
  const auto damaged = read_file(log(id));
  const auto carrier = open_carrier(folder.string(), Access::Write);
  EXPECT_NE(error_of(
                [&] {
                  LogWriter writer(*carrier, {id, 1});
                },
                Errc::Integrity)
                .find("segment 1 at offset"),
            std::string::npos);
  EXPECT_NE(error_of([&] { (void)read(); }, Errc::Integrity).find("segment 1 at offset"), std::string::npos);
  EXPECT_EQ(read_file(log(id)), damaged);
}

TEST_F(DirectoryTest, RefusesAMissingLogADamagedHeadAndAWrongCodebook) {
  const auto id = write(100);
  const auto codebook = folder / "codebooks" / hex(read().descriptor().boundaries[1].codebook);
  flip(codebook, 0);
  EXPECT_NE(error_of([&] { (void)read(); }, Errc::Mismatch).find("codebook of boundary 'hidden'"), std::string::npos);
  write(100);  // puts it right again
  EXPECT_NO_THROW((void)read());
  fs::remove(codebook);
  EXPECT_NE(error_of([&] { (void)read(); }, Errc::Io).find(codebook.filename().string()), std::string::npos);
  const auto head = folder / "streams" / hex(id) / "head";
  fs::resize_file(head, 200'000);
  EXPECT_NE(error_of([&] { (void)read(); }, Errc::Integrity).find("a head or a key set has at most"),
            std::string::npos);
  fs::remove(head);
  EXPECT_NE(error_of([&] { (void)read(); }, Errc::Io), "");
}

TEST_F(DirectoryTest, OnAFullDiskLeavesTheEarlierStreamIntactAndNothingHalfWritten) {
  write(100);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit limit { 150'000, 150'000 };
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto said = error_of([&] { write(60'000); }, Errc::Io);
    ::_exit(said.find("log.aat: cannot write") != std::string::npos && said.find("make room") != std::string::npos ? 0
                                                                                                                   : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read().size(), 100U);
  const auto id = read().id();
  const auto second = folder / "streams" / hex(id) / "00000002";
  const auto bytes = read_file(second / "log.aat");
  std::size_t segments = 0;
  for (std::span<const std::byte> rest = bytes; !rest.empty(); ++segments)
    rest = rest.subspan(parse_segment(rest).value().header.segment_length());
  EXPECT_EQ(segments, 3U);                                      // the setup and two whole segments of 64 KiB
  open_carrier(folder.string(), Access::Write)->sync({id, 2});  // who writes next makes index and headers whole
  EXPECT_EQ(fs::file_size(second / "log.idx"), 16 * segments);
  EXPECT_EQ(fs::file_size(second / "log.hdr"), 256 * segments);
}

TEST_F(DirectoryTest, MakesIndexAndHeadersAnewWhereACrashLeftThemBehind) {
  const auto id = write(60'000);
  const auto index = log(id).parent_path() / "log.idx", headers = log(id).parent_path() / "log.hdr";
  const auto good_index = read_file(index), good_headers = read_file(headers);
  const auto expect_mended = [&](const char* what) {
    open_carrier(folder.string(), Access::Write)->sync({id, 1});
    EXPECT_TRUE(read_file(index) == good_index) << what;
    EXPECT_TRUE(read_file(headers) == good_headers) << what;
  };
  fs::resize_file(index, good_index.size() - 16);
  expect_mended("an entry is missing");
  fs::resize_file(headers, good_headers.size() - 300);
  expect_mended("a header is cut");
  fs::resize_file(index, 16);
  fs::resize_file(headers, 256);
  expect_mended("both are of an older log");
  auto zeros = good_headers;
  std::fill(zeros.begin() + 256, zeros.begin() + 512, std::byte{0});
  write_file_atomic(headers, zeros);
  expect_mended("a page never reached the disk");
  flip(index, 18);
  expect_mended("an entry is damaged");
  const auto half = log(id).parent_path() / "pack-00000.aat.123-4.part";
  write_file_atomic(half, good_index);
  expect_mended("half a pack is left");
  EXPECT_FALSE(fs::exists(half));
}

TEST_F(DirectoryTest, DoesNotWriteWhenOpenedForReading) {
  const auto id = write(10);
  const auto carrier = open_carrier(folder.string(), Access::Read);
  EXPECT_NE(error_of([&] { carrier->append({id, 1}, {}); }, Errc::Usage).find("opened for reading"), std::string::npos);
  EXPECT_NE(error_of([&] { carrier->put_head(id, {}); }, Errc::Usage), "");
  EXPECT_NE(error_of([&] { (void)carrier->put_object(ObjectKind::Codebook, {}); }, Errc::Usage), "");
}

}  // namespace
}  // namespace assimilaate
