#include "assimilaate/core/array_file.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <limits>
#include <string>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"

namespace assimilaate {
namespace {

std::string npy(std::string_view descr, std::string_view shape, std::string_view data, std::string_view order = "False",
                char version = 1) {
  const std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", descr, order, shape);
  std::string text = std::string("\x93NUMPY") + version + '\0' + static_cast<char>(header.size()) + '\0';
  if (version > 1) text += std::string(2, '\0');
  return text + header + std::string(data);
}

std::string safetensors(std::string_view header, std::string_view data) {
  std::string text(8, '\0');
  text[0] = static_cast<char>(header.size());
  return text + std::string(header) + std::string(data);
}

template <typename T>
std::string raw(std::initializer_list<T> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(T)};
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(text.size() + 100, '\0'), in(text);
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class ArrayFile : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file(std::string_view text) const {
    write_file_atomic(folder_ / "array", text);
    return folder_ / "array";
  }
  [[nodiscard]] Matrix<float> read(std::string_view text, std::string_view tensor = {}) const {
    return read_matrix(file(text), tensor);
  }
  [[nodiscard]] Errc refusal(std::string_view text, std::string_view tensor = {}) const {
    try {
      (void)read(text, tensor);
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("array"), std::string::npos) << "names the file: " << e.what();
      return e.code();
    }
    ADD_FAILURE() << "was read";
    return {};
  }
  TemporaryFolder folder_;
};

Matrix<float> matrix(std::size_t rows, std::size_t cols, std::initializer_list<float> values) {
  Matrix<float> m(rows, cols);
  std::ranges::copy(values, m.values().begin());
  return m;
}

TEST_F(ArrayFile, ReadsBackTheNumPyFileItWrote) {
  const auto values = matrix(2, 3, {1, -2, 3.5F, 0, 1e-30F, std::numeric_limits<float>::infinity()});
  write_npy(folder_ / "a.npy", values.view());
  EXPECT_EQ(read_matrix(folder_ / "a.npy"), values);
  EXPECT_EQ(read_file(folder_ / "a.npy").size(), 128U + 24U);  // data begin at a multiple of 64
}

TEST_F(ArrayFile, ReadsEveryNumPyTypeItNames) {
  const auto expected = matrix(1, 2, {1, 2});
  EXPECT_EQ(read(npy("<f2", "(1, 2)", raw<std::uint16_t>({0x3c00, 0x4000}))), expected);
  EXPECT_EQ(read(npy("<f4", "(1, 2)", raw<float>({1, 2}))), expected);
  EXPECT_EQ(read(npy("<f8", "(1, 2)", raw<double>({1, 2}))), expected);
  EXPECT_EQ(read(npy("|u1", "(1, 2)", raw<std::uint8_t>({1, 2}))), expected);
  EXPECT_EQ(read(npy("|i1", "(1, 2)", raw<std::int8_t>({1, 2}))), expected);
  EXPECT_EQ(read(npy("<i4", "(1, 2)", raw<std::int32_t>({1, 2}))), expected);
  EXPECT_EQ(read(npy("<i8", "(1, 2)", raw<std::int64_t>({1, 2}))), expected);
  EXPECT_EQ(read(npy("<i8", "(1, 2)", raw<std::int64_t>({1, 2}), "False", 2)), expected);
  EXPECT_EQ(read(npy("<i8", "(1, 2)", raw<std::int64_t>({1, 2}), "False", 3)), expected);
}

TEST_F(ArrayFile, OneDimensionIsAColumnAndManyAreFlattened) {
  EXPECT_EQ(read(npy("<f4", "(3,)", raw<float>({1, 2, 3}))), matrix(3, 1, {1, 2, 3}));
  EXPECT_EQ(read(npy("<f4", "(2, 1, 2)", raw<float>({1, 2, 3, 4}))), matrix(2, 2, {1, 2, 3, 4}));
  EXPECT_EQ(read(npy("<f4", "()", raw<float>({5}))), matrix(1, 1, {5}));
  EXPECT_EQ(read(npy("<f4", "(0, 7)", "")).rows(), 0U);
}

TEST_F(ArrayFile, RefusesNumPyFilesItCannotTakeAsTheyAre) {
  const auto data = raw<float>({1, 2});
  EXPECT_EQ(refusal(npy("<f4", "(1, 2)", data, "True")), Errc::Format);
  EXPECT_EQ(refusal(npy(">f4", "(1, 2)", data)), Errc::Unsupported);
  EXPECT_EQ(refusal(npy("<c8", "(1,)", data)), Errc::Unsupported);
  EXPECT_EQ(refusal(npy("<f4", "(1, 2)", data, "False", 4)), Errc::Unsupported);
  EXPECT_EQ(refusal(npy("<f4", "(1, 3)", data)), Errc::Format);
  EXPECT_EQ(refusal(npy("<f4", "(1, 1)", data)), Errc::Format);
  EXPECT_EQ(refusal(npy("<f4", "(4294967296, 4294967296)", data)), Errc::Format);
  EXPECT_EQ(refusal(npy("<f4", "(18446744073709551616,)", data)), Errc::Format);
  EXPECT_EQ(refusal(npy("<f4", "(-1, 2)", data)), Errc::Format);
  EXPECT_EQ(refusal(npy("<f4", "[1, 2]", data)), Errc::Format);
  EXPECT_EQ(refusal(npy("", "(1, 2)", data)), Errc::Unsupported);
  EXPECT_EQ(refusal("\x93NUMPY"), Errc::Format);
}

TEST_F(ArrayFile, RefusesANumPyFileCutAnywhere) {
  const auto whole = npy("<f4", "(1, 2)", raw<float>({1, 2}));
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(refusal(std::string_view(whole).substr(0, length)), Errc::Format) << length;
}

TEST_F(ArrayFile, ReadsATensorByNameAndTheOnlyOneWithout) {
  const auto two = safetensors(R"({"__metadata__":{"by":"x"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                               R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]}})",
                               raw<float>({1, 2}) + raw<std::uint16_t>({0x3f80, 0x4000}));
  EXPECT_EQ(read(two, "a"), matrix(1, 2, {1, 2}));
  EXPECT_EQ(read(two, "b"), matrix(2, 1, {1, 2}));
  EXPECT_EQ(refusal(two), Errc::Usage);
  EXPECT_EQ(refusal(two, "c"), Errc::Usage);
  EXPECT_EQ(refusal(two, "__metadata__"), Errc::Usage);
  const auto one = [](std::string_view type, std::string_view data) {
    return safetensors(fmt::format(R"({{"x":{{"dtype":"{}","shape":[2],"data_offsets":[0,{}]}}}})", type, data.size()),
                       data);
  };
  EXPECT_EQ(read(one("F16", raw<std::uint16_t>({0x3c00, 0x4000}))), matrix(2, 1, {1, 2}));
  EXPECT_EQ(read(one("F64", raw<double>({1, 2}))), matrix(2, 1, {1, 2}));
  EXPECT_EQ(refusal(one("I32", raw<std::int32_t>({1, 2}))), Errc::Unsupported);
}

TEST_F(ArrayFile, RefusesSafetensorsThatDoNotHoldTogether) {
  const auto data = raw<float>({1, 2});
  EXPECT_EQ(refusal(safetensors(R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}})", data)), Errc::Format);
  EXPECT_EQ(refusal(safetensors(R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[8,0]}})", data)), Errc::Format);
  EXPECT_EQ(refusal(safetensors(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", data)), Errc::Format);
  EXPECT_EQ(refusal(safetensors(R"({"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}})", data)), Errc::Format);
  EXPECT_EQ(refusal(safetensors(R"({"a":7})", data)), Errc::Format);
  EXPECT_EQ(refusal(safetensors(R"({"a":)", "")), Errc::Format);
  EXPECT_EQ(refusal(std::string(8, '\xff') + "{}"), Errc::Format);
}

TEST_F(ArrayFile, ReadsImagesAndLabelsPlainAndPacked) {
  using namespace std::string_literals;
  const auto images = "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02"s + "\x00\x01\x80\xff"s;
  const auto labels = "\0\0\x08\x01\0\0\0\x03\x09\x00\x02"s;
  EXPECT_EQ(read(images), matrix(2, 2, {0, 1, 128, 255}));
  EXPECT_EQ(read(gzip(images)), matrix(2, 2, {0, 1, 128, 255}));
  EXPECT_EQ(read_labels(file(labels)), (std::vector<std::int32_t>{9, 0, 2}));
  EXPECT_EQ(read_labels(file(gzip(labels))), (std::vector<std::int32_t>{9, 0, 2}));
  EXPECT_THROW((void)read_labels(file(images)), Error);
  EXPECT_EQ(refusal("\0\0\x0d\x01\0\0\0\x00"s), Errc::Format);
  EXPECT_EQ(refusal("\0\0\x08\x00"s), Errc::Format);
}

TEST_F(ArrayFile, RefusesIdxFilesThatAreCutShortOrDamaged) {
  using namespace std::string_literals;
  const auto images = "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x02"s + "\x00\x01\x80\xff"s;
  for (std::size_t length = 0; length < images.size(); ++length)
    EXPECT_EQ(refusal(images.substr(0, length)), Errc::Format);
  EXPECT_EQ(refusal(images + "x"), Errc::Format);
  EXPECT_EQ(refusal("\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"s), Errc::Format);
  const auto packed = gzip(images);
  for (std::size_t length = 0; length < packed.size(); ++length)
    EXPECT_EQ(refusal(packed.substr(0, length)), Errc::Format);
  auto flipped = packed;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);  // in the checksum
  EXPECT_EQ(refusal(flipped), Errc::Format);
  EXPECT_EQ(refusal(packed + "x"), Errc::Format);
}

TEST_F(ArrayFile, RefusesWhatIsNoArray) {
  EXPECT_EQ(refusal(""), Errc::Format);
  EXPECT_EQ(refusal("a,b\n1,2\n"), Errc::Format);
  EXPECT_THROW((void)read_matrix(folder_ / "absent.npy"), Error);
}

TEST_F(ArrayFile, KeepsNaNAndLetsTheCallerRefuseIt) {
  const auto values = read(npy("<f4", "(2, 2)", raw<float>({1, 2, 3, std::nanf("")})));
  EXPECT_TRUE(std::isnan(values(1, 1)));
  try {
    check_finite(values.view(), "inputs.npy");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Format);
    EXPECT_STREQ(e.what(), "inputs.npy: row 1, column 1 is nan (clean the data first)");
  }
  check_finite(values.slice(0, 1), "inputs.npy");
}

TEST(FashionMnist, IsReadFromItsPackage) {
  const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "package dataset-fashion-mnist is not installed";
  const auto images = read_matrix(folder / "t10k-images-idx3-ubyte.gz");
  EXPECT_EQ(images.rows(), 10'000U);
  EXPECT_EQ(images.cols(), 784U);
  EXPECT_EQ(read_labels(folder / "t10k-labels-idx1-ubyte.gz").size(), 10'000U);
}

}  // namespace
}  // namespace assimilaate
