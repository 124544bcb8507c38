assimilaate_catalogue(aat codecs codec.hpp CodecKind codec codec_catalogue)
# One answer on every SIMD target: a product and a sum are two roundings everywhere.
set_source_files_properties(assimilaate/aat/pq_encode.cpp assimilaate/aat/pq_encode_test.cpp PROPERTIES COMPILE_OPTIONS
                                                                                            -ffp-contract=off)
