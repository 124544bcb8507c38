assimilaate_catalogue(graph operators operator.hpp OperatorKind operator operator_catalogue)
set_source_files_properties(assimilaate/graph/graph_test.cpp
                            PROPERTIES COMPILE_DEFINITIONS ASSIMILAATE_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
