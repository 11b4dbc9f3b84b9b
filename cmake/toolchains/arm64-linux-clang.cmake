# SPDX-License-Identifier: BSD-3-Clause
# The same by clang, with the C library and the linker of the cross compiler that is GCC.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_ASM_COMPILER_TARGET aarch64-linux-gnu)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
find_program(CMAKE_AR NAMES llvm-ar aarch64-linux-gnu-ar REQUIRED)
find_program(CMAKE_RANLIB NAMES llvm-ranlib aarch64-linux-gnu-ranlib REQUIRED)
