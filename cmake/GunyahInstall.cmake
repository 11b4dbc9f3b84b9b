# SPDX-License-Identifier: BSD-3-Clause
# What is installed, beside the manual pages of docs/: headers, the libraries, for pkg-config, the CMake package; and the target
# that takes it all away again. The components are the packages of GunyahPackages.cmake: what says nothing else is for development,
# and tools/ has its own; "license" goes into none, as each has its own copy.

include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/gunyah")
set(generated_dir "${PROJECT_BINARY_DIR}/package")

# gunyah.pc finds its prefix by where it lies, so that the tree may be moved.
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
    OUTPUT_VARIABLE GUNYAH_PC_PREFIX)
set(GUNYAH_PC_NAME gunyah)
set(GUNYAH_PC_PRIVATE "")
set(pkgconfig_files gunyah.pc)
if(GUNYAH_ENVIRONMENT STREQUAL "hosted")
    set(GUNYAH_PC_PRIVATE "-pthread")
else()
    list(APPEND pkgconfig_files gunyah-libc.pc)
endif()
if(GUNYAH_DEVICE_TREE)
    string(APPEND GUNYAH_PC_PRIVATE " -lfdt")
endif()
if(GUNYAH_GZIP)
    string(APPEND GUNYAH_PC_PRIVATE " -lz")
endif()
foreach(file IN LISTS pkgconfig_files)
    configure_file(cmake/${file}.in "${generated_dir}/${file}" @ONLY)
    install(FILES "${generated_dir}/${file}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
if(GUNYAH_BUILD_BINDINGS)
    list(APPEND GUNYAH_LIBRARIES gunyah_ffi_static)
    install(TARGETS gunyah_ffi_shared EXPORT gunyah LIBRARY COMPONENT ffi NAMELINK_COMPONENT development)
    set(GUNYAH_PC_NAME gunyah-ffi)
    configure_file(cmake/gunyah.pc.in "${generated_dir}/gunyah-ffi.pc" @ONLY)
    install(FILES "${generated_dir}/gunyah-ffi.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endif()
configure_package_config_file(cmake/gunyahConfig.cmake.in "${generated_dir}/gunyahConfig.cmake"
    INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
# While the major version is 0, a minor version may break what the one before it promised.
write_basic_package_version_file("${generated_dir}/gunyahConfigVersion.cmake" COMPATIBILITY SameMinorVersion)

set(GUNYAH_LEFT_OUT_HEADERS "")
if(NOT GUNYAH_DEVICE_TREE)
    list(APPEND GUNYAH_LEFT_OUT_HEADERS "dt*.h")
endif()
if(TARGET gunyah_emu)
    list(APPEND GUNYAH_LIBRARIES gunyah_emu)
else()
    list(APPEND GUNYAH_LEFT_OUT_HEADERS "emu.h")
endif()
list(TRANSFORM GUNYAH_LEFT_OUT_HEADERS REPLACE "(.+)" "PATTERN;\\1;EXCLUDE" OUTPUT_VARIABLE left_out)
install(DIRECTORY include/gunyah DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.h" ${left_out})
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT license)
install(FILES "${generated_dir}/gunyahConfig.cmake" "${generated_dir}/gunyahConfigVersion.cmake"
    cmake/FindLibfdt.cmake
    DESTINATION "${package_dir}")
install(TARGETS ${GUNYAH_LIBRARIES} EXPORT gunyah
    LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
install(EXPORT gunyah FILE gunyahTargets.cmake NAMESPACE gunyah:: DESTINATION "${package_dir}")

if(PROJECT_IS_TOP_LEVEL)
    add_custom_target(uninstall
        COMMAND "${CMAKE_COMMAND}" -D "MANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt"
            -P "${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake"
        COMMENT "Removing what was installed last"
        VERBATIM
    )
endif()
