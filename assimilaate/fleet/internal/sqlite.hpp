#pragma once
/// SQLite with owners, and errors that name the file.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace assimilaate::internal {

/// One connection. Every call throws Error{Io|Format|Integrity} naming the file: what is no database is Format, what is
/// damaged Integrity. Used from one thread.
class Database {
 public:
  enum class Missing { Make, Refuse };
  Database(std::filesystem::path file, Missing missing);
  Database(Database&& other) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Statements without answers.
  void run(const char* sql);
  /// The one integer that a statement answers.
  [[nodiscard]] std::int64_t number(const char* sql);
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

 private:
  friend class Query;
  /// @throws for a code that is no success
  int check(int code) const;
  std::filesystem::path file_;
  sqlite3* handle_ = nullptr;
};

/// A prepared statement, bound and stepped through again and again.
class Query {
 public:
  Query(Database& database, const std::string& sql);
  Query(Query&& other) noexcept;
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  /// Begin anew with these values: integers, texts, blobs.
  template <typename... Values>
  Query& with(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
    return *this;
  }
  void reset();
  void bind(int place, std::int64_t value);
  void bind(int place, std::string_view text);
  void bind(int place, std::span<const std::byte> blob);
  /// True while there is a row.
  bool step();
  /// For statements without rows: whether they changed one.
  bool change();

  [[nodiscard]] bool empty(int column) const;  ///< NULL
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  /// Valid until the next step.
  [[nodiscard]] std::span<const std::byte> blob(int column) const;
  /// Fill an array from a blob of its length, else leave it.
  template <typename Array>
  void take(int column, Array& array) const {
    const auto bytes = blob(column);
    if (bytes.size() == array.size()) std::copy(bytes.begin(), bytes.end(), array.begin());
  }

 private:
  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// A transaction: rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace assimilaate::internal
