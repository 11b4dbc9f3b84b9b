# SPDX-License-Identifier: BSD-3-Clause
# Device trees, compiled by dtc where it is found.
find_program(GUNYAH_DTC dtc)

# gunyah_compile_tree(<source.dts> <blob>): a command that makes the blob.
function(gunyah_compile_tree source blob)
    # What the Resource Manager writes has names that dtc warns of.
    add_custom_command(OUTPUT "${blob}"
        COMMAND "${GUNYAH_DTC}" -q -I dts -O dtb -o "${blob}" "${source}"
        DEPENDS "${source}"
        VERBATIM
    )
endfunction()
