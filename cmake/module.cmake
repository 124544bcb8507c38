# assimilaate_module(<name> [MODULES m...] [LIBRARIES public...] [PRIVATE dep...])
# One static library from assimilaate/<name>/**.cpp; x_test.cpp beside a source becomes part of the module's test program.
# Catalogue folders need no list: every file in them is compiled, and a table of their entries is generated.

set(ASSIMILAATE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)

function(assimilaate_flags target)
  # No fusing of a * b + c behind our back: the same bits on every processor.
  target_compile_options(${target} PRIVATE ${ASSIMILAATE_WARNINGS} -ffp-contract=off)
  if(ASSIMILAATE_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${ASSIMILAATE_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${ASSIMILAATE_SANITIZE})
  endif()
endfunction()

# A catalogue entry <folder>/<entry>.cpp defines `extern const <type> <entry>_<suffix>`; the generated source lists them by name.
function(assimilaate_catalogue module folder header type suffix function)
  file(GLOB entries CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/assimilaate/${module}/${folder}/*.cpp)
  list(FILTER entries EXCLUDE REGEX "_test\\.cpp$|_bench\\.cpp$")
  list(SORT entries)
  set(declarations "")
  set(rows "")
  foreach(entry IN LISTS entries)
    get_filename_component(name ${entry} NAME_WE)
    string(APPEND declarations "extern const ${type} ${name}_${suffix};\n")
    string(APPEND rows "      &${name}_${suffix},\n")
  endforeach()
  set(file ${CMAKE_CURRENT_BINARY_DIR}/generated/${module}_${folder}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "// Generated from the files of assimilaate/${module}/${folder}.
#include <array>

#include \"assimilaate/${module}/${header}\"

namespace assimilaate {
${declarations}
std::span<const ${type}* const> ${function}() {
  static const std::array entries{
${rows}  };
  return entries;
}

}  // namespace assimilaate
" @ONLY)
  target_sources(assimilaate_${module} PRIVATE ${file})
endfunction()

function(assimilaate_module name)
  cmake_parse_arguments(ARG "" "" "MODULES;LIBRARIES;PRIVATE" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/assimilaate/${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${folder}/*.hpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$|_bench\\.cpp$|/main\\.cpp$")
  add_library(assimilaate_${name} STATIC ${sources})
  add_library(assimilaate::${name} ALIAS assimilaate_${name})
  set_target_properties(assimilaate_${name} PROPERTIES EXPORT_NAME ${name} LINKER_LANGUAGE CXX)
  list(FILTER headers EXCLUDE REGEX "/internal/|_test\\.hpp$")
  target_sources(assimilaate_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR} FILES ${headers})
  target_compile_features(assimilaate_${name} PUBLIC cxx_std_20)
  list(TRANSFORM ARG_MODULES PREPEND assimilaate_)
  target_link_libraries(assimilaate_${name} PUBLIC ${ARG_MODULES} ${ARG_LIBRARIES})
  foreach(dependency IN LISTS ARG_PRIVATE)
    target_link_libraries(assimilaate_${name} PRIVATE assimilaate::dep_${dependency})
  endforeach()
  assimilaate_flags(assimilaate_${name})
  set_property(GLOBAL APPEND PROPERTY ASSIMILAATE_MODULES assimilaate_${name})
  if(EXISTS ${folder}/module.cmake)
    include(${folder}/module.cmake)
  endif()
  if(ASSIMILAATE_TESTS AND tests)
    find_package(GTest REQUIRED)
    find_package(rapidcheck REQUIRED)
    include(GoogleTest)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE assimilaate_${name} GTest::gtest_main rapidcheck rapidcheck_gtest)
    foreach(dependency IN LISTS ARG_PRIVATE)
      target_link_libraries(${name}_test PRIVATE assimilaate::dep_${dependency})
    endforeach()
    assimilaate_flags(${name}_test)
    gtest_discover_tests(${name}_test PROPERTIES LABELS ${name} DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

function(assimilaate_program name source)
  add_executable(${name}_program ${source})
  set_target_properties(${name}_program PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  foreach(module IN LISTS ARGN)
    target_link_libraries(${name}_program PRIVATE assimilaate_${module})
  endforeach()
  assimilaate_flags(${name}_program)
endfunction()
