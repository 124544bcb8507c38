#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/target/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::refusal;
using internal::StopAt;
using internal::test_profile;
using internal::TestStream;
using Bytes = std::vector<std::byte>;

/// A target that has learnt a little.
Target learnt(const std::string& profile, const AssimilationOptions& options = {.passes = 4}) {
  const TestStream made;
  Target target(made.read(), test_profile(profile));
  target.assimilate(made.read(), options);
  return target;
}

const Bytes& file_bytes() {
  static const Bytes bytes = [] {
    const TemporaryFolder folder;
    learnt("damaged").save(folder / "a.target");
    return read_file(folder / "a.target");
  }();
  return bytes;
}

/// Load a file with these bytes.
Target load(const TemporaryFolder& folder, std::span<const std::byte> bytes) {
  std::ofstream out(folder / "x.target", std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return Target::load(folder / "x.target");
}

void reseal(Bytes& bytes) {
  const auto sum = xxh3(std::span(bytes).first(bytes.size() - 8));
  std::memcpy(bytes.data() + bytes.size() - 8, &sum, 8);
}

class EverySavedProfile : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(TargetFile, EverySavedProfile, testing::Values("float", "mss", "damaged"),
                         [](const auto& p) { return std::string(p.param); });

TEST_P(EverySavedProfile, IsTheSameToTheBitAfterSaveAndLoad) {
  const TemporaryFolder folder;
  Target target = learnt(GetParam());
  target.save(folder / "a.target");
  Target back = Target::load(folder / "a.target");
  back.save(folder / "b.target");
  EXPECT_EQ(read_file(folder / "a.target"), read_file(folder / "b.target"));
  EXPECT_TRUE(back.assimilated());
  EXPECT_EQ(back.reports().at(1).agreement, target.reports().at(1).agreement);
  EXPECT_EQ(back.profile().imperfections, target.profile().imperfections);
  const auto inputs = internal::normal_matrix(50, 8, 7);
  EXPECT_EQ(back.infer(inputs.view()), target.infer(inputs.view()));
  EXPECT_EQ(back.infer(inputs.view()), target.infer(inputs.view()));  // the next moments of read noise, too
  target.save(folder / "a.target");
  back.save(folder / "b.target");
  EXPECT_EQ(read_file(folder / "a.target"), read_file(folder / "b.target"));
}

TEST(TargetFile, CarriesOrganisationAndEmissionWithTheirSettings) {
  const TemporaryFolder folder;
  const TestStream made{.last = {{"bits", 4}}};
  Profile profile = test_profile("mss");
  profile.organisation = "masked:0.8/graded";
  profile.organisation_settings = {{"copies", 2}};
  profile.rule = "margin";
  profile.emission = "rank_cut";
  profile.emission_settings = {{"threshold", -0.25}, {"most", 3}};
  Target target(made.read(), profile);
  target.assimilate(made.read(), {.passes = 2});
  target.save(folder / "a.target");
  const Target back = Target::load(folder / "a.target");
  EXPECT_EQ(back.profile().organisation, profile.organisation);
  EXPECT_EQ(back.profile().organisation_settings, profile.organisation_settings);
  EXPECT_EQ(back.profile().emission, profile.emission);
  EXPECT_EQ(back.profile().emission_settings, profile.emission_settings);
}

TEST_P(EverySavedProfile, InterruptedInAnyRoundAndResumedEndsAsIfNothingHadHappened) {
  const TestStream made;
  const StreamReader stream = made.read();
  for (const bool own_inputs : {false, true}) {
    const TemporaryFolder folder;
    const AssimilationOptions undisturbed{
        .own_inputs = own_inputs, .passes = 4, .rounds = 2, .file = folder / "whole.target"};
    Target whole(stream, test_profile(GetParam()));
    whole.assimilate(stream, undisturbed);
    const Bytes expected = read_file(undisturbed.file);
    for (const std::size_t stop_at : {1U, 3U, 5U, 7U}) {  // the first of two passes of every round
      AssimilationOptions options = undisturbed;
      options.file = folder / "broken.target";
      std::filesystem::remove(options.file);
      Target broken(stream, test_profile(GetParam()));
      StopAt stop(stop_at);
      EXPECT_NE(refusal([&] { broken.assimilate(stream, options, &stop, stop.token()); }, Errc::Interrupted), "");
      ASSERT_EQ(std::filesystem::exists(options.file), stop_at > 1);
      Target again = stop_at > 1 ? Target::load(options.file) : Target(stream, test_profile(GetParam()));
      EXPECT_FALSE(again.assimilated());
      again.assimilate(stream, options);
      EXPECT_TRUE(read_file(options.file) == expected)
          << "stopped at " << stop_at << (own_inputs ? ", own inputs" : "");
    }
  }
}

TEST(TargetFile, OfATargetThatIsDoneGoesOnToNothing) {
  const TemporaryFolder folder;
  const TestStream made;
  learnt("mss").save(folder / "a.target");
  Target target = Target::load(folder / "a.target");
  target.assimilate(made.read(), {.passes = 4});
  target.save(folder / "b.target");
  EXPECT_EQ(read_file(folder / "a.target"), read_file(folder / "b.target"));
}

TEST(TargetFile, IsNotResumedWithOtherOptions) {
  const TemporaryFolder folder;
  const TestStream made;
  const StreamReader stream = made.read();
  const AssimilationOptions options{.examples = 50, .passes = 4, .file = folder / "a.target"};
  Target target(stream, test_profile("mss"));
  StopAt stop(3);
  EXPECT_NE(refusal([&] { target.assimilate(stream, options, &stop, stop.token()); }, Errc::Interrupted), "");
  const auto resumed = [&](auto change) {
    AssimilationOptions other = options;
    change(other);
    other.file.clear();
    Target again = Target::load(folder / "a.target");
    return refusal([&] { again.assimilate(stream, other); }, Errc::Mismatch);
  };
  EXPECT_NE(resumed([](auto& o) { o.examples = 49; }).find("50 examples"), std::string::npos);
  EXPECT_NE(resumed([](auto& o) { o.passes = 5; }).find("4 passes"), std::string::npos);
  EXPECT_NE(resumed([](auto& o) { o.rounds = 2; }).find("4 rounds"), std::string::npos);
  EXPECT_NE(resumed([](auto& o) { o.own_inputs = true; }), "");
  EXPECT_NE(resumed([](auto& o) { o.plateau = 0.5; }).find("plateau 0"), std::string::npos);
  EXPECT_NE(resumed([](auto& o) { o.agreement = 0.5; }).find("agreement 2"), std::string::npos);
  EXPECT_EQ(resumed([](auto&) {}), "");
}

TEST(TargetFile, CarriesNoWeight) {
  const Graph graph = TestStream{}.graph();
  std::size_t looked_for = 0;
  for (const auto& transform : graph.transforms())
    for (const float w : graph.weights(transform.name).weight.values()) {
      const auto bytes = std::as_bytes(std::span(&w, 1));
      EXPECT_EQ(std::ranges::search(file_bytes(), bytes).begin(), file_bytes().end());
      ++looked_for;
    }
  EXPECT_EQ(looked_for, 8U * 12 + 12 * 4);
}

TEST(TargetFile, IsRefusedWhenCutShortOrTooLong) {
  const TemporaryFolder folder;
  const Bytes& whole = file_bytes();
  for (std::size_t length = 0; length < whole.size(); length += length < 64 ? 1 : 997) {
    try {
      (void)load(folder, std::span(whole).first(length));
      ADD_FAILURE() << length << " bytes of " << whole.size() << " were taken";
    } catch (const Error& e) {
      EXPECT_TRUE(e.code() == Errc::Format || e.code() == Errc::Integrity) << e.what();
      EXPECT_NE(std::string(e.what()).find("x.target"), std::string::npos) << e.what();
    }
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  EXPECT_NE(refusal([&] { (void)load(folder, longer); }, Errc::Integrity), "");
  longer = whole;
  longer.insert(longer.end() - 8, 3, std::byte{0});
  reseal(longer);
  EXPECT_NE(refusal([&] { (void)load(folder, longer); }, Errc::Format).find("3 bytes too many"), std::string::npos);
}

TEST(TargetFile, IsRefusedWithAFlippedBit) {
  const TemporaryFolder folder;
  for (std::size_t at = 6; at < file_bytes().size(); at += 263) {
    Bytes damaged = file_bytes();
    damaged[at] ^= std::byte{0x10};
    EXPECT_NE(refusal([&] { (void)load(folder, damaged); }, Errc::Integrity), "") << "byte " << at;
  }
}

TEST(TargetFile, IsRefusedWithAnotherMagicOrVersion) {
  const TemporaryFolder folder;
  Bytes other = file_bytes();
  other[0] = std::byte{'B'};
  EXPECT_NE(refusal([&] { (void)load(folder, other); }, Errc::Format).find("no target file"), std::string::npos);
  other = file_bytes();
  for (const char* version : {"4", "6"}) {
    other[4] = static_cast<std::byte>(*version - '0');
    EXPECT_NE(refusal([&] { (void)load(folder, other); }, Errc::Unsupported).find(std::string("version ") + version),
              std::string::npos);
  }
  EXPECT_NE(refusal([&] { (void)Target::load(folder / "nowhere.target"); }, Errc::Io).find("nowhere.target"),
            std::string::npos);
}

TEST(TargetFile, NeverCrashesOnBytesThatOnlyLookWhole) {
  const TemporaryFolder folder;
  const auto inputs = internal::normal_matrix(3, 8, 7);
  const StreamReader stream = TestStream{}.read();
  const Random random(3, 0);
  std::size_t taken = 0, refused = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    Bytes damaged = file_bytes();
    const auto draw = random.bits(Purpose::Fault, i);
    // Every other one in the first kilobytes, where profile, descriptor and cursor lie.
    const std::size_t within = i % 2 == 0 ? damaged.size() - 14 : std::min<std::size_t>(damaged.size() - 14, 1500);
    damaged[6 + draw[0] % within] = i % 4 < 2 ? static_cast<std::byte>(draw[1]) : std::byte{0xFF};
    reseal(damaged);
    try {
      Target target = load(folder, damaged);
      (void)target.infer(inputs.view());
      ++taken;
      target.assimilate(stream, {.passes = 4});
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(taken, 0U);
  EXPECT_GT(refused, 0U);
}

TEST(TargetFile, IsIntactAfterAFailedWrite) {
  const TemporaryFolder folder;
  const Target target = learnt("mss");
  EXPECT_NE(refusal([&] { target.save(folder / "missing" / "a.target"); }, Errc::Io).find("missing"),
            std::string::npos);
  EXPECT_NE(refusal([&] { target.save(folder.path()); }, Errc::Io), "");
  if (std::filesystem::exists("/dev/full")) {
    EXPECT_NE(refusal([&] { target.save("/dev/full"); }, Errc::Io).find("disk is full"), std::string::npos);
  }

  write_file_atomic(folder / "a.target", file_bytes());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string said;
  try {
    said = refusal([&] { target.save(folder / "a.target"); }, Errc::Io);
  } catch (const std::exception& e) {
    ADD_FAILURE() << e.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(said.find("a.target"), std::string::npos) << said;
  EXPECT_TRUE(read_file(folder / "a.target") == file_bytes());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), std::filesystem::directory_iterator()),
            1);
}

TEST(TargetFile, IsKeptWhenASessionCannotSave) {
  const TemporaryFolder folder;
  const TestStream made;
  Target target(made.read(), test_profile("float"));
  const auto said = refusal(
      [&] { target.assimilate(made.read(), {.passes = 4, .file = folder / "missing" / "a.target"}); }, Errc::Io);
  EXPECT_NE(said.find("missing"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
