assimilaate_catalogue(carrier carriers carrier.hpp CarrierKind carrier carrier_catalogue)
set_source_files_properties(assimilaate/carrier/carriers/http_test.cpp assimilaate/carrier/carriers/mqtt_test.cpp
                            PROPERTIES COMPILE_DEFINITIONS ASSIMILAATE_SOURCE_DIR="${CMAKE_CURRENT_SOURCE_DIR}")
