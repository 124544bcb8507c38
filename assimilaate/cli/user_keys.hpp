#pragma once
/// The user's own keys and whom the user trusts.

#include <filesystem>
#include <string>

#include "assimilaate/stream/keyring.hpp"
#include "assimilaate/stream/signing.hpp"

namespace assimilaate::cli {

/// $ASSIMILAATE_KEYS, else $XDG_CONFIG_HOME/assimilaate/keys, else $HOME/.config/assimilaate/keys.
/// @throws Error{Usage} where none of these is set.
[[nodiscard]] std::filesystem::path key_folder();
/// The user's trust; nobody is trusted where there is no key folder.
[[nodiscard]] Keyring user_keyring();
/// Unix time [ms].
[[nodiscard]] std::int64_t now_ms();

/// What a key is called on a command line: a file, or a name in the key folder.
[[nodiscard]] std::filesystem::path private_key_file(const std::string& name);

/// A key and its public half beside it in the key folder. @throws Error{Usage} for a name that is taken or none.
SecretKey make_key(const std::string& name);

/// What to sign a stream with.
/// @param key  a file or a name; empty: the user's key `default`, made and trusted here when it is missing
[[nodiscard]] Signing sign_with(const std::string& key);
/// The same for `run`: unsigned where the user has no place for keys.
[[nodiscard]] Signing sign_if_possible();

/// "30d", "12h", "45m" from now on, as Unix time [ms]; 0 for "never". @throws Error{Usage}.
[[nodiscard]] std::int64_t parse_expiry(const std::string& text);

}  // namespace assimilaate::cli
