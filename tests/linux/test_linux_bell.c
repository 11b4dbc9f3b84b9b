// SPDX-License-Identifier: BSD-3-Clause
// Doorbells that are eventfds: an interrupt of the VM, and a write of the VM.
#include "kit.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define ADD 0x40104704u

// What the VM's write is for the process: the driver signals the eventfd.
static void driver_rings(const struct call *ioeventfd)
{
    const uint64_t one = 1;

    cr_assert(ioeventfd != NULL);
    cr_assert_eq(write((int)get32(ioeventfd->argument + 20), &one, sizeof(one)), (ssize_t)sizeof(one));
}

static uint64_t driver_hears(const struct call *irqfd)
{
    uint64_t count = 0;

    cr_assert(irqfd != NULL);
    return read((int)get32(irqfd->argument), &count, sizeof(count)) > 0 ? count : 0;
}

Test(linux_bell, interrupts)
{
    struct gunyah_doorbell *edge = NULL;
    struct gunyah_doorbell *level = NULL;
    uint64_t old = 1;
    struct kit kit;

    kit_make_vm(&kit, A14);
    cr_expect_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &edge), GUNYAH_ERR_OBJECT_STATE, "not configured");
    cr_expect(edge == NULL);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &edge), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, SECOND_BELL, true, &level), GUNYAH_OK);
    cr_expect_eq(kernel_calls(ADD, 2), 0u, "the driver is told when the VM has started");
    kit_start(&kit);
    const struct call *first = kernel_call(ADD, 2, 0);
    const struct call *second = kernel_call(ADD, 2, 1);
    cr_assert(first != NULL && second != NULL);
    cr_expect_eq((int)get32(first->argument), gunyah_linux_doorbell_fd(kit.node, gunyah_doorbell_capid(edge)));
    cr_expect_eq(get32(first->argument + 4), BELL);
    cr_expect_eq(get32(first->argument + 8), 0u);
    cr_expect_eq(get32(first->argument + 12), 0u);
    cr_expect_eq(get32(second->argument + 4), SECOND_BELL);
    cr_expect_eq(get32(second->argument + 8), 1u);

    cr_expect_eq(gunyah_doorbell_send(edge, 1, &old), GUNYAH_OK);
    cr_expect_eq(old, 0u);
    cr_expect_eq(driver_hears(first), 1u);
    cr_expect_eq(driver_hears(second), 0u);
    cr_expect_eq(gunyah_doorbell_send(level, 1, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_send(level, 1, NULL), GUNYAH_OK);
    cr_expect_eq(driver_hears(second), 2u);
    cr_expect_eq(gunyah_doorbell_send(edge, 0, NULL), GUNYAH_OK);
    cr_expect_eq(driver_hears(first), 0u, "no flag, no interrupt");
    cr_expect_eq(gunyah_doorbell_send(edge, 2, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_doorbell_receive(edge, 1, NULL), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_eq(gunyah_doorbell_wait(edge, 1, 0, NULL), GUNYAH_ERR_NOT_BOUND);
    kit_close(&kit);
}

// Any write to the file is an interrupt, of any number: a count that is full begins again.
Test(linux_bell, a_count_that_is_full)
{
    static const uint64_t most = UINT64_MAX - 1;
    struct gunyah_doorbell *bell = NULL;
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_OK);
    kit_start(&kit);
    const int fd = gunyah_linux_doorbell_fd(kit.node, gunyah_doorbell_capid(bell));
    cr_assert_eq(write(fd, &most, sizeof(most)), (ssize_t)sizeof(most));
    cr_expect_eq(gunyah_doorbell_send(bell, 1, NULL), GUNYAH_OK);
    cr_expect_eq(driver_hears(kernel_call(ADD, 2, 0)), 1u);
    kit_close(&kit);
}

// What is there when it is asked for counts, whatever a header says of its size.
Test(linux_bell, a_tree_that_has_changed_since)
{
    static const uint8_t sizes[][4] = {{0x7f, 0xff, 0xff, 0xff}, {0, 0, 0x80, 0}, {0, 0, 0, 1}};
    struct gunyah_doorbell *bell = NULL;
    struct kit kit;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        kit_make_vm(&kit, A14);
        kit_configure(&kit);
        memcpy(kit.ram + TREE + 4, sizes[i], sizeof(sizes[i]));
        cr_expect_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_ERR_NOT_FOUND);
        memset(kit.ram, 0xff, RAM_SIZE);
        cr_expect_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_ERR_NOT_FOUND);
        kit_expect_failure(&kit, GUNYAH_ERR_NOT_FOUND, "gunyah_vm_add_irq", 0);
        kit_close(&kit);
    }
}

Test(linux_bell, interrupts_that_the_tree_does_not_have)
{
    struct gunyah_doorbell *bell = NULL;
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_expect_eq(gunyah_vm_add_irq(kit.vm, 8, false, &bell), GUNYAH_ERR_NOT_FOUND, "shared memory");
    kit_expect_failure(&kit, GUNYAH_ERR_NOT_FOUND, "gunyah_vm_add_irq", 0);
    cr_expect_eq(gunyah_vm_add_irq(kit.vm, 99, false, &bell), GUNYAH_ERR_NOT_FOUND, "the vendor's label counts");
    cr_expect_eq(gunyah_vm_add_irq(kit.vm, BELL, false, NULL), GUNYAH_ERR_NULL);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_OK);
    cr_assert_eq(gunyah_doorbell_close(&bell), GUNYAH_OK);
    cr_expect_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_ERR_IN_USE);
    cr_expect(bell == NULL);
    kit_start(&kit);
    cr_expect_eq(gunyah_vm_add_irq(kit.vm, SECOND_BELL, false, &bell), GUNYAH_ERR_OBJECT_STATE);
    kit_close(&kit);
}

Test(linux_bell, a_doorbell_is_found_again)
{
    struct gunyah_vm_resource resources[2];
    struct gunyah_doorbell *bell = NULL;
    struct gunyah_doorbell *again = NULL;
    size_t count = 0;
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_OK);
    const gunyah_capid_t cap = gunyah_doorbell_capid(bell);
    cr_assert_eq(gunyah_doorbell_close(&bell), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_open_doorbell(kit.vm, BELL, true, &again), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_capid(again).value, cap.value);
    cr_expect_eq(gunyah_vm_open_doorbell(kit.vm, SECOND_BELL, true, &bell), GUNYAH_ERR_RM_LOOKUP_FAILED);
    cr_assert_eq(gunyah_vm_resources(kit.vm, resources, 2, &count), GUNYAH_OK);
    cr_assert_eq(count, 1u);
    cr_expect_eq(resources[0].type, GUNYAH_VM_RESOURCE_TYPE_DOORBELL_SEND);
    cr_expect_eq(resources[0].label, BELL);
    cr_expect_eq(gunyah_vm_resources(kit.vm, NULL, 0, &count), GUNYAH_ERR_BUFFER_TOO_SMALL);
    cr_expect_eq(count, 1u);
    kit_close(&kit);
}

Test(linux_bell, interrupts_that_the_driver_refuses)
{
    struct gunyah_doorbell *bell = NULL;
    struct kit kit;

    kit_make_vm(&kit, A14);
    kit_configure(&kit);
    cr_assert_eq(gunyah_vm_add_irq(kit.vm, BELL, false, &bell), GUNYAH_OK);
    cr_assert_eq(gunyah_vm_init(kit.vm), GUNYAH_OK);
    kernel_refuses(ADD, ENOMEM);
    cr_expect_eq(gunyah_vm_start(kit.vm), GUNYAH_ERR_NO_MEMORY);
    kit_expect_failure(&kit, GUNYAH_ERR_NO_MEMORY, "VM_ADD_FUNCTION (irqfd)", ENOMEM);
    kit_expect_state(&kit, GUNYAH_VM_STATE_RUNNING);
    kit_close(&kit);
}

Test(linux_bell, notifications)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *plain = NULL;
    struct gunyah_doorbell *exact = NULL;
    uint64_t flags = 0;
    struct kit kit;

    kit_make_vm(&kit, A14);
    notify.address = 0x1000;
    cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &plain), GUNYAH_OK);
    notify.address = 0x12345678abcdef00;
    notify.length = 4;
    notify.has_value = true;
    notify.value = 3;
    cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &exact), GUNYAH_OK);
    const struct call *first = kernel_call(ADD, 3, 0);
    const struct call *second = kernel_call(ADD, 3, 1);
    cr_assert(first != NULL && second != NULL);
    cr_expect_eq(get64(first->argument), 0u);
    cr_expect_eq(get64(first->argument + 8), 0x1000u);
    cr_expect_eq(get32(first->argument + 16), 0u);
    cr_expect_eq(get32(first->argument + 24), 0u);
    cr_expect_eq(get64(second->argument), 3u);
    cr_expect_eq(get64(second->argument + 8), 0x12345678abcdef00u);
    cr_expect_eq(get32(second->argument + 16), 4u);
    cr_expect_eq(get32(second->argument + 24), 1u, "bit 0, not the number of the bit");
    cr_expect_eq(get32(second->argument + 28), 0u);

    cr_expect_eq(gunyah_doorbell_receive(plain, 1, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 0u);
    cr_expect_eq(gunyah_doorbell_wait(plain, 1, 0, NULL), GUNYAH_ERR_TIMEOUT);
    driver_rings(first);
    driver_rings(first);
    cr_expect_eq(gunyah_doorbell_receive(plain, 2, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 1u, "what is not cleared stays");
    cr_expect_eq(gunyah_doorbell_receive(plain, 0, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    cr_expect_eq(gunyah_doorbell_wait(plain, 1, GUNYAH_WAIT_FOREVER, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 1u);
    cr_expect_eq(gunyah_doorbell_receive(plain, 1, &flags), GUNYAH_OK);
    cr_expect_eq(flags, 0u, "nobody counts");
    cr_expect_eq(gunyah_doorbell_send(plain, 1, NULL), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    cr_expect_eq(gunyah_doorbell_wait(exact, 1, 0, NULL), GUNYAH_ERR_TIMEOUT);
    kit_close(&kit);
}

Test(linux_bell, waiting_for_several)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bells[3];
    gunyah_virq_t virqs[3];
    size_t index = 7;
    struct kit kit;

    kit_make_vm(&kit, A14);
    for (uint32_t i = 0; i < 3; i++) {
        notify.address = 0x1000 * i;
        cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &bells[i]), GUNYAH_OK);
        virqs[i].value = GUNYAH_VIRQ_SPI_FIRST + (uint32_t)gunyah_doorbell_capid(bells[i]).value;
    }
    cr_expect_eq(gunyah_wait(kit.g, virqs, 3, 1000000, &index), GUNYAH_ERR_TIMEOUT);
    driver_rings(kernel_call(ADD, 3, 2));
    cr_expect_eq(gunyah_wait(kit.g, virqs, 3, GUNYAH_WAIT_FOREVER, &index), GUNYAH_OK);
    cr_expect_eq(index, 2u);
    driver_rings(kernel_call(ADD, 3, 1));
    cr_expect_eq(gunyah_wait(kit.g, virqs, 3, 0, &index), GUNYAH_OK);
    cr_expect_eq(index, 1u, "the first of the list");
    cr_expect_eq(gunyah_doorbell_receive(bells[1], 1, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_doorbell_receive(bells[2], 1, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_wait(kit.g, virqs, 3, 0, &index), GUNYAH_ERR_TIMEOUT);
    virqs[1].value = 31;
    cr_expect_eq(gunyah_wait(kit.g, virqs, 3, 0, &index), GUNYAH_ERR_ARGUMENT_INVALID);
    virqs[1].value = GUNYAH_VIRQ_SPI_FIRST + 3;
    cr_expect_eq(gunyah_wait(kit.g, virqs, 3, 0, &index), GUNYAH_ERR_ARGUMENT_INVALID);
    kit_close(&kit);
}

Test(linux_bell, notifications_that_are_refused)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell = NULL;
    struct kit kit;

    kit_make_vm(&kit, A14);
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, NULL, &bell), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, NULL), GUNYAH_ERR_NULL);
    notify.has_value = true;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_ARGUMENT_SIZE);
    notify.length = 3;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_ARGUMENT_SIZE);
    notify.length = 16;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_ARGUMENT_SIZE);
    notify.length = 8;
    notify.address = UINT64_MAX - 6;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_ADDR_OVERFLOW);
    notify.size--;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_OPTION);
    notify.size++;
    notify.address = 0x1000;
    cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_OK);
    const unsigned before = open_files();
    notify.value = 1;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_IN_USE);
    kit_expect_failure(&kit, GUNYAH_ERR_IN_USE, "VM_ADD_FUNCTION (ioeventfd)", EEXIST);
    cr_expect(bell == NULL);
    cr_expect_eq(open_files(), before);
    kit_close(&kit);
}

Test(linux_bell, all_places_are_taken)
{
    struct gunyah_vm_notify notify = GUNYAH_VM_NOTIFY_INIT;
    struct gunyah_doorbell *bell = NULL;
    struct kit kit;

    kit_make_vm(&kit, A14);
    for (uint64_t i = 0; i < 256; i++) {
        notify.address = 8 * i;
        cr_assert_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_OK);
    }
    notify.address = 0x10000;
    cr_expect_eq(gunyah_vm_add_notify(kit.vm, &notify, &bell), GUNYAH_ERR_NO_RESOURCES);
    kit_expect_failure(&kit, GUNYAH_ERR_NO_RESOURCES, "gunyah_vm_add_notify", 0);
    kit_close(&kit);
}
