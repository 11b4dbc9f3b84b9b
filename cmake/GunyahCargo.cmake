# SPDX-License-Identifier: BSD-3-Clause
# Rust: GUNYAH_RUSTC, GUNYAH_CARGO, and GUNYAH_CARGO_COMMAND, which is cargo with the library of this build. All that it writes is
# below GUNYAH_CARGO_TARGET. The system's own come first.
foreach(tool rustc cargo)
    string(TOUPPER "GUNYAH_${tool}" variable)
    find_program(${variable} NAMES ${tool} PATHS /usr/bin NO_DEFAULT_PATH)
    find_program(${variable} NAMES ${tool})
endforeach()
set(GUNYAH_CARGO_COMMAND "")
if(GUNYAH_CARGO AND GUNYAH_RUSTC AND GUNYAH_BUILD_BINDINGS)
    cmake_path(REPLACE_FILENAME GUNYAH_RUSTC rustdoc OUTPUT_VARIABLE rustdoc)
    set(GUNYAH_CARGO_TARGET "${PROJECT_BINARY_DIR}/bindings/rust")
    set(GUNYAH_FFI_FOLDER "$<TARGET_FILE_DIR:gunyah_ffi_shared>")
    set(flags "")
    if(GUNYAH_WERROR)
        set(flags "-Dwarnings")
    endif()
    set(GUNYAH_CARGO_COMMAND "${CMAKE_COMMAND}" -E env "LD_LIBRARY_PATH=${GUNYAH_FFI_FOLDER}"
        "GUNYAH_LIB_DIR=${GUNYAH_FFI_FOLDER}" "RUSTC=${GUNYAH_RUSTC}" "RUSTDOC=${rustdoc}"
        "CARGO_TARGET_DIR=${GUNYAH_CARGO_TARGET}" "CARGO_NET_OFFLINE=true"
        "RUSTFLAGS=${flags}" "${GUNYAH_CARGO}")
endif()
