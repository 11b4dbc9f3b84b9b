# SPDX-License-Identifier: BSD-3-Clause
"""The plugin for pytest, in a pytest of its own."""

FAILING = """
def test_it(gunyah_pair):
    gunyah_pair.sender.bell.send(5)
    assert False
"""


def test_a_test_that_fails_shows_the_trace(pytester):
    pytester.makeconftest('pytest_plugins = ["gunyah.pytest_plugin"]')
    pytester.makepyfile(FAILING)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*gunyah trace*", "*sender doorbell_send(*new_flags=0x5*"])


def test_sessions_are_closed_whatever_a_test_does(pytester):
    pytester.makeconftest('pytest_plugins = ["gunyah.pytest_plugin"]')
    pytester.makepyfile("def test_it(gunyah_hlos):\n    gunyah_hlos.session.close()\n")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
