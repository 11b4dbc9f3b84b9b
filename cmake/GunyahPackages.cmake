# SPDX-License-Identifier: BSD-3-Clause
# Packages of Debian: cpack in the folder of a build that has CMAKE_INSTALL_PREFIX=/usr, so that the libraries go to the folder of
# their processor. Each component of GunyahInstall.cmake is a package.

set(GUNYAH_PACKAGE_MAINTAINER "libgunyah <libgunyah@localhost>" CACHE STRING
    "Packages: who is asked about them, as \"name <address>\"")

set(debian_dir "${PROJECT_BINARY_DIR}/debian")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME libgunyah)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # Each package has its own.
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${GUNYAH_PACKAGE_MAINTAINER}")

# What Debian's policy wants in each package beside the files of its component.
configure_file(cmake/debian/changelog "${debian_dir}/changelog" @ONLY)
configure_file(cmake/debian/copyright "${debian_dir}/copyright" COPYONLY)
set(CPACK_GUNYAH_DEBIAN_DIR "${debian_dir}")
set(CPACK_PRE_BUILD_SCRIPTS "${PROJECT_SOURCE_DIR}/cmake/debian/finish.cmake")

# gunyah_package(<component> <package> <section> <what it has> <the same, as lines>)
macro(gunyah_package component package section summary contents)
    string(TOUPPER ${component} upper)
    set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${package})
    set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION ${section})
    set(CPACK_DEBIAN_${upper}_DESCRIPTION "SDK for the Gunyah hypervisor: ${summary}
Gunyah is a hypervisor of type 1 for Arm64. libgunyah talks to it and to its
Resource Manager: message queues, doorbells, capabilities and interrupts over
its hypercalls, virtual machines, and device trees. It has a simulator of
both, for tests on any machine.

${contents}")
endmacro()

# gunyah_runtime_package(<component> <library> <what it has> <the same, as lines>): libNAME.so.N, as libNAMEN. A program that is linked
# with it needs this version or a later one; the loader's cache is the business of a trigger.
macro(gunyah_runtime_package component library summary contents)
    set(package ${library}${GUNYAH_ABI_VERSION})
    gunyah_package(${component} ${package} libs "${summary}" "${contents}")
    file(CONFIGURE OUTPUT "${debian_dir}/${package}/shlibs" CONTENT
        "${library} ${GUNYAH_ABI_VERSION} ${package} (>= ${PROJECT_VERSION})\n")
    file(CONFIGURE OUTPUT "${debian_dir}/${package}/triggers" CONTENT "activate-noawait ldconfig\n")
    set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_EXTRA "${debian_dir}/${package}/shlibs" "${debian_dir}/${package}/triggers")
    set(CPACK_DEBIAN_${upper}_PACKAGE_CONTROL_STRICT_PERMISSION ON)
    set(CPACK_DEBIAN_${upper}_PACKAGE_SHLIBDEPS ON)
    set(CPACK_DEBIAN_${upper}_PACKAGE_MULTIARCH same)
endmacro()

gunyah_runtime_package(runtime libgunyah "shared library" "This package has the shared library.")
if(GUNYAH_BUILD_BINDINGS)
    list(APPEND CPACK_COMPONENTS_ALL ffi python)
    gunyah_runtime_package(ffi libgunyah-ffi "shared library for other languages"
        "This package has the shared library, with the inline functions of the headers
as symbols.")
    gunyah_package(python python3-gunyah python "Python package"
        "This package has the Python package, with the simulator as fixtures of pytest.")
    set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
    set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
        "python3 (>= 3.9), libgunyah-ffi${GUNYAH_ABI_VERSION} (>= ${PROJECT_VERSION})")
endif()

gunyah_package(development libgunyah-dev libdevel "development files"
    "This package has the headers, the static libraries, the files for pkg-config
and CMake, and the manual pages.")
set(depends "libgunyah${GUNYAH_ABI_VERSION} (= ${PROJECT_VERSION})")
if(GUNYAH_BUILD_BINDINGS)
    string(APPEND depends ", libgunyah-ffi${GUNYAH_ABI_VERSION} (= ${PROJECT_VERSION})")
endif()
if(GUNYAH_DEVICE_TREE)
    string(APPEND depends ", libfdt-dev")
endif()
if(GUNYAH_GZIP)
    string(APPEND depends ", zlib1g-dev")
endif()
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${depends}")

if(TARGET gunyah-emu)
    list(APPEND CPACK_COMPONENTS_ALL tools)
    gunyah_package(tools gunyah-tools utils "commands"
        "This package has the commands, such as gunyah-emu, which runs a program with
an emulated /dev/gunyah.")
    set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
endif()

# Where Debian's Python looks, and with what pytest finds its fixtures by. Elsewhere, pip installs it.
if(GUNYAH_BUILD_BINDINGS)
    set(information "${debian_dir}/gunyah-${PROJECT_VERSION}.dist-info")
    file(CONFIGURE OUTPUT "${information}/METADATA" CONTENT
        "Metadata-Version: 2.1\nName: gunyah\nVersion: ${PROJECT_VERSION}\nRequires-Python: >= 3.9\n")
    file(CONFIGURE OUTPUT "${information}/entry_points.txt" CONTENT "[pytest11]\ngunyah = gunyah.pytest_plugin\n")
    install(DIRECTORY bindings/python/gunyah "${information}" DESTINATION lib/python3/dist-packages
        COMPONENT python EXCLUDE_FROM_ALL PATTERN __pycache__ EXCLUDE)
endif()

include(CPack)
