#pragma once
/// Small ONNX files for tests, written field by field in protobuf's wire format: what the loader reads is checked
/// against the specification (onnx.proto3) and not against the library that reads it. Two files one after the other are
/// one file with the content of both, as protobuf merges them.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/matrix.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate::internal {

/// One protobuf message under construction.
class Wire {
 public:
  Wire& number(unsigned field, std::uint64_t value) {
    varint(field << 3U);
    varint(value);
    return *this;
  }
  Wire& real(unsigned field, float value) {
    varint(field << 3U | 5U);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Wire& text(unsigned field, std::string_view value) {
    varint(field << 3U | 2U);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Wire& message(unsigned field, const Wire& inner) { return text(field, inner.bytes_); }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>(value | 0x80U);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

namespace element {
inline constexpr std::uint64_t f32 = 1, i32 = 6, i64 = 7, f16 = 10, f64 = 11;
}

template <typename T>
std::string raw_bytes(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// A TensorProto.
inline Wire tensor(std::string_view name, const std::vector<std::uint64_t>& dims, std::uint64_t type,
                   std::string_view raw) {
  Wire t;
  for (const auto d : dims) t.number(1, d);
  return t.number(2, type).text(8, name).text(9, raw);
}

/// An AttributeProto with one number.
inline Wire attribute(std::string_view name, float value) { return Wire().text(1, name).real(2, value).number(20, 1); }
inline Wire attribute(std::string_view name, int value) {
  return Wire().text(1, name).number(3, static_cast<std::uint64_t>(std::int64_t{value})).number(20, 2);
}

/// A ModelProto, built call by call.
class TestModel {
 public:
  TestModel& opset(std::uint64_t version) {
    opset_ = version;
    return *this;
  }
  /// width 0: the file does not say.
  TestModel& input(std::string_view name, std::uint64_t width = 0) { return port(11, name, width); }
  TestModel& output(std::string_view name, std::uint64_t width = 0) { return port(12, name, width); }
  TestModel& initializer(std::string_view name, const std::vector<std::uint64_t>& dims,
                         const std::vector<float>& values) {
    return initializer(tensor(name, dims, element::f32, raw_bytes(values)));
  }
  TestModel& initializer(const Wire& tensor_proto) {
    graph_.message(5, tensor_proto);
    return *this;
  }
  TestModel& node(std::string_view op, const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                  std::string_view name = {}, const std::vector<Wire>& attributes = {}, std::string_view domain = {}) {
    Wire n;
    for (const auto& i : inputs) n.text(1, i);
    for (const auto& o : outputs) n.text(2, o);
    if (!name.empty()) n.text(3, name);
    n.text(4, op);
    for (const auto& a : attributes) n.message(5, a);
    if (!domain.empty()) n.text(7, domain);
    graph_.message(1, n);
    return *this;
  }
  [[nodiscard]] std::vector<std::byte> bytes() const {
    Wire model;
    model.number(1, 8);
    if (opset_ > 0) model.message(8, Wire().number(2, opset_));
    model.message(7, graph_);
    const auto view = std::as_bytes(std::span(model.bytes()));
    return {view.begin(), view.end()};
  }

 private:
  TestModel& port(unsigned field, std::string_view name, std::uint64_t width) {
    Wire shape;
    shape.message(1, Wire().text(2, "N"));
    shape.message(1, width > 0 ? Wire().number(1, width) : Wire());
    const Wire type = Wire().number(1, element::f32).message(2, shape);
    graph_.message(field, Wire().text(1, name).message(2, Wire().message(1, type)));
    return *this;
  }
  std::uint64_t opset_ = 13;
  Wire graph_;
};

/// Standard normal numbers, [rows x cols], a function of the seed.
inline Matrix<float> normal_matrix(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  const Random random(seed, 0);
  Matrix<float> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.values()[i] = static_cast<float>(random.normal(Purpose::Init, i));
  return m;
}

/// A perceptron of dense layers, `widths` numbers between them and `glue` behind every layer but the last: nodes
/// dense0, dense1 …, tensors x, h0, g0, h1, …, y. Weights are drawn from the seed with variance 2 / inputs, biases with
/// variance 0.01.
inline std::vector<std::byte> random_mlp(const std::vector<std::size_t>& widths, std::string_view glue,
                                         std::uint64_t seed) {
  TestModel model;
  model.input("x", widths.front()).output("y", widths.back());
  std::string at = "x";
  for (std::size_t t = 0; t + 1 < widths.size(); ++t) {
    const std::string k = std::to_string(t);
    const bool last = t + 2 == widths.size();
    Matrix<float> w = normal_matrix(widths[t], widths[t + 1], seed * 100 + t),
                  b = normal_matrix(1, widths[t + 1], seed * 100 + 50 + t);
    for (float& v : w.values()) v *= std::sqrt(2.0F / static_cast<float>(widths[t]));
    for (float& v : b.values()) v *= 0.1F;
    model.initializer("w" + k, {widths[t], widths[t + 1]}, {w.values().begin(), w.values().end()});
    model.initializer("b" + k, {widths[t + 1]}, {b.values().begin(), b.values().end()});
    const std::string made = last ? "y" : "h" + k;
    model.node("Gemm", {at, "w" + k, "b" + k}, {made}, "dense" + k);
    at = made;
    if (!last && !glue.empty()) model.node(glue, {made}, {at = "g" + k}, "glue" + k);
  }
  return model.bytes();
}

/// What the error says; empty when there was none. An error of another code goes on to the test, which fails with it.
template <typename Call>
std::string refusal(Call call, Errc wanted) {
  try {
    call();
  } catch (const Error& e) {
    if (e.code() != wanted) throw;
    return e.what();
  }
  return {};
}

}  // namespace assimilaate::internal
