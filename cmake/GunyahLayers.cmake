# SPDX-License-Identifier: BSD-3-Clause
# A layer is a folder of sources, compiled once as an object library with exactly the include path that it may use.
# tests/layers checks what include paths cannot: which symbols the objects refer to.

# A place that holds include/gunyah/abi and nothing else. The headers are linked one by one: from a linked folder, "../"
# would lead to all the others.
set(GUNYAH_PUBLIC_INCLUDE "${PROJECT_SOURCE_DIR}/include")
set(GUNYAH_ABI_INCLUDE "${PROJECT_BINARY_DIR}/abi-only")

file(GLOB abi_headers RELATIVE "${GUNYAH_PUBLIC_INCLUDE}" CONFIGURE_DEPENDS "${GUNYAH_PUBLIC_INCLUDE}/gunyah/abi/*.h")
file(REMOVE_RECURSE "${GUNYAH_ABI_INCLUDE}")
file(MAKE_DIRECTORY "${GUNYAH_ABI_INCLUDE}/gunyah/abi")
foreach(header IN LISTS abi_headers)
    file(CREATE_LINK "${GUNYAH_PUBLIC_INCLUDE}/${header}" "${GUNYAH_ABI_INCLUDE}/${header}" SYMBOLIC)
endforeach()

# gunyah_layer(<name> INCLUDE <folder>... [DEFINE <macro>...] [OPTIONS <flag>...] [LIBRARIES <target>...])
# The sources are the .c files of the current folder. The global property GUNYAH_LAYERS collects the names.
function(gunyah_layer name)
    cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "INCLUDE;DEFINE;OPTIONS;LIBRARIES")
    file(GLOB sources CONFIGURE_DEPENDS "*.c")
    add_library(${name} OBJECT ${sources})
    target_include_directories(${name} PRIVATE ${layer_INCLUDE})
    target_compile_definitions(${name} PRIVATE ${layer_DEFINE})
    # Calls inside libgunyah.so go straight, not by the symbol table: nobody may replace one function of it.
    target_compile_options(${name} PRIVATE ${layer_OPTIONS} -fno-semantic-interposition)
    target_link_libraries(${name} PRIVATE ${layer_LIBRARIES})
    gunyah_compile_options(${name})
    set_property(GLOBAL APPEND PROPERTY GUNYAH_LAYERS ${name})
endfunction()
