# SPDX-License-Identifier: BSD-3-Clause
# libgunyah.a and, where there is an operating system, libgunyah.so, of the same objects. Where there is none,
# libgunyah_libc.a lies beside it (os/freestanding/libc).

get_property(layers GLOBAL PROPERTY GUNYAH_LAYERS)
set(objects "")
foreach(layer IN LISTS layers)
    list(APPEND objects $<TARGET_OBJECTS:${layer}>)
endforeach()

# gunyah_library(<static|shared> <STATIC|SHARED>)
function(gunyah_library kind type)
    add_library(gunyah_${kind} ${type} ${objects})
    set_target_properties(gunyah_${kind} PROPERTIES OUTPUT_NAME gunyah LINKER_LANGUAGE C)
    target_include_directories(gunyah_${kind} INTERFACE
        $<BUILD_INTERFACE:${GUNYAH_PUBLIC_INCLUDE}>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    )
    if(TARGET Threads::Threads)
        target_link_libraries(gunyah_${kind} PRIVATE Threads::Threads)
    endif()
    if(GUNYAH_DEVICE_TREE)
        target_link_libraries(gunyah_${kind} PRIVATE Libfdt::Libfdt)
    endif()
    if(GUNYAH_GZIP)
        target_link_libraries(gunyah_${kind} PRIVATE ZLIB::ZLIB)
    endif()
    add_library(gunyah::gunyah_${kind} ALIAS gunyah_${kind})
endfunction()

gunyah_library(static STATIC)
set(GUNYAH_LIBRARIES gunyah_static)
if(GUNYAH_ENVIRONMENT STREQUAL "freestanding")
    add_library(gunyah::gunyah ALIAS gunyah_static)
    list(APPEND GUNYAH_LIBRARIES gunyah_libc)
    return()
endif()
gunyah_library(shared SHARED)
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
list(TRANSFORM GUNYAH_SYMBOL_MAPS PREPEND "LINKER:--version-script=" OUTPUT_VARIABLE scripts)
target_link_options(gunyah_shared PRIVATE ${scripts})
set_target_properties(gunyah_shared PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${GUNYAH_ABI_VERSION}
    LINK_DEPENDS "${GUNYAH_SYMBOL_MAPS}"
)
if(NOT GUNYAH_SANITIZE)
    # A sanitizer's run time is in the program, not in the library.
    target_link_options(gunyah_shared PRIVATE "LINKER:--no-undefined")
endif()
