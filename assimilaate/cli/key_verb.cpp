#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assimilaate/cli/facts.hpp"
#include "assimilaate/cli/user_keys.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/stream/key_file.hpp"

namespace assimilaate::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string streams_text(const std::vector<StreamId>& streams) {
  std::string text;
  for (const StreamId& id : streams) text += (text.empty() ? "" : ",") + hex(id);
  return text.empty() ? "all" : text;
}

json describe(const Grant& grant, const std::string& name) {
  json result{{"id", fmt::format("{:016x}", key_id(grant.key))}, {"role", role_name(grant.role)}};
  if (!name.empty()) result["name"] = name;
  if (grant.role != Role::Root) result["streams"] = streams_text(grant.streams);
  if (grant.expires_ms != 0) result["expires"] = time_text(grant.expires_ms);
  return result;
}

json describe(const KeySet& set) {
  json result{{"version", set.version}, {"threshold", set.threshold}, {"keys", json::array()}};
  result["expires"] = set.expires_ms == 0 ? "never" : time_text(set.expires_ms);
  if (set.reset_versions) result["reset_versions"] = true;
  for (const Grant& grant : set.keys) result["keys"].push_back(describe(grant, {}));
  for (const auto id : set.revoked) result["revoked"].push_back(fmt::format("{:016x}", id));
  return result;
}

json show_file(const std::string& file) {
  const auto bytes = read_file(file);
  if (bytes.size() >= 4 && hex(std::span(bytes).first(4)) == "41415453") {
    const auto set = peek_key_set(bytes).value();
    json result = describe(set.set);
    for (const auto id : set.signers) result["signed_by"].push_back(fmt::format("{:016x}", id));
    return result;
  }
  NamedPublicKey key;
  if (file.ends_with(".key"))
    key.key = read_private_key(file).public_key();
  else
    key = read_public_key(file);
  json result{{"id", fmt::format("{:016x}", key_id(key.key))}, {"public", hex(key.key)}};
  if (!key.name.empty()) result["name"] = key.name;
  return result;
}

json show_all() {
  const Keyring keyring = user_keyring();
  json result{{"folder", keyring.folder().string()}, {"own", json::array()}, {"trusted", json::array()}};
  std::error_code none;
  std::vector<fs::path> own;
  for (const auto& entry : fs::directory_iterator(keyring.folder(), none))
    if (entry.path().extension() == ".key") own.push_back(entry.path());
  std::ranges::sort(own);
  for (const auto& file : own)
    result["own"].push_back(
        {{"id", fmt::format("{:016x}", key_id(read_private_key(file).public_key()))}, {"name", file.stem().string()}});
  for (const auto& [grant, name] : keyring.entries()) result["trusted"].push_back(describe(grant, name));
  if (keyring.roots().keys.size() > 1) result["threshold"] = keyring.roots().threshold;
  for (const auto id : keyring.revoked()) result["revoked"].push_back(fmt::format("{:016x}", id));
  if (keyring.key_set()) result["key_set"] = describe(*keyring.key_set());
  return result;
}

CLI::App* add_subverb(CLI::App& group, Common& common, const char* name, const char* about) {
  CLI::App* verb = group.add_subcommand(name, about);
  verb->add_flag("--json", common.json, "print one JSON object instead of tables");
  return verb;
}

void say(const Common& common, const json& result) {
  if (common.json)
    fmt::print("{}\n", result.dump(2));
  else
    print_facts(result);
}

/// What changes a key set: the file, and who signs.
struct SetOptions {
  std::string file;
  std::vector<std::string> roots;
  std::uint32_t threshold = 0;
  std::string expires;
  bool reset = false;
};

void add_set_options(CLI::App& verb, SetOptions& options) {
  auto* set = verb.add_option("--set", options.file, "change this key set, not what is trusted here");
  auto* with =
      verb.add_option("--with", options.roots, "root keys that sign the set, files or names")->expected(1)->take_all();
  set->needs(with);
  with->needs(set);
  verb.add_option("--threshold", options.threshold, "root signatures that the next key set needs")
      ->check(whole_number(1, 64));
  verb.add_option("--set-expires", options.expires, "of the whole set: 365d, 12h, never")->needs(set);
  verb.add_flag("--reset-versions", options.reset, "targets forget the versions they have seen")->needs(set);
}

/// The set of the next version, changed and signed; a new one where there is none.
template <typename Change>
json change_set(const SetOptions& options, Change change) {
  KeySet set{.version = 0};
  std::error_code none;
  if (fs::exists(options.file, none)) set = peek_key_set(read_file(options.file)).value().set;
  ++set.version;
  set.reset_versions = options.reset;
  if (options.threshold != 0) set.threshold = options.threshold;
  if (!options.expires.empty()) set.expires_ms = parse_expiry(options.expires);
  change(set);
  std::vector<SecretKey> roots;
  for (const auto& name : options.roots) roots.push_back(read_private_key(private_key_file(name)));
  write_file_atomic(options.file, write_key_set(set, roots, now_ms()));
  return show_file(options.file);
}

std::vector<StreamId> parse_streams(const std::vector<std::string>& texts) {
  std::vector<StreamId> streams;
  for (const auto& text : texts) {
    const auto id = parse_stream_id(text);
    if (!id) fail(Errc::Usage, "--stream {}: is no stream's id (32 lower-case hexadecimal digits)", text);
    streams.push_back(*id);
  }
  return streams;
}

void add_new(CLI::App& group, Common& common, Action& action) {
  auto name = std::make_shared<std::string>("default");
  CLI::App* verb = add_subverb(group, common, "new", "make a key pair in the key folder");
  verb->add_option("name", *name, "one word")->capture_default_str();
  verb->callback([name, &common, &action] {
    action = [name, &common] {
      const auto key = make_key(*name);
      say(common, {{"id", fmt::format("{:016x}", key_id(key.public_key()))},
                   {"private", (key_folder() / (*name + ".key")).string()},
                   {"public", (key_folder() / (*name + ".pub")).string()}});
    };
  });
}

void add_show(CLI::App& group, Common& common, Action& action) {
  auto file = std::make_shared<std::string>();
  CLI::App* verb =
      add_subverb(group, common, "show", "own keys and trusted ones, or what a file holds; never a secret");
  verb->add_option("file", *file, "a public or private key, or a key set");
  verb->callback([file, &common, &action] {
    action = [file, &common] { say(common, file->empty() ? show_all() : show_file(*file)); };
  });
}

void add_trust(CLI::App& group, Common& common, Action& action) {
  struct Options {
    std::string key, role = "teacher", expires = "never";
    std::vector<std::string> streams;
    SetOptions set;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_subverb(group, common, "trust", "take what a key signs, here or by a key set");
  verb->add_option("key", options->key, "a public key's file, *.pub")->required();
  verb->add_option("--role", options->role, "teacher, head, rollout, device; root signs key sets")
      ->capture_default_str();
  verb->add_option("--stream", options->streams, "only for this stream; may be given again")->expected(1)->take_all();
  verb->add_option("--expires", options->expires, "30d, 12h, 45m or never")->capture_default_str();
  add_set_options(*verb, options->set);
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      const auto key = read_public_key(options->key);
      const Grant grant{.key = key.key,
                        .role = role_of(options->role),
                        .streams = parse_streams(options->streams),
                        .expires_ms = parse_expiry(options->expires)};
      if (!options->set.file.empty()) {
        say(common, change_set(options->set, [&](KeySet& set) {
              std::erase(set.revoked, key_id(grant.key));
              std::erase_if(set.keys, [&](const Grant& old) { return old.key == grant.key && old.role == grant.role; });
              set.keys.push_back(grant);
            }));
        return;
      }
      Keyring keyring(key_folder());
      keyring.trust({grant, key.name});
      if (options->set.threshold != 0) keyring.set_threshold(options->set.threshold);
      keyring.save();
      say(common, describe(grant, key.name));
    };
  });
}

void add_revoke(CLI::App& group, Common& common, Action& action) {
  struct Options {
    std::string key;
    SetOptions set;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_subverb(group, common, "revoke", "take nothing that a key signed any more, here or by a key set");
  verb->add_option("key", options->key, "a key's id, its name here, or its *.pub")->required();
  add_set_options(*verb, options->set);
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      Keyring keyring(key_folder());
      const auto id = keyring.find(options->key);
      if (!options->set.file.empty()) {
        say(common, change_set(options->set, [&](KeySet& set) {
              std::erase_if(set.keys, [&](const Grant& old) { return key_id(old.key) == id; });
              if (std::ranges::count(set.revoked, id) == 0) set.revoked.push_back(id);
            }));
        return;
      }
      keyring.revoke(id);
      keyring.save();
      say(common, {{"revoked", fmt::format("{:016x}", id)}});
    };
  });
}

void add_sign(CLI::App& group, Common& common, Action& action) {
  struct Options {
    std::string set, root;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_subverb(group, common, "sign", "add a root key's signature to a key set");
  verb->add_option("set", options->set, "the key set's file")->required();
  verb->add_option("root", options->root, "a root key, file or name")->required();
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      write_file_atomic(options->set,
                        sign_key_set(read_file(options->set), read_private_key(private_key_file(options->root))));
      say(common, show_file(options->set));
    };
  });
}

}  // namespace

void add_key(CLI::App& app, Common& common, Action& action) {
  CLI::App* group = app.add_subcommand("key", "who signs streams, and whose streams are taken");
  group->require_subcommand(1);
  add_new(*group, common, action);
  add_show(*group, common, action);
  add_trust(*group, common, action);
  add_revoke(*group, common, action);
  add_sign(*group, common, action);
}

}  // namespace assimilaate::cli
