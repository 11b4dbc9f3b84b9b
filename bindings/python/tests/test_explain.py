# SPDX-License-Identifier: BSD-3-Clause
"""Codes of logs, explained without a session."""

import errno

import pytest

from gunyah import Domain, Error, Hypercall, HypervisorError, Observer, RmErrorCode, RmRequest, errors, explain


def test_what_is_no_error():
    assert (explain.error(Error.OK), explain.hypervisor(0), explain.rm(0)) == (None, None, None)


def test_errors_of_the_library():
    found = explain.error(Error.FULL)
    assert type(found) is errors.FullError and (found.domain, found.code) == (Domain.LIBRARY, -57)
    assert found.advice == "Wait for the not-full interrupt." and found.call == ""
    unknown = explain.error(-30)
    assert type(unknown) is errors.UnknownError and (unknown.code, unknown.text) == (-30, "unknown error")


def test_codes_of_the_hypervisor():
    found = explain.hypervisor(HypervisorError.BUSY, Hypercall.PRNG_GET_ENTROPY)
    assert type(found) is errors.BusyError and (found.domain, found.code) == (Domain.HYPERVISOR, 31)
    assert found.call == "prng_get_entropy" and "33 ms" in found.advice
    assert explain.hypervisor(HypervisorError.BUSY).call == "unknown"
    assert type(explain.hypervisor(-2)) is errors.RetryError
    assert type(explain.hypervisor(12345)) is errors.UnknownError


def test_codes_of_the_resource_manager():
    found = explain.rm(RmErrorCode.VM_STATE, RmRequest.VM_START)
    assert type(found) is errors.RmVmStateError and found.domain is Domain.RM
    assert found.call == "VM_START" and "after VM_INIT" in found.advice
    assert explain.rm(RmErrorCode.UNIMPLEMENTED).code == 0xFFFFFFFF


def test_errno_of_a_driver():
    found = explain.linux(errno.ENOMEM, 0x40204701)
    assert found.domain is Domain.BACKEND and found.call == "VM_SET_USER_MEM_REGION"
    assert "RLIMIT_MEMLOCK" in found.advice
    assert type(explain.linux(errno.ENODEV, 0x4703)) is errors.NoResourcesError


def test_numbers_that_do_not_fit():
    for wrong in (
        lambda: explain.error(1 << 31),
        lambda: explain.hypervisor(-(1 << 31) - 1),
        lambda: explain.hypervisor(0, 1 << 32),
        lambda: explain.rm(-1),
        lambda: explain.rm(1, -1),
        lambda: explain.linux(-1, 0),
    ):
        with pytest.raises(ValueError):
            wrong()
    for wrong in (lambda: explain.error("1"), lambda: explain.rm(1, "VM_START"), lambda: explain.linux(None, 0)):
        with pytest.raises(TypeError):
            wrong()


def test_an_observer_may_ask(gunyah_sim):
    class Log(Observer):
        said = []

        def after(self, event):
            if event.number == Hypercall.PRNG_GET_ENTROPY:
                self.said.append(explain.hypervisor(event.answer[0], event.number))

    with gunyah_sim.add_vm().open(observer=Log()) as session:
        session.hypercalls.prng_get_entropy(0)
    assert [type(found) for found in Log.said] == [errors.ArgumentSizeError]
