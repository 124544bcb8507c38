#pragma once
/// Row-major matrices: an owner and a view. Many vectors are one matrix, a vector per row.

#include <cstddef>
#include <span>
#include <vector>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

/// A view of rows that lie one after the other; looks, does not own.
template <typename T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, std::size_t rows, std::size_t cols) : data_(data), rows_(rows), cols_(cols) {}
  /// A view of const elements from a view of mutable ones.
  template <typename U>
  requires std::is_same_v<T, const U> MatrixView(MatrixView<U> other)  // NOLINT(google-explicit-constructor)
      : data_(other.data()), rows_(other.rows()), cols_(other.cols()) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows_ * cols_; }
  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] std::span<T> row(std::size_t r) const {
    ASSIMILAATE_EXPECTS(r < rows_);
    return {data_ + r * cols_, cols_};
  }
  [[nodiscard]] MatrixView slice(std::size_t first, std::size_t count) const {
    ASSIMILAATE_EXPECTS(first + count <= rows_);
    return {data_ + first * cols_, count, cols_};
  }
  [[nodiscard]] T& operator()(std::size_t r, std::size_t c) const {
    ASSIMILAATE_EXPECTS(r < rows_ && c < cols_);
    return data_[r * cols_ + c];
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0, cols_ = 0;
};

/// An owned row-major matrix.
template <typename T>
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t rows, std::size_t cols, T value = T{}) : values_(rows * cols, value), rows_(rows), cols_(cols) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
  [[nodiscard]] T* data() noexcept { return values_.data(); }
  [[nodiscard]] const T* data() const noexcept { return values_.data(); }
  [[nodiscard]] std::span<T> row(std::size_t r) { return view().row(r); }
  [[nodiscard]] std::span<const T> row(std::size_t r) const { return view().row(r); }
  [[nodiscard]] T& operator()(std::size_t r, std::size_t c) { return view()(r, c); }
  [[nodiscard]] const T& operator()(std::size_t r, std::size_t c) const { return view()(r, c); }
  [[nodiscard]] MatrixView<T> view() { return {values_.data(), rows_, cols_}; }
  [[nodiscard]] MatrixView<const T> view() const { return {values_.data(), rows_, cols_}; }
  [[nodiscard]] MatrixView<T> slice(std::size_t first, std::size_t count) { return view().slice(first, count); }
  [[nodiscard]] MatrixView<const T> slice(std::size_t first, std::size_t count) const {
    return view().slice(first, count);
  }
  [[nodiscard]] std::span<T> values() noexcept { return values_; }
  [[nodiscard]] std::span<const T> values() const noexcept { return values_; }
  /// Change the number of rows; what was there stays.
  void resize_rows(std::size_t rows) {
    values_.resize(rows * cols_);
    rows_ = rows;
  }
  bool operator==(const Matrix&) const = default;

 private:
  std::vector<T> values_;
  std::size_t rows_ = 0, cols_ = 0;
};

}  // namespace assimilaate
