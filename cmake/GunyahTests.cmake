# SPDX-License-Identifier: BSD-3-Clause
# Tests in CTest. Each has one label for its kind; what runs threads has the label "threads" too, for ThreadSanitizer.

# gunyah_test(<name> LABEL <kind> [TIMEOUT <seconds>] [THREADS] [SERIAL] COMMAND <command>...)
# A test that answers 77 is counted as skipped.
function(gunyah_test name)
    cmake_parse_arguments(PARSE_ARGV 1 test "THREADS;SERIAL" "LABEL;TIMEOUT" "COMMAND")
    if(NOT test_TIMEOUT)
        set(test_TIMEOUT 60)
    endif()
    if(CMAKE_CROSSCOMPILING)
        # Under an emulator, the linking at the start of each test's process alone takes 0.2 s.
        math(EXPR test_TIMEOUT "3 * ${test_TIMEOUT}")
    endif()
    if(test_THREADS)
        list(APPEND test_LABEL threads)
    endif()
    add_test(NAME ${name} COMMAND ${test_COMMAND} COMMAND_EXPAND_LISTS)
    set_tests_properties(${name} PROPERTIES
        LABELS "${test_LABEL}"
        TIMEOUT ${test_TIMEOUT}
        SKIP_RETURN_CODE 77
        RUN_SERIAL ${test_SERIAL}
    )
    if(GUNYAH_SANITIZE)
        # Criterion calls a test passed whose process reports a leak at its end.
        set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION "ERROR: [A-Za-z]+Sanitizer;runtime error: ")
    endif()
endfunction()

# gunyah_program(<name> <source>... [LIBRARIES <target>...] [INCLUDE <folder>...]): a program of ours.
function(gunyah_program name)
    cmake_parse_arguments(PARSE_ARGV 1 program "" "" "LIBRARIES;INCLUDE")
    add_executable(${name} ${program_UNPARSED_ARGUMENTS})
    target_compile_definitions(${name} PRIVATE _POSIX_C_SOURCE=200809L)
    target_include_directories(${name} PRIVATE ${program_INCLUDE})
    gunyah_compile_options(${name})
    # After our flags, so that a library can take a warning back.
    target_link_libraries(${name} PRIVATE ${program_LIBRARIES})
endfunction()

# gunyah_uses_threads(<variable> <source>...): THREADS if one of the sources includes <pthread.h>, else nothing.
function(gunyah_uses_threads variable)
    set(${variable} "" PARENT_SCOPE)
    foreach(source IN LISTS ARGN)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
        file(STRINGS "${source}" line REGEX "^#include <pthread\\.h>")
        if(line)
            set(${variable} THREADS PARENT_SCOPE)
        endif()
    endforeach()
endfunction()
