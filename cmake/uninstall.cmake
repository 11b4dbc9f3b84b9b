# SPDX-License-Identifier: BSD-3-Clause
# cmake -D MANIFEST=<install_manifest.txt> -P uninstall.cmake: remove the files, and the folders of ours that are empty then.

if(NOT EXISTS "${MANIFEST}")
    message(FATAL_ERROR "Nothing to remove: no ${MANIFEST}")
endif()
file(STRINGS "${MANIFEST}" files)

set(folders "")
foreach(file IN LISTS files)
    file(REMOVE "$ENV{DESTDIR}${file}")
    cmake_path(GET file PARENT_PATH folder)
    while(folder MATCHES "/(lib)?gunyah(/abi)?$")
        list(APPEND folders "$ENV{DESTDIR}${folder}")
        cmake_path(GET folder PARENT_PATH folder)
    endwhile()
endforeach()

list(REMOVE_DUPLICATES folders)
list(SORT folders ORDER DESCENDING)
foreach(folder IN LISTS folders)
    file(GLOB left "${folder}/*")
    if(IS_DIRECTORY "${folder}" AND NOT left)
        file(REMOVE_RECURSE "${folder}")
    endif()
endforeach()
file(REMOVE "${MANIFEST}")
