target_compile_definitions(assimilaate_cli PUBLIC ASSIMILAATE_VERSION="${PROJECT_VERSION}")
