# SPDX-License-Identifier: BSD-3-Clause
# GUNYAH_VERSION, from the one place where the numbers stand; GUNYAH_ABI_VERSION, which has a life of its own.

set(version_header "${CMAKE_CURRENT_LIST_DIR}/../include/gunyah/version.h")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${version_header}")

set(GUNYAH_VERSION "")
foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${version_header}" line REGEX "^#define GUNYAH_VERSION_${part} [0-9]+$")
    string(REGEX MATCH "[0-9]+$" number "${line}")
    if(number STREQUAL "")
        message(FATAL_ERROR "no GUNYAH_VERSION_${part} in ${version_header}")
    endif()
    list(APPEND GUNYAH_VERSION ${number})
endforeach()
list(JOIN GUNYAH_VERSION "." GUNYAH_VERSION)

# The number in libgunyah.so.N. It goes up when a program that is linked already would no longer run, and only then.
set(GUNYAH_ABI_VERSION 0)
