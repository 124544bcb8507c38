#include "assimilaate/core/temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace assimilaate {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "assimilaate-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    fail(Errc::Io, "cannot make a temporary folder '{}': {} (set TMPDIR to a folder that can be written)", name,
         std::generic_category().message(errno));
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace assimilaate
