assimilaate_catalogue(substrate models memristor.hpp MemristorKind memristor memristor_catalogue)

# Presets need no list: every file of presets/ is built in.
file(GLOB presets CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/assimilaate/substrate/presets/*.toml)
list(SORT presets)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${presets})
set(preset_rows "")
foreach(preset IN LISTS presets)
  get_filename_component(preset_name ${preset} NAME_WE)
  file(READ ${preset} text)
  string(APPEND preset_rows "      PresetFile{\"${preset_name}\", R\"toml(${text})toml\"},\n")
endforeach()
list(LENGTH presets preset_count)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/generated/substrate_presets.cpp CONTENT "// Generated from the files of assimilaate/substrate/presets.
#include <array>

#include \"assimilaate/substrate/preset.hpp\"

namespace assimilaate {

std::span<const PresetFile> preset_files() {
  static constexpr std::array<PresetFile, ${preset_count}> files{
${preset_rows}  };
  return files;
}

}  // namespace assimilaate
" @ONLY)
target_sources(assimilaate_substrate PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated/substrate_presets.cpp)
