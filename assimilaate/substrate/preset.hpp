#pragma once
/// Presets: a model of memristor with the numbers of one device and what is wrong with it, as a TOML file. Those of the
/// folder `presets/` are built in; `memristor fit` writes more. Wherever a memristor is asked for, a model, a preset
/// and a file of one will do.
///
///   name = "ReRamES"            # of the device
///   model = "exp_step"          # of the catalogue
///   about = "…"                 # one line
///   reference = "…"             # where the numbers are from
///   status = "read"             # verified, read, assumed, volatile or fitted
///   [settings]                  # fields of the model
///   [imperfections]             # layers
///   [table]                     # of a measured model: values = [ … ]

#include <filesystem>
#include <string>
#include <vector>

#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {

struct Preset {
  std::string name, model, about, reference;
  /// How far to trust it: `verified` against its paper, `read` in a named source, `assumed`, `volatile` (forgets within
  /// minutes at 0 V), `fitted` to a measurement, or `model` for a model's own defaults.
  std::string status = "model";
  MemristorSettings settings;
  Imperfections imperfections;

  bool operator==(const Preset&) const = default;

  [[nodiscard]] std::unique_ptr<const Memristor> make() const { return make_memristor(model, settings); }
};

/// The presets that are built in, in alphabetical order. Thread-safe.
[[nodiscard]] std::span<const Preset> presets();

/// The built-in preset of that name, else the model, else the file. Case, '-' and '_' do not matter in names, unless
/// one is written exactly so: `pcm` is the model of that name, `PCM` the preset.
/// @throws Error{Usage} for an unknown name, listing what there is; Error{Io|Format} for a file.
[[nodiscard]] Preset find_memristor(std::string_view name_or_file);

/// @param where  named in messages
/// @throws Error{Format} for text that is no TOML, or lacks or does not know a key; Error{Usage} for unknown fields and
/// values out of range.
[[nodiscard]] Preset parse_preset(std::string_view text, std::string_view where);
[[nodiscard]] std::string preset_text(const Preset& preset);

/// Name and text of every file of `presets/`, in alphabetical order; generated.
struct PresetFile {
  std::string_view name, text;
};
[[nodiscard]] std::span<const PresetFile> preset_files();

}  // namespace assimilaate
