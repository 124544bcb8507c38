#include "assimilaate/fleet/internal/sqlite.hpp"

#include <sqlite3.h>

#include <utility>

#include "assimilaate/core/error.hpp"

namespace assimilaate::internal {
namespace {

constexpr int patience_ms = 10'000;  // with another process that writes

}  // namespace

Database::Database(std::filesystem::path file, Missing missing) : file_(std::move(file)) {
  std::error_code none;
  if (missing == Missing::Refuse && !std::filesystem::exists(file_, none))
    fail(Errc::Io, "{}: no such file; assimilaate collect makes it", file_.string());
  const int flags = SQLITE_OPEN_READWRITE | (missing == Missing::Make ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(file_.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    const Error problem = error(Errc::Io, "{}: cannot open it: {}", file_.string(), sqlite3_errstr(code));
    sqlite3_close(handle_);
    throw problem;
  }
  sqlite3_busy_timeout(handle_, patience_ms);
}

Database::Database(Database&& other) noexcept
    : file_(std::move(other.file_)), handle_(std::exchange(other.handle_, nullptr)) {}
Database::~Database() { sqlite3_close(handle_); }

int Database::check(int code) const {
  if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return code;
  const char* reason = sqlite3_errmsg(handle_);
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      fail(Errc::Format, "{}: is no SQLite database; name another file", file_.string());
    case SQLITE_CORRUPT:
      fail(Errc::Integrity, "{}: damaged ({}); `sqlite3 FILE .recover` saves what can be", file_.string(), reason);
    case SQLITE_BUSY:
      fail(Errc::Io, "{}: another process has been writing it for {} s", file_.string(), patience_ms / 1000);
    case SQLITE_ERROR:
      fail(Errc::Format, "{}: not as a collector writes it: {}", file_.string(), reason);
    default:
      fail(Errc::Io, "{}: {}", file_.string(), reason);
  }
}

void Database::run(const char* sql) { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }

std::int64_t Database::number(const char* sql) {
  Query query(*this, sql);
  return query.step() ? query.integer(0) : 0;
}

Query::Query(Database& database, const std::string& sql) : database_(database) {
  database_.check(sqlite3_prepare_v2(database_.handle_, sql.c_str(), static_cast<int>(sql.size()), &handle_, nullptr));
}
Query::Query(Query&& other) noexcept : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)) {}
Query::~Query() { sqlite3_finalize(handle_); }

void Query::reset() { sqlite3_reset(handle_); }
void Query::bind(int place, std::int64_t value) { database_.check(sqlite3_bind_int64(handle_, place, value)); }
void Query::bind(int place, std::string_view text) {
  database_.check(sqlite3_bind_text(handle_, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT));
}
void Query::bind(int place, std::span<const std::byte> blob) {
  const auto size = static_cast<int>(blob.size());
  // An empty span may look at nothing, which SQLite would take for NULL.
  database_.check(blob.empty() ? sqlite3_bind_zeroblob(handle_, place, 0)
                               : sqlite3_bind_blob(handle_, place, blob.data(), size, SQLITE_TRANSIENT));
}
bool Query::step() { return database_.check(sqlite3_step(handle_)) == SQLITE_ROW; }
bool Query::change() {
  database_.check(sqlite3_step(handle_));
  const bool changed = sqlite3_changes(database_.handle_) > 0;
  reset();
  return changed;
}

bool Query::empty(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
std::int64_t Query::integer(int column) const { return sqlite3_column_int64(handle_, column); }
std::string Query::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return text ? text : "";
}
std::span<const std::byte> Query::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  return {bytes, bytes ? static_cast<std::size_t>(sqlite3_column_bytes(handle_, column)) : 0};
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const std::exception&) {  // SQLite rolls back when the file is opened again
  }
}
void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace assimilaate::internal
