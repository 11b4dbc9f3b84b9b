# SPDX-License-Identifier: BSD-3-Clause
# libfdt, which reads and writes device trees: the target Libfdt::Libfdt. It brings no package description of its own.
#
# Libfdt_ROOT (a prefix), or LIBFDT_LIBRARY and LIBFDT_INCLUDE_DIR, say where it is when that is no usual place, as for another
# processor or firmware's own build of it.

find_path(LIBFDT_INCLUDE_DIR libfdt.h)
# Debian's folder of a processor: no compiler without an operating system knows it.
find_library(LIBFDT_LIBRARY fdt PATH_SUFFIXES "${CMAKE_SYSTEM_PROCESSOR}-linux-gnu")
mark_as_advanced(LIBFDT_INCLUDE_DIR LIBFDT_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Libfdt REQUIRED_VARS LIBFDT_LIBRARY LIBFDT_INCLUDE_DIR)
if(Libfdt_FOUND AND NOT TARGET Libfdt::Libfdt)
    add_library(Libfdt::Libfdt UNKNOWN IMPORTED)
    set_target_properties(Libfdt::Libfdt PROPERTIES
        IMPORTED_LOCATION "${LIBFDT_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${LIBFDT_INCLUDE_DIR}"
    )
endif()
