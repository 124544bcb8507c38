/// Files of keys: what a folder trusts, public and private keys. What is accepted is kept when it is saved.

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/stream/key_file.hpp"
#include "assimilaate/stream/keyring.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  static const TemporaryFolder folder;
  static const std::filesystem::path place(folder.path());
  const auto file = place / "trusted";
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  ::chmod(file.c_str(), 0600);
  try {
    static_cast<void>(read_public_key(file));
  } catch (const Error&) {
  }
  try {
    static_cast<void>(read_private_key(file));
  } catch (const Error&) {
  }
  std::optional<Keyring> keyring;
  try {
    keyring.emplace(place);
  } catch (const Error&) {
    return 0;
  }
  static_cast<void>(keyring->ask(0));
  keyring->save();
  const Keyring again(place);
  if (again.entries() != keyring->entries() || again.revoked() != keyring->revoked()) std::abort();
  return 0;
}
