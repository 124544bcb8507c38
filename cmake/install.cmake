# What `cmake --install` lays down: the program, the static libraries with their public headers, the example models, and a package
# that find_package(assimilaate) reads. The command line's own module is no library to build on and stays behind.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/assimilaate)

get_property(modules GLOBAL PROPERTY ASSIMILAATE_MODULES)
list(REMOVE_ITEM modules assimilaate_cli)
install(TARGETS ${modules} EXPORT assimilaateTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT assimilaateTargets NAMESPACE assimilaate:: DESTINATION ${package_folder})

configure_package_config_file(cmake/assimilaateConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/assimilaateConfig.cmake
                              INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/assimilaateConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/assimilaateConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/assimilaateConfigVersion.cmake
              cmake/dependencies.cmake
        DESTINATION ${package_folder})

if(TARGET assimilaate_program)
  install(TARGETS assimilaate_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/models)
  install(DIRECTORY models DESTINATION ${CMAKE_INSTALL_DATADIR}/assimilaate)
endif()
install(DIRECTORY share/nginx share/mosquitto share/systemd DESTINATION ${CMAKE_INSTALL_DATADIR}/assimilaate)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
