#pragma once
/// Three kinds of failure, three tools: `Result` for bad input as a value, `Error` thrown, `ASSIMILAATE_EXPECTS` for
/// our own bugs.

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace assimilaate {

/// What went wrong, as the command line's exit codes know it (`docs/reference/cli.md`).
enum class Errc {
  Usage = 2,         ///< an option, a setting or a combination of them
  Io = 3,            ///< a file that is missing, cannot be read or written, or a full disk
  Format = 4,        ///< bytes that are not what they should be
  Integrity = 5,     ///< a checksum, hash, chain or length that does not hold
  Mismatch = 6,      ///< two good things that do not belong together
  Unsupported = 7,   ///< a version, operator or feature this build does not know
  NotConverged = 8,  ///< a target that tried and did not reach its criterion
  Interrupted = 130  ///< stopped on request; what was finished is kept
};

/// Every exception of the library. The message names the thing, the value and the remedy.
class Error : public std::runtime_error {
 public:
  Error(Errc code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] Errc code() const noexcept { return code_; }

 private:
  Errc code_;
};

/// Throw an `Error` with a formatted message.
template <typename... Args>
[[noreturn]] void fail(Errc code, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(code, fmt::format(text, std::forward<Args>(args)...));
}

/// A value or the `Error` that stands in its place: the part of `std::expected` that the parsers need, under its names.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws the error when there is none.
  [[nodiscard]] T& value() & {
    if (!has_value()) throw error();
    return std::get<0>(state_);
  }
  [[nodiscard]] const T& value() const& {
    if (!has_value()) throw error();
    return std::get<0>(state_);
  }
  [[nodiscard]] T value() && {
    if (!has_value()) throw error();
    return std::get<0>(std::move(state_));
  }
  [[nodiscard]] T& operator*() & { return std::get<0>(state_); }
  [[nodiscard]] const T& operator*() const& { return std::get<0>(state_); }
  [[nodiscard]] T* operator->() { return &std::get<0>(state_); }
  [[nodiscard]] const T* operator->() const { return &std::get<0>(state_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

/// An `Error` as a value, formatted.
template <typename... Args>
[[nodiscard]] Error error(Errc code, fmt::format_string<Args...> text, Args&&... args) {
  return Error(code, fmt::format(text, std::forward<Args>(args)...));
}

}  // namespace assimilaate

/// A precondition that only our own bug can break; compiled out of release builds (NDEBUG).
#ifdef NDEBUG
#define ASSIMILAATE_EXPECTS(condition) static_cast<void>(0)
#else
#define ASSIMILAATE_EXPECTS(condition) \
  ((condition) ? static_cast<void>(0)  \
               : (std::fprintf(stderr, "%s:%d: expected: %s\n", __FILE__, __LINE__, #condition), std::abort()))
#endif
