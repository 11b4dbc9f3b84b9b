# SPDX-License-Identifier: BSD-3-Clause
# libgunyah.a and libgunyah.so, of the same objects.

set(map "${PROJECT_SOURCE_DIR}/cmake/libgunyah.map")

get_property(layers GLOBAL PROPERTY GUNYAH_LAYERS)
set(objects "")
foreach(layer IN LISTS layers)
    list(APPEND objects $<TARGET_OBJECTS:${layer}>)
endforeach()

add_library(gunyah_static STATIC ${objects})
add_library(gunyah_shared SHARED ${objects})

# The public headers carry no visibility macro. The symbol map is the gate: what it does not name stays inside the shared
# library, and the exports test compares it with the headers.
target_link_options(gunyah_shared PRIVATE "LINKER:--version-script=${map}")
set_target_properties(gunyah_shared PROPERTIES
    VERSION ${PROJECT_VERSION}
    SOVERSION ${GUNYAH_ABI_VERSION}
    LINK_DEPENDS "${map}"
)
if(NOT GUNYAH_SANITIZE)
    # A sanitizer's run time is in the program, not in the library.
    target_link_options(gunyah_shared PRIVATE "LINKER:--no-undefined")
endif()

foreach(kind static shared)
    set_target_properties(gunyah_${kind} PROPERTIES OUTPUT_NAME gunyah LINKER_LANGUAGE C)
    target_include_directories(gunyah_${kind} INTERFACE
        $<BUILD_INTERFACE:${GUNYAH_PUBLIC_INCLUDE}>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    )
    target_link_libraries(gunyah_${kind} PRIVATE Threads::Threads)
    add_library(gunyah::gunyah_${kind} ALIAS gunyah_${kind})
endforeach()
add_library(gunyah::gunyah ALIAS gunyah_shared)
