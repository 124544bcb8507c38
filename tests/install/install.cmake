# cmake -DBUILD= -DVERSION= -DCOMPILER= -DSANITIZE= -DWORK= -P install.cmake
file(REMOVE_RECURSE ${WORK})

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${ARGV}: ${status}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
# A package is relocatable: what moves still works.
file(RENAME ${WORK}/first ${WORK}/prefix)

file(GLOB_RECURSE stowaways ${WORK}/prefix/*_test.* ${WORK}/prefix/*/internal/*)
if(stowaways)
  message(FATAL_ERROR "installed, but nobody's business: ${stowaways}")
endif()

set(flags "")
if(SANITIZE)
  set(flags -DCMAKE_CXX_FLAGS=-fsanitize=${SANITIZE})
endif()
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${WORK}/build -G Ninja -DCMAKE_CXX_COMPILER=${COMPILER}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DWANTED=${VERSION} ${flags})
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer)
if(NOT output MATCHES "^64 vectors, [0-9]+ spaces, distortion 0\\.[0-9]+\n$")
  message(FATAL_ERROR "the consumer said: ${output}")
endif()

file(GLOB program ${WORK}/prefix/bin/assimilaate)
if(program)
  run(${program} --version)
  if(NOT output STREQUAL "assimilaate ${VERSION}\n")
    message(FATAL_ERROR "the installed program calls itself: ${output}")
  endif()
endif()
