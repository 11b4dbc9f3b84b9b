# SPDX-License-Identifier: BSD-3-Clause
# Run by CPack before it makes packages: what Debian's policy wants in each of them. The changelog and the licence of a package lie in
# its folder of documents, manual pages are compressed, and those that only lead to another one are links.

# compress(<file> <to>): as gzip -9n does, so that the same file gives the same bytes.
function(compress file to)
    execute_process(COMMAND gzip -9nc "${file}" OUTPUT_FILE "${to}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

foreach(component IN LISTS CPACK_COMPONENTS_ALL)
    string(TOUPPER ${component} upper)
    set(root "${CPACK_TEMPORARY_DIRECTORY}/${component}${CPACK_PACKAGING_INSTALL_PREFIX}")
    set(documents "${root}/share/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME}")
    file(MAKE_DIRECTORY "${documents}")
    file(COPY "${CPACK_GUNYAH_DEBIAN_DIR}/copyright" DESTINATION "${documents}")
    compress("${CPACK_GUNYAH_DEBIAN_DIR}/changelog" "${documents}/changelog.gz")
    file(GLOB pages "${root}/share/man/man*/*")
    foreach(page IN LISTS pages)
        file(READ "${page}" text)
        if(text MATCHES "^\\.so man3/(.*)\n$")
            file(CREATE_LINK "${CMAKE_MATCH_1}.gz" "${page}.gz" SYMBOLIC)
        else()
            compress("${page}" "${page}.gz")
        endif()
        file(REMOVE "${page}")
    endforeach()
endforeach()
