#include "assimilaate/aat/codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/core/random.hpp"
#include "assimilaate/core/temporary_folder.hpp"

namespace assimilaate {
namespace {

/// Whole numbers of [0, 256), rows of correlated neighbours: vectors for a codec of any kind.
Matrix<float> vectors_of(std::size_t rows, std::size_t dims) {
  const Random random(11, 0);
  Matrix<float> vectors(rows, dims);
  for (std::size_t i = 0; i < rows; ++i) {
    const double common = random.normal(Purpose::Select, i);
    for (std::size_t d = 0; d < dims; ++d) {
      const double z = 128 + 30 * common + 10 * random.normal(Purpose::Codec, d, i);
      vectors(i, d) = static_cast<float>(std::clamp(std::round(z), 0.0, 255.0));
    }
  }
  return vectors;
}

Errc refusal(const auto& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.code();
  }
  ADD_FAILURE() << "was accepted";
  return {};
}

Matrix<Address> codes_of(const Codec& codec, const Matrix<float>& vectors) {
  Matrix<Address> aats(vectors.rows(), codec.shape().spaces(), None);
  codec.encode(vectors.view(), aats.view());
  return aats;
}

bool has_field(const CodecKind& kind, std::string_view name) {
  return std::ranges::any_of(kind.fields, [&](const Field& f) { return f.name == name; });
}

class EveryCodec : public testing::TestWithParam<const CodecKind*> {
 protected:
  static constexpr std::size_t dims = 14;
  [[nodiscard]] CodecPtr fit(const Settings& settings = {}, std::uint64_t seed = 1) const {
    return fit_codec(GetParam()->name, vectors_.view(), settings, seed);
  }
  /// The default codec and one with every other field at the far end of a switch.
  [[nodiscard]] std::vector<CodecPtr> variants() const {
    std::vector<CodecPtr> codecs{fit()};
    for (const Field& field : GetParam()->fields)
      if (field.low == 0 && field.high == 1) codecs.push_back(fit({{std::string(field.name), 1 - field.value}}));
    return codecs;
  }
  const Matrix<float> vectors_ = vectors_of(300, dims);
};

TEST_P(EveryCodec, KnowsItsNameShapeAndDims) {
  for (const auto& codec : variants()) {
    EXPECT_EQ(codec->name(), GetParam()->name);
    EXPECT_EQ(codec->dims(), dims);
    for (std::size_t m = 0; m < codec->shape().spaces(); ++m) {
      const auto centroids = codec->centroids(m);
      if (centroids.size() == 0) continue;
      EXPECT_EQ(centroids.rows(), codec->shape().addresses(m));
    }
  }
}

TEST_P(EveryCodec, GivesBackTheAddressesItDecoded) {
  for (const auto& codec : variants()) {
    if (!codec->axis_aligned() && codec->shape().spaces() != dims) continue;  // a padded rotation is not onto
    if (codec->centroids(0).size() == 0 && !codec->mean().empty()) continue;  // spaces are coded one after another
    const Random random(3, 0);
    AatBlock aats(codec->shape(), 50);
    for (std::size_t i = 0; i < aats.size(); ++i)
      for (std::size_t m = 0; m < aats.shape.spaces(); ++m) {
        const auto centroids = codec->centroids(m);
        auto a = random.bits(Purpose::Codec, m, i)[0] % aats.shape.addresses(m);
        for (std::uint32_t lower = 0; lower < a && centroids.size() > 0; ++lower)
          if (std::ranges::equal(centroids.row(lower), centroids.row(a))) a = lower;
        aats.entries(i, m) = static_cast<Address>(a);
      }
    Matrix<float> vectors(aats.size(), dims);
    codec->decode(aats.entries.view(), vectors.view());
    EXPECT_EQ(codes_of(*codec, vectors), aats.entries);
  }
}

TEST_P(EveryCodec, DecodesNoneToZeros) {
  for (const auto& codec : variants()) {
    const AatBlock silent(codec->shape(), 1);
    Matrix<float> vectors(1, dims, 7.0F);
    codec->decode(silent.entries.view(), vectors.view());
    for (const float v : vectors.values()) EXPECT_EQ(v, 0.0F);
  }
}

TEST_P(EveryCodec, SaysTruthfullyWhatCodingLoses) {
  for (const auto& codec : variants()) {
    if (codec->mean().empty()) {  // what has no metric has nothing to lose
      EXPECT_EQ(codec->distortion(), 0);
      continue;
    }
    Matrix<float> decoded(vectors_.rows(), dims);
    codec->decode(codes_of(*codec, vectors_).view(), decoded.view());
    double lost = 0, variance = 0;
    for (std::size_t d = 0; d < dims; ++d) {
      double mean = 0;
      for (std::size_t i = 0; i < vectors_.rows(); ++i) mean += vectors_(i, d) / static_cast<double>(vectors_.rows());
      for (std::size_t i = 0; i < vectors_.rows(); ++i) {
        lost += std::pow(vectors_(i, d) - decoded(i, d), 2);
        variance += std::pow(vectors_(i, d) - mean, 2);
      }
    }
    const bool padded = codec->shape().spaces() > dims;  // errors in the padding are cut off by decoding
    EXPECT_NEAR(codec->distortion(), lost / variance, padded ? codec->distortion() * 0.5 : 1e-4);
    EXPECT_GE(codec->distortion(), 0);
    EXPECT_LE(codec->distortion(), 1);
  }
}

TEST_P(EveryCodec, LosesLessWithMoreBits) {
  if (!has_field(*GetParam(), "bits")) GTEST_SKIP() << "has no bits";
  double before = 1;
  for (const double bits : {1, 2, 4, 6}) {
    const double distortion = fit({{"bits", bits}})->distortion();
    EXPECT_LT(distortion, before) << bits;
    before = distortion;
  }
}

TEST_P(EveryCodec, IsAFunctionOfItsVectorsSettingsAndSeedAndNotOfTheThreads) {
  const auto codecs = variants();
  set_threads(1);
  const auto again = variants();
  set_threads(0);
  for (std::size_t i = 0; i < codecs.size(); ++i) EXPECT_EQ(codec_hash(*codecs[i]), codec_hash(*again[i]));
}

TEST_P(EveryCodec, ComesBackFromItsFileWithTheSameHashAndCodes) {
  const TemporaryFolder folder;
  for (const auto& codec : variants()) {
    save_codec(*codec, folder / "codec");
    const auto loaded = load_codec(folder / "codec");
    EXPECT_EQ(codec_hash(*loaded), codec_hash(*codec));
    EXPECT_EQ(codec_hash(*codec), blake2b_256(read_file(folder / "codec")));
    EXPECT_EQ(codes_of(*loaded, vectors_), codes_of(*codec, vectors_));
    EXPECT_EQ(loaded->distortion(), codec->distortion());
    EXPECT_EQ(loaded->codebook_bits(), codec->codebook_bits());
    EXPECT_TRUE(std::ranges::equal(loaded->mean(), codec->mean()));
  }
}

TEST_P(EveryCodec, RefusesEveryTruncationOfItsFile) {
  const auto bytes = codec_bytes(*fit());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW((void)codec_from_bytes(std::span(bytes).first(length)), Error) << length;
}

TEST_P(EveryCodec, RefusesAFlippedBitAnywhere) {
  auto bytes = codec_bytes(*fit());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto bit = static_cast<std::byte>(1U << (i % 8));
    bytes[i] ^= bit;
    EXPECT_THROW((void)codec_from_bytes(bytes), Error) << i;
    bytes[i] ^= bit;
  }
  bytes.push_back({});
  EXPECT_THROW((void)codec_from_bytes(bytes), Error);
}

TEST_P(EveryCodec, RestoresOrRefusesAForgedBody) {
  for (const auto& codec : variants()) {
    auto body = codec->body();
    for (std::size_t i = 0; i < std::min<std::size_t>(body.size(), 40); ++i)
      for (const unsigned change : {1U, 0x80U, 0xffU}) {
        const std::byte before = body[i];
        body[i] ^= static_cast<std::byte>(change);
        try {
          const auto forged = GetParam()->restore(body);
          const AatBlock silent(forged->shape(), 1);
          Matrix<float> vectors(1, forged->dims());
          forged->decode(silent.entries.view(), vectors.view());
        } catch (const Error& e) {
          EXPECT_EQ(e.code(), Errc::Format);
        }
        body[i] = before;
      }
    EXPECT_EQ(refusal([&] { (void)GetParam()->restore({}); }), Errc::Format);
    body.push_back({});
    EXPECT_EQ(refusal([&] { (void)GetParam()->restore(body); }), Errc::Format);
  }
}

TEST_P(EveryCodec, RefusesVectorsThatAreNoNumbersOrOfAnotherSize) {
  const auto codec = fit();
  Matrix<Address> aats(300, codec->shape().spaces());
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    auto vectors = vectors_;
    vectors(299, dims - 1) = bad;
    EXPECT_EQ(refusal([&] { codec->encode(vectors.view(), aats.view()); }), Errc::Format);
    EXPECT_EQ(refusal([&] { (void)fit_codec(GetParam()->name, vectors.view(), {}, 1); }), Errc::Format);
  }
  const auto wide = vectors_of(300, dims + 1);
  EXPECT_EQ(refusal([&] { codec->encode(wide.view(), aats.view()); }), Errc::Mismatch);
  EXPECT_EQ(refusal([&] { codec->encode(vectors_.slice(0, 10), aats.view()); }), Errc::Mismatch);
  EXPECT_EQ(refusal([&] { (void)fit_codec(GetParam()->name, {}, {}, 1); }), Errc::Format);
}

TEST_P(EveryCodec, RefusesAnAddressOutsideItsCodebook) {
  const auto codec = fit();
  AatBlock aats(codec->shape(), 2);
  Matrix<float> vectors(2, dims);
  for (const Address bad : {static_cast<Address>(codec->shape().addresses(0)), Address{-2}}) {
    aats.entries(1, 0) = bad;
    EXPECT_EQ(refusal([&] { codec->decode(aats.entries.view(), vectors.view()); }), Errc::Format);
  }
}

TEST_P(EveryCodec, RefusesSettingsItDoesNotKnow) {
  EXPECT_EQ(refusal([&] { (void)fit({{"no such field", 1}}); }), Errc::Usage);
  for (const Field& field : GetParam()->fields)
    EXPECT_EQ(refusal([&] { (void)fit({{std::string(field.name), field.high + 1}}); }), Errc::Usage);
}

TEST_P(EveryCodec, TakesNoVectorsAtAllToEncode) {
  const auto codec = fit();
  codec->encode({nullptr, 0, dims}, {nullptr, 0, codec->shape().spaces()});
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryCodec, testing::ValuesIn(codec_catalogue().begin(), codec_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(CodecFile, RefusesOtherFilesVersionsAndNames) {
  const auto rewrite = [](std::size_t at, std::uint8_t value) {
    auto bytes = codec_bytes(*fit_codec("grid", vectors_of(10, 2).view(), {}, 1));
    bytes[at] = static_cast<std::byte>(value);
    const std::size_t end = bytes.size() - sizeof(std::uint64_t);
    const auto sum = xxh3(std::span(bytes).first(end));
    std::memcpy(bytes.data() + end, &sum, sizeof sum);
    return refusal([&] { (void)codec_from_bytes(bytes); });
  };
  EXPECT_EQ(rewrite(0, 'X'), Errc::Format);
  EXPECT_EQ(rewrite(4, 2), Errc::Unsupported);
  EXPECT_EQ(rewrite(14, 'G'), Errc::Unsupported);  // the first letter of its name
  EXPECT_EQ(refusal([] { (void)load_codec("no such codec"); }), Errc::Io);
  EXPECT_EQ(refusal([] { (void)fit_codec("no such codec", {}, {}, 1); }), Errc::Usage);
}

TEST(CodecFile, IsNamedWhenItIsDamaged) {
  const TemporaryFolder folder;
  write_file_atomic(folder / "broken", "AATC");
  try {
    (void)load_codec(folder / "broken");
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("broken: codec:"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace assimilaate
