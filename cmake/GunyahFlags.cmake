# SPDX-License-Identifier: BSD-3-Clause
# How our own code is compiled. Nothing of this reaches whoever links the library.

if(GUNYAH_ENVIRONMENT STREQUAL "hosted")
    set(CMAKE_POSITION_INDEPENDENT_CODE ON)
endif()

# The C dialect and the warnings; linked PRIVATE by every target of ours.
add_library(gunyah_flags INTERFACE)
target_compile_features(gunyah_flags INTERFACE c_std_11)
target_compile_options(gunyah_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wcast-align
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes>
    $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
    $<$<BOOL:${GUNYAH_WERROR}>:-Werror>
)

if(GUNYAH_ENVIRONMENT STREQUAL "freestanding")
    # At EL1 nothing is there but the instruction set: no C library and its headers, no run time of the compiler, vector
    # registers perhaps trapped, unaligned accesses faulting while the MMU is off, x18 perhaps the platform's. Code is safe
    # for BTI and pointer authentication.
    target_include_directories(gunyah_flags SYSTEM BEFORE INTERFACE "${PROJECT_SOURCE_DIR}/os/freestanding/libc")
    target_compile_options(gunyah_flags INTERFACE
        -ffreestanding -mgeneral-regs-only -mstrict-align -mno-outline-atomics -ffixed-x18
        -mbranch-protection=standard
        -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -fomit-frame-pointer
        -fstack-usage -ffunction-sections -fdata-sections
    )
endif()

if(GUNYAH_SANITIZE)
    # Every target has to be built with it, so that it is the one flag that is set for the whole tree.
    add_compile_options(-fsanitize=${GUNYAH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${GUNYAH_SANITIZE})
endif()
if(GUNYAH_BUILD_FUZZERS)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Strict C11 and C++17: -std=c11, not -std=gnu11.
function(gunyah_compile_options target)
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    )
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:gunyah_flags>)
endfunction()
