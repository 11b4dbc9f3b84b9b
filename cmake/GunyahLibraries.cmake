# SPDX-License-Identifier: BSD-3-Clause
# libgunyah.a and, where there is an operating system, libgunyah.so, of the same objects. Where there is none,
# libgunyah_libc.a lies beside it (os/freestanding/libc).

get_property(layers GLOBAL PROPERTY GUNYAH_LAYERS)
set(objects "")
foreach(layer IN LISTS layers)
    list(APPEND objects $<TARGET_OBJECTS:${layer}>)
endforeach()

# gunyah_library(<name> <STATIC|SHARED> <name of the file> [<object>...]): all layers, and these objects.
function(gunyah_library name type file)
    add_library(${name} ${type} ${objects} ${ARGN})
    set_target_properties(${name} PROPERTIES OUTPUT_NAME ${file} LINKER_LANGUAGE C)
    target_include_directories(${name} INTERFACE
        $<BUILD_INTERFACE:${GUNYAH_PUBLIC_INCLUDE}>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    )
    if(TARGET Threads::Threads)
        target_link_libraries(${name} PRIVATE Threads::Threads)
    endif()
    if(GUNYAH_DEVICE_TREE)
        target_link_libraries(${name} PRIVATE Libfdt::Libfdt)
    endif()
    if(GUNYAH_GZIP)
        target_link_libraries(${name} PRIVATE ZLIB::ZLIB)
    endif()
    add_library(gunyah::${name} ALIAS ${name})
endfunction()

# gunyah_export(<name> <symbol map>...): a shared library exports what the maps name, and has a version.
function(gunyah_export name)
    set(scripts ${ARGN})
    list(TRANSFORM scripts PREPEND "LINKER:--version-script=")
    target_link_options(${name} PRIVATE ${scripts})
    set_target_properties(${name} PROPERTIES
        VERSION ${PROJECT_VERSION}
        SOVERSION ${GUNYAH_ABI_VERSION}
        LINK_DEPENDS "${ARGN}"
    )
    if(NOT GUNYAH_SANITIZE)
        # A sanitizer's run time is in the program, not in the library.
        target_link_options(${name} PRIVATE "LINKER:--no-undefined")
    endif()
endfunction()

gunyah_library(gunyah_static STATIC gunyah)
set(GUNYAH_LIBRARIES gunyah_static)
if(GUNYAH_ENVIRONMENT STREQUAL "freestanding")
    add_library(gunyah::gunyah ALIAS gunyah_static)
    list(APPEND GUNYAH_LIBRARIES gunyah_libc)
    return()
endif()
gunyah_library(gunyah_shared SHARED gunyah)
list(APPEND GUNYAH_LIBRARIES gunyah_shared)
add_library(gunyah::gunyah ALIAS gunyah_shared)

# The public headers carry no visibility macro. The symbol maps are the gate: what they do not name stays inside the shared
# library, and the exports test compares them with the headers.
set(GUNYAH_SYMBOL_MAPS "${PROJECT_SOURCE_DIR}/cmake/libgunyah.map")
if(GUNYAH_DEVICE_TREE)
    list(APPEND GUNYAH_SYMBOL_MAPS "${PROJECT_SOURCE_DIR}/cmake/libgunyah-dt.map")
endif()
if(GUNYAH_LINUX)
    list(APPEND GUNYAH_SYMBOL_MAPS "${PROJECT_SOURCE_DIR}/cmake/libgunyah-linux.map")
endif()
gunyah_export(gunyah_shared ${GUNYAH_SYMBOL_MAPS})
