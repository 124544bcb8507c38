protobuf_generate(LANGUAGE cpp OUT_VAR stream_proto_sources PROTOS assimilaate/stream/stream.proto
                  PROTOC_OUT_DIR ${CMAKE_CURRENT_BINARY_DIR}/generated)
target_sources(assimilaate_stream PRIVATE ${stream_proto_sources})
target_include_directories(assimilaate_stream SYSTEM PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
set_source_files_properties(${stream_proto_sources} PROPERTIES COMPILE_OPTIONS -w)
set_source_files_properties(assimilaate/stream/golden_test.cpp assimilaate/stream/golden_kinds_test.cpp
                            assimilaate/stream/sealed_novelty_test.cpp
                            PROPERTIES COMPILE_DEFINITIONS ASSIMILAATE_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
