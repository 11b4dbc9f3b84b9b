#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""calls.py <program that measures C>: nanoseconds of CPU time a call in the simulator, by the Python package and by C.

GUNYAH_FFI_LIBRARY and PYTHONPATH say where the package is.
"""

import subprocess
import sys
import time

import gunyah

CALLS = 20_000
ROUNDS = 5


def best(function):
    """Nanoseconds a call, in the fastest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        for _ in range(CALLS):
            function()
        times.append((time.process_time_ns() - start) / CALLS)
    return min(times)


def measure():
    with gunyah.Simulator() as machine:
        vm = machine.add_vm()
        ring, queue = machine.connect_doorbell(vm, vm), machine.connect_msgqueue(vm, vm)
        session = vm.open()
        bell = gunyah.Doorbell.open(session, ring.send_cap)
        out = gunyah.Msgqueue.open(session, queue.send_cap, 240)
        inbox = gunyah.Msgqueue.open(session, queue.receive_cap, 240)
        message = bytes(64)

        def exchange():
            out.send(message)
            inbox.receive()

        yield "doorbell_send", best(lambda: bell.send(1))
        yield "msgqueue_send + receive, 64 bytes", best(exchange)


def of_c(program):
    lines = subprocess.run([program], capture_output=True, check=True, text=True).stdout.splitlines()
    return {name: float(number) for name, number in (line.rsplit(" ", 1) for line in lines)}


c = of_c(sys.argv[1])
print(f"{'ns a call, in the simulator':40} {'Python':>9} {'C':>9}")
for name, nanoseconds in measure():
    print(f"{name:40} {nanoseconds:9.0f} {c[name]:9.0f}")
