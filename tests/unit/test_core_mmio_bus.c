// SPDX-License-Identifier: BSD-3-Clause
// The bus of emulated devices.
#include <gunyah/mmio_bus.h>

#include <criterion/criterion.h>

#include <string.h>

// A device that notes what it was asked.
struct device {
    struct gunyah_mmio_access seen;
    uint64_t answer;
    enum gunyah_error error;
    int calls;
};

static enum gunyah_error serve(void *context, struct gunyah_mmio_access *access)
{
    struct device *device = context;

    device->calls++;
    device->seen = *access;
    if (!access->is_write)
        access->value = device->answer;
    return device->error;
}

static enum gunyah_error add(struct gunyah_mmio_bus *bus, uint64_t address, uint64_t size, struct device *device)
{
    const struct gunyah_mmio_region region = {address, size, serve, device};

    return gunyah_mmio_bus_add(bus, &region);
}

static enum gunyah_error read_at(const struct gunyah_mmio_bus *bus, uint64_t address, uint32_t length)
{
    uint8_t data[8];

    return gunyah_mmio_bus_access(bus, address, data, length, false);
}

#define BUS(name, room)                                                                                                \
    struct gunyah_mmio_region name##_regions[room];                                                                    \
    struct gunyah_mmio_bus name;                                                                                       \
    cr_assert_eq(gunyah_mmio_bus_init(&name, name##_regions, room), GUNYAH_OK)

Test(core_mmio_bus, finds_the_device_of_every_address)
{
    enum { DEVICES = 200, SIZE = 16, STEP = 32 };
    struct device devices[DEVICES] = {0};
    BUS(bus, DEVICES);

    // Neither upwards nor downwards: 7 and 200 have no common factor.
    for (uint64_t i = 0, k = 0; i < DEVICES; i++, k = (k + 7) % DEVICES)
        cr_assert_eq(add(&bus, 0x1000 + k * STEP, SIZE, &devices[k]), GUNYAH_OK);
    for (uint64_t offset = 0; offset < DEVICES * STEP; offset++) {
        struct device *device = &devices[offset / STEP];
        const int calls = device->calls;
        const bool inside = offset % STEP < SIZE;
        cr_expect_eq(read_at(&bus, 0x1000 + offset, 1), inside ? GUNYAH_OK : GUNYAH_ERR_NOT_FOUND);
        cr_expect_eq(device->calls, calls + inside);
        if (inside)
            cr_expect_eq(device->seen.offset, offset % STEP);
    }
    cr_expect_eq(read_at(&bus, 0xfff, 1), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(read_at(&bus, 0, 1), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(read_at(&bus, UINT64_MAX, 1), GUNYAH_ERR_NOT_FOUND);
}

Test(core_mmio_bus, an_access_is_in_one_region_as_a_whole)
{
    struct device first = {0};
    struct device second = {0};
    BUS(bus, 2);

    cr_assert_eq(add(&bus, 0x100, 0x10, &first), GUNYAH_OK);
    cr_assert_eq(add(&bus, 0x110, 0x4, &second), GUNYAH_OK);
    cr_expect_eq(read_at(&bus, 0x108, 8), GUNYAH_OK);
    cr_expect_eq(read_at(&bus, 0x109, 8), GUNYAH_ERR_NOT_FOUND, "its last byte is the neighbour's");
    cr_expect_eq(read_at(&bus, 0x110, 8), GUNYAH_ERR_NOT_FOUND, "its last bytes are nobody's");
    cr_expect_eq(first.calls, 1);
    cr_expect_eq(second.calls, 0);
}

Test(core_mmio_bus, the_last_address_there_is)
{
    struct device device = {0};
    BUS(bus, 1);

    cr_expect_eq(add(&bus, UINT64_MAX - 7, 9, &device), GUNYAH_ERR_ADDR_OVERFLOW);
    cr_assert_eq(add(&bus, UINT64_MAX - 7, 8, &device), GUNYAH_OK);
    cr_expect_eq(read_at(&bus, UINT64_MAX - 7, 8), GUNYAH_OK);
    cr_expect_eq(read_at(&bus, UINT64_MAX - 3, 8), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(read_at(&bus, UINT64_MAX, 1), GUNYAH_OK);
}

Test(core_mmio_bus, one_device_may_have_all_addresses)
{
    struct device device = {0};
    BUS(bus, 1);

    cr_assert_eq(add(&bus, 0, UINT64_MAX, &device), GUNYAH_OK);
    cr_expect_eq(read_at(&bus, UINT64_MAX - 8, 8), GUNYAH_OK);
    cr_expect_eq(device.seen.offset, UINT64_MAX - 8);
}

Test(core_mmio_bus, bytes_have_the_order_of_the_guest)
{
    static const uint8_t written[8] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
    static const uint64_t values[9] = {[1] = 0x11, [2] = 0x2211, [4] = 0x44332211, [8] = 0x8877665544332211};
    struct device device = {.answer = 0x0102030405060708};
    BUS(bus, 1);

    cr_assert_eq(add(&bus, 0x100, 8, &device), GUNYAH_OK);
    for (uint32_t length = 1; length <= 8; length *= 2) {
        static const uint8_t answer[8] = {8, 7, 6, 5, 4, 3, 2, 1};
        uint8_t data[8];
        memcpy(data, written, sizeof(data));
        cr_assert_eq(gunyah_mmio_bus_access(&bus, 0x100, data, length, true), GUNYAH_OK);
        cr_expect(device.seen.is_write);
        cr_expect_eq(device.seen.length, length);
        cr_expect_eq(device.seen.value, values[length]);
        cr_expect_arr_eq(data, written, sizeof(data));
        cr_assert_eq(gunyah_mmio_bus_access(&bus, 0x100, data, length, false), GUNYAH_OK);
        cr_expect_not(device.seen.is_write);
        cr_expect_arr_eq(data, answer, length);
        cr_expect_arr_eq(data + length, written + length, 8 - length, "no byte behind the access changes");
    }
}

Test(core_mmio_bus, what_a_function_refuses_changes_nothing)
{
    struct device device = {.answer = UINT64_MAX, .error = GUNYAH_ERR_DENIED};
    uint8_t data[8] = {0};
    static const uint8_t zeros[8];
    BUS(bus, 1);

    cr_assert_eq(add(&bus, 0x100, 8, &device), GUNYAH_OK);
    cr_expect_eq(gunyah_mmio_bus_access(&bus, 0x100, data, 8, false), GUNYAH_ERR_DENIED);
    cr_expect_arr_eq(data, zeros, 8);
}

Test(core_mmio_bus, regions_do_not_overlap)
{
    struct device device = {0};
    BUS(bus, 4);

    cr_assert_eq(add(&bus, 0x100, 0x10, &device), GUNYAH_OK);
    cr_assert_eq(add(&bus, 0x200, 0x10, &device), GUNYAH_OK);
    cr_expect_eq(add(&bus, 0x100, 0x10, &device), GUNYAH_ERR_BUSY);
    cr_expect_eq(add(&bus, 0x10f, 1, &device), GUNYAH_ERR_BUSY);
    cr_expect_eq(add(&bus, 0x1ff, 2, &device), GUNYAH_ERR_BUSY);
    cr_expect_eq(add(&bus, 0xf0, 0x1000, &device), GUNYAH_ERR_BUSY);
    cr_expect_eq(bus.count, 2);
    cr_expect_eq(add(&bus, 0x110, 0xf0, &device), GUNYAH_OK, "what lies between fits exactly");
}

Test(core_mmio_bus, full_and_empty)
{
    struct device device = {0};
    BUS(bus, 1);
    struct gunyah_mmio_bus none;

    cr_assert_eq(gunyah_mmio_bus_init(&none, NULL, 0), GUNYAH_OK);
    cr_expect_eq(add(&none, 0x100, 1, &device), GUNYAH_ERR_FULL);
    cr_expect_eq(read_at(&none, 0x100, 1), GUNYAH_ERR_NOT_FOUND);
    cr_assert_eq(add(&bus, 0x100, 1, &device), GUNYAH_OK);
    cr_expect_eq(add(&bus, 0x200, 1, &device), GUNYAH_ERR_FULL);
    cr_expect_eq(add(&bus, 0x100, 1, &device), GUNYAH_ERR_BUSY, "the address is what is wrong, not the room");
}

Test(core_mmio_bus, removes_one_and_leaves_the_others)
{
    struct device devices[3] = {0};
    BUS(bus, 3);

    for (uint64_t i = 0; i < 3; i++)
        cr_assert_eq(add(&bus, 0x100 * (i + 1), 0x10, &devices[i]), GUNYAH_OK);
    cr_expect_eq(gunyah_mmio_bus_remove(&bus, 0x201), GUNYAH_ERR_NOT_FOUND, "no region begins there");
    cr_expect_eq(gunyah_mmio_bus_remove(&bus, 0xff), GUNYAH_ERR_NOT_FOUND);
    cr_assert_eq(gunyah_mmio_bus_remove(&bus, 0x200), GUNYAH_OK);
    cr_expect_eq(gunyah_mmio_bus_remove(&bus, 0x200), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(read_at(&bus, 0x100, 1), GUNYAH_OK);
    cr_expect_eq(read_at(&bus, 0x200, 1), GUNYAH_ERR_NOT_FOUND);
    cr_expect_eq(read_at(&bus, 0x300, 1), GUNYAH_OK);
    cr_expect_eq(devices[2].calls, 1);
    cr_expect_eq(add(&bus, 0x200, 0x100, &devices[1]), GUNYAH_OK, "its place is free again");
}

Test(core_mmio_bus, bad_arguments)
{
    struct device device = {0};
    uint8_t data[8] = {0};
    const struct gunyah_mmio_region region = {0x100, 1, NULL, NULL};
    BUS(bus, 1);

    cr_expect_eq(gunyah_mmio_bus_init(NULL, bus_regions, 1), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_mmio_bus_init(&bus, NULL, 1), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_mmio_bus_add(NULL, &region), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_mmio_bus_add(&bus, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_mmio_bus_add(&bus, &region), GUNYAH_ERR_NULL, "it has no function");
    cr_expect_eq(gunyah_mmio_bus_remove(NULL, 0x100), GUNYAH_ERR_NULL);
    cr_expect_eq(add(&bus, 0x100, 0, &device), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_assert_eq(add(&bus, 0x100, 0x100, &device), GUNYAH_OK);
    cr_expect_eq(gunyah_mmio_bus_access(NULL, 0x100, data, 1, false), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_mmio_bus_access(&bus, 0x100, NULL, 1, false), GUNYAH_ERR_NULL);
    for (uint32_t length = 0; length <= 64; length++) {
        const bool good = length == 1 || length == 2 || length == 4 || length == 8;
        cr_expect_eq(read_at(&bus, 0x100, length), good ? GUNYAH_OK : GUNYAH_ERR_ARGUMENT_SIZE);
    }
    cr_expect_eq(read_at(&bus, 0x100, UINT32_MAX), GUNYAH_ERR_ARGUMENT_SIZE);
    cr_expect_eq(device.calls, 4);
}
