# SPDX-License-Identifier: BSD-3-Clause
# AArch64 without an operating system, by GCC. The compiler for Linux does as well as one without: nothing of its C library
# is used.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
find_program(CMAKE_C_COMPILER NAMES aarch64-none-elf-gcc aarch64-linux-gnu-gcc REQUIRED)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
