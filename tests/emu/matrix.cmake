# SPDX-License-Identifier: BSD-3-Clause
# What matrix.py makes of results: two programs, one of which failed, and one that emulates nothing.
set(results "${CMAKE_CURRENT_BINARY_DIR}/matrix-test.xml")
file(WRITE "${results}" "<testsuite>
<testcase name=\"one\" status=\"run\"><system-out>flavour a14
flavour u17
flavour a14
</system-out></testcase>
<testcase name=\"other\" status=\"run\"><system-out>flavour of the day</system-out></testcase>
<testcase name=\"three\" status=\"fail\"><failure/><system-out>words
flavour u17
flavour q1-6.1
</system-out></testcase>
</testsuite>
")
execute_process(COMMAND "${MATRIX}" "${results}" OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
set(expected "emulations    a14    u17 q1-6.1
one             2      1      - passed
three           -      1      1 FAILED
")
if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "printed:\n${printed}expected:\n${expected}")
endif()
