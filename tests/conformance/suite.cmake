# SPDX-License-Identifier: BSD-3-Clause
# conformance_sources(<variable> <device trees>): the sources of the suite, which has a part about device trees if it may. Whoever
# compiles suites.c defines CONFORMANCE_DEVICE_TREES likewise.
set(conformance_folder "${CMAKE_CURRENT_LIST_DIR}")
function(conformance_sources variable device_trees)
    file(GLOB sources CONFIGURE_DEPENDS "${conformance_folder}/*.c")
    if(NOT device_trees)
        list(FILTER sources EXCLUDE REGEX "/dt\\.c$")
    endif()
    set(${variable} ${sources} PARENT_SCOPE)
endfunction()
