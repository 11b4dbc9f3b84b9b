# SPDX-License-Identifier: BSD-3-Clause
# AArch64 without an operating system, by clang.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
find_program(CMAKE_C_COMPILER NAMES clang REQUIRED)
set(CMAKE_C_COMPILER_TARGET aarch64-none-elf)
# LLVM's own tools where they are installed, else those of binutils.
find_program(CMAKE_AR NAMES llvm-ar aarch64-linux-gnu-ar REQUIRED)
find_program(CMAKE_NM NAMES llvm-nm aarch64-linux-gnu-nm REQUIRED)
find_program(CMAKE_RANLIB NAMES llvm-ranlib aarch64-linux-gnu-ranlib REQUIRED)
find_program(CMAKE_OBJDUMP NAMES llvm-objdump aarch64-linux-gnu-objdump REQUIRED)
find_program(CMAKE_LINKER NAMES ld.lld aarch64-linux-gnu-ld REQUIRED)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
