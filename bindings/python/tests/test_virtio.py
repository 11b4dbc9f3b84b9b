# SPDX-License-Identifier: BSD-3-Clause
"""Virtio devices, from the side of their owner, and hardware interrupts."""

import ctypes

import pytest

import gunyah
from gunyah import VIRQ, Hwirq, Hypercall, Memextent, VirtioInput, VirtioInputIds, VirtioMmio, errors
from gunyah.abi import (
    VIRTIO_INPUT_ABSINFO_SIZE,
    VIRTIO_INPUT_MAX_AXES,
    VIRTIO_INPUT_MAX_DATA,
    VIRTIO_INPUT_MAX_EVENT_TYPES,
    VIRTIO_MAX_QUEUE_SIZE,
    VIRTIO_MAX_QUEUES,
    VirtioMmioRight,
)
from gunyah.enums import PgtableAccess, SimTrigger, VirtioDeviceType, VirtioInputSelect, VirtioMmioInterrupt
from privileged import PAGE, stranger

QUEUES = 4
FEATURES = 3 << 32  # that every device has
NEEDS_RESET = 64
IDS = VirtioInputIds(0x11, 0x22, 0x33, 0x44)
KEYS = VirtioInputSelect.NAME
EVBITS, ABSINFO = VirtioInputSelect.EVBITS, VirtioInputSelect.ABSINFO


def active(maker, kind=VirtioMmio):
    device = maker.make(kind)
    device.configure(maker.extent(PAGE, PgtableAccess.RW), QUEUES)
    device.activate()
    return device


def test_what_a_device_is_made_of(maker):
    device, page = maker.make(VirtioMmio), maker.extent(PAGE, PgtableAccess.RW)
    with pytest.raises(errors.ObjectConfigError) as caught:
        device.activate()
    assert caught.value.domain is gunyah.Domain.LIBRARY
    with pytest.raises(errors.WouldCrashError):
        device.configure(page, 0)
    sparse = maker.sparse(PAGE)
    for arguments in (
        (page, VIRTIO_MAX_QUEUES + 1),
        (page, 1, VirtioDeviceType(1)),
        (sparse, 1),
        (maker.extent(2 * PAGE), 1),
    ):
        with pytest.raises(errors.ArgumentInvalidError):
            device.configure(*arguments)
    with pytest.raises(errors.WrongObjectTypeError):
        device.configure(Memextent.open(maker.session, maker.vic.capid), 1)
    device.configure(page, VIRTIO_MAX_QUEUES)
    device.configure(page, 1)
    device.activate()
    with pytest.raises(errors.ObjectStateError):
        device.configure(page, 1)
    for extent, error in (
        (page, errors.BusyError),
        (maker.extent(PAGE, PgtableAccess.R), errors.DeniedError),
    ):
        other = maker.make(VirtioMmio)
        other.configure(extent, 1)
        with pytest.raises(error):
            other.activate()
    with pytest.raises(errors.ObjectConfigError):
        VirtioMmio.open(maker.session, maker.make(VirtioMmio).capid).activate()


def test_features(maker):
    device = active(maker)
    device.set_device_features(FEATURES | 1 << 63)
    for wrong in (0, 1 << 32, FEATURES | 1 << 38):
        with pytest.raises(errors.DeniedError):
            device.set_device_features(wrong)
    assert device.driver_features == 0
    maker.script.say(Hypercall.VIRTIO_MMIO_BACKEND_GET_DRV_FEATURES, 0, 0x11111111)
    assert device.driver_features == 0x1111111111111111
    assert [call[2] for call in maker.script.calls] == [0, 1]
    maker.script.calls.clear()
    maker.script.say(Hypercall.VIRTIO_MMIO_BACKEND_SET_DEV_FEATURES, 0)
    device.set_device_features(FEATURES | 0x77)
    assert sorted(call[2:4] for call in maker.script.calls) == [(0, 0x77), (1, 3)]


def test_queues(maker):
    device = active(maker)
    device.set_queue_num_max(QUEUES - 1, VIRTIO_MAX_QUEUE_SIZE)
    for queue, most in ((QUEUES, 1), (0, VIRTIO_MAX_QUEUE_SIZE + 1)):
        with pytest.raises(errors.ArgumentInvalidError):
            device.set_queue_num_max(queue, most)
    with pytest.raises(errors.ArgumentInvalidError):
        device.queue(QUEUES)
    assert device.queue(0) == gunyah.VirtioMmioQueue(0, False, 0, 0, 0)
    maker.script.say(Hypercall.VIRTIO_MMIO_BACKEND_GET_QUEUE_INFO, 0, 128, 1, 0x1000, 0x2000, 0x3000)
    assert device.queue(3) == (128, True, 0x1000, 0x2000, 0x3000)
    assert maker.script.calls[0][2] == 3


@pytest.mark.parametrize(
    ("bitmap", "reason", "fields"),
    [
        (0, 0, (0, False, False, False, False)),
        (1 << 63 | 1, 1, (1 << 63 | 1, True, False, False, False)),
        (0, 2, (0, False, True, False, False)),
        (0, 8, (0, False, False, True, False)),
        (0, 16, (0, False, False, False, True)),
    ],
)
def test_what_the_driver_says(maker, bitmap, reason, fields):
    device = active(maker)
    assert not any(device.notification())
    maker.script.say(Hypercall.VIRTIO_MMIO_BACKEND_GET_NOTIFICATION, 0, bitmap, reason)
    assert device.notification() == gunyah.VirtioMmioNotification(*fields)


def test_the_driver_is_interrupted(maker):
    device, virq = active(maker), VIRQ(40)
    device.assert_virq(VirtioMmioInterrupt.USED_BUFFER)  # nothing is bound
    maker.vm.set_trigger(virq, SimTrigger.EDGE)
    device.bind_backend_virq(maker.vic, virq)
    with pytest.raises(errors.TimeoutError):
        maker.session.wait([virq], 0)
    device.assert_virq(VirtioMmioInterrupt.CONFIG_CHANGED | VirtioMmioInterrupt.USED_BUFFER)
    assert maker.session.wait([virq], 0) == virq
    with pytest.raises(errors.OptionError):
        device.assert_virq(4)
    device.unbind_backend_virq()
    device.assert_virq(VirtioMmioInterrupt.USED_BUFFER)
    with pytest.raises(errors.TimeoutError):
        maker.session.wait([virq], 0)


def test_there_are_two_interrupts(maker):
    device = active(maker)
    device.bind_backend_virq(maker.vic, VIRQ(40))
    with pytest.raises(errors.VirqBoundError):
        device.bind_backend_virq(maker.vic, VIRQ(41))
    with pytest.raises(errors.BusyError):
        device.bind_frontend_virq(maker.vic, VIRQ(40))
    with pytest.raises(errors.ArgumentInvalidError):
        device.bind_frontend_virq(maker.vic, VIRQ(31))
    device.bind_frontend_virq(maker.vic, VIRQ(41))
    device.unbind_backend_virq()
    device.unbind_backend_virq()
    device.unbind_frontend_virq()
    device.bind_frontend_virq(maker.vic, VIRQ(40))


def test_a_reset(maker):
    device = active(maker)
    with pytest.raises(errors.ArgumentInvalidError):
        device.update_status(256)
    device.update_status(NEEDS_RESET)
    device.update_status(0)  # takes nothing away
    with pytest.raises(errors.DeniedError):
        device.assert_virq(VirtioMmioInterrupt.USED_BUFFER)
    device.acknowledge_reset()
    device.assert_virq(VirtioMmioInterrupt.USED_BUFFER)


def test_rights_of_devices(maker):
    device = active(maker)
    others = maker.weaken(device, sum(VirtioMmioRight) - VirtioMmioRight.CONFIG)
    for call in (
        lambda: others.set_device_features(FEATURES),
        lambda: others.set_queue_num_max(0, 1),
        lambda: others.driver_features,
        lambda: others.queue(0),
        others.notification,
        others.acknowledge_reset,
        lambda: others.update_status(1),
    ):
        with pytest.raises(errors.InsufficientRightsError):
            call()
    others.assert_virq(VirtioMmioInterrupt.USED_BUFFER)
    weak = maker.weaken(device, VirtioMmioRight.CONFIG)
    weak.set_device_features(FEATURES)
    for call in (
        lambda: weak.assert_virq(1),
        lambda: weak.bind_backend_virq(maker.vic, VIRQ(40)),
        lambda: weak.bind_frontend_virq(maker.vic, VIRQ(40)),
        weak.unbind_backend_virq,
        weak.unbind_frontend_virq,
    ):
        with pytest.raises(errors.InsufficientRightsError):
            call()


# ---- input devices


def test_an_input_device(any_maker):
    maker = any_maker
    device = active(maker, VirtioInput)
    assert isinstance(device, VirtioMmio) and device.driver_features == 0
    with pytest.raises(errors.ArgumentInvalidError):
        device.set_input_data(EVBITS, b"\1")  # of which there is none
    for events, axes in ((VIRTIO_INPUT_MAX_EVENT_TYPES + 1, 0), (0, VIRTIO_INPUT_MAX_AXES + 1)):
        with pytest.raises(errors.ArgumentInvalidError):
            device.set_input(IDS, event_types=events, axes=axes)
    device.set_input(IDS)
    device.set_input(IDS, 1, event_types=2, axes=1)
    with pytest.raises(errors.BusyError):
        device.set_input(IDS)
    device.set_input_data(KEYS, b"keys")
    device.set_input_data(VirtioInputSelect.SERIAL, bytearray(b"1234"))
    if maker.as_manual:
        with pytest.raises(errors.ArgumentInvalidError):
            device.set_input_data(VirtioInputSelect.DEVIDS, bytes(8))
    else:
        device.set_input_data(VirtioInputSelect.DEVIDS, memoryview(bytes(8)))
    device.set_input_data(EVBITS, bytes(VIRTIO_INPUT_MAX_DATA), 31)
    device.set_input_data(EVBITS, bytes(8), 0)
    device.set_input_data(ABSINFO, bytes(VIRTIO_INPUT_ABSINFO_SIZE), 63)
    for select, data, subselect, error in (
        (KEYS, b"", 0, errors.ArgumentSizeError),
        (KEYS, bytearray(), 0, errors.ArgumentSizeError),
        (KEYS, bytes(VIRTIO_INPUT_MAX_DATA + 1), 0, errors.ArgumentSizeError),
        (KEYS, b"x", 1, errors.ArgumentInvalidError),
        (VirtioInputSelect.PROPBITS, bytes(5), 0, errors.ArgumentSizeError),
        (ABSINFO, bytes(VIRTIO_INPUT_ABSINFO_SIZE - 1), 0, errors.ArgumentSizeError),
        (ABSINFO, bytes(VIRTIO_INPUT_ABSINFO_SIZE), 1, errors.NoResourcesError),
        (EVBITS, bytes(8), 1, errors.NoResourcesError),
        (EVBITS, bytes(8), 32, errors.ArgumentInvalidError),
        (VirtioInputSelect(255), b"x", 0, errors.ArgumentInvalidError),
    ):
        with pytest.raises(error):
            device.set_input_data(select, data, subselect)
    with pytest.raises(TypeError):
        device.set_input_data(1, b"x")
    with pytest.raises(TypeError):
        device.set_input_data(KEYS, "x")
    with pytest.raises(ValueError):
        device.set_input(IDS._replace(vendor=1 << 16))


def test_the_words_of_an_input_device(maker):
    """Four numbers of 16 bits from bit 0 on; what they have and where data lies, without a copy."""
    device = active(maker, VirtioInput)
    maker.script.say(Hypercall.VIRTIO_INPUT_CONFIGURE, 0)
    device.set_input(IDS, 0x99, event_types=5, axes=7)
    assert maker.script.calls[0][2:6] == (0x0044003300220011, 0x99, 5, 7)
    said = []

    def read(event):
        if event.number == Hypercall.VIRTIO_INPUT_SET_DATA:
            said.append((*event.call[2:4], ctypes.string_at(event.call[5], event.call[4]), event.call[5]))
        return False

    maker.script.before = read
    own = bytearray(b"in place")
    device.set_input_data(KEYS, b"keys")
    device.set_input_data(VirtioInputSelect.SERIAL, own)
    device.set_input_data(VirtioInputSelect.SERIAL, memoryview(own)[3:])
    where = ctypes.addressof(ctypes.c_char.from_buffer(own))
    assert [row[:3] for row in said] == [(1, 0, b"keys"), (2, 0, b"in place"), (2, 0, b"place")]
    assert [row[3] for row in said[1:]] == [where, where + 3]


def test_only_input_devices_have_input(maker):
    device = active(maker)
    wrong = VirtioInput.open(maker.session, device.capid)
    assert isinstance(wrong, VirtioInput)
    with pytest.raises(errors.ObjectConfigError):
        wrong.set_input(IDS)
    with pytest.raises(errors.WrongObjectTypeError):
        wrong.set_input_data(KEYS, b"keys")
    assert not hasattr(device, "set_input")


def test_wrong_handles(maker):
    device = maker.make(VirtioMmio)
    with pytest.raises(errors.ArgumentInvalidError) as caught:
        device.configure(stranger(maker.machine, Memextent), 1)
    assert caught.value.domain is gunyah.Domain.LIBRARY
    for wrong in (maker.vic, None, 5):
        with pytest.raises(TypeError):
            device.configure(wrong, 1)
        with pytest.raises(TypeError):
            device.bind_backend_virq(maker.cspace, VIRQ(40))
    page = maker.extent()
    page.close()
    with pytest.raises(errors.HandleError):
        device.configure(page, 1)
    device.close()
    for call in (device.notification, device.acknowledge_reset, lambda: device.queue(0), device.close):
        with pytest.raises(errors.HandleError):
            call()


# ---- hardware interrupts, which no call makes


def test_hardware_is_somebody_elses(maker):
    for cap, error in (
        (maker.vic.capid, errors.WrongObjectTypeError),
        (gunyah.CAPID_INVALID, errors.ArgumentInvalidError),
    ):
        with Hwirq.open(maker.session, cap) as wrong:
            assert wrong.capid == cap
            with pytest.raises(error):
                wrong.bind_virq(maker.vic, VIRQ(40))
            with pytest.raises(error):
                wrong.unbind_virq()
        with pytest.raises(errors.HandleError):
            wrong.unbind_virq()
    assert not hasattr(Hwirq, "create")
    with pytest.raises(TypeError):
        Hwirq.open(maker.session, maker.vic.capid).activate()


def test_the_words_of_a_hardware_interrupt(maker):
    line = Hwirq.open(maker.session, gunyah.CapID(0x25))
    for code, error in ((0, None), (41, errors.VirqNotBoundError), (2**64 - 2, errors.RetryError)):
        maker.script.calls.clear()
        maker.script.say(Hypercall.HWIRQ_BIND_VIRQ, code)
        maker.script.say(Hypercall.HWIRQ_UNBIND_VIRQ, code)
        for call, words in (
            (lambda: line.bind_virq(maker.vic, VIRQ(40)), (0x25, maker.vic.capid.value, 40)),
            (line.unbind_virq, (0x25, 0, 0)),
        ):
            if error is None:
                call()
            else:
                with pytest.raises(error):
                    call()
            assert maker.script.calls.pop()[1:4] == words
    far = stranger(maker.machine)
    with pytest.raises(errors.ArgumentInvalidError):
        line.bind_virq(far, VIRQ(40))
    with pytest.raises(TypeError):
        line.bind_virq(maker.cspace, VIRQ(40))
