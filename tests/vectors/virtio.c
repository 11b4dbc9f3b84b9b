// SPDX-License-Identifier: BSD-3-Clause
#include "wire.h"

static void interrupts(struct wire *wire, gunyah_capid_t device, gunyah_capid_t vic)
{
    struct gunyah *g = wire->g;

    const int32_t r4a = gunyah_hypercall_virtio_mmio_backend_bind_virq(g, device, vic, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r4a, "virtio_mmio_backend_bind_virq", 0x604a, 0xc600804a, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r4b = gunyah_hypercall_virtio_mmio_backend_unbind_virq(g, device);
    gunyah_wire_expect(wire, r4b, "virtio_mmio_backend_unbind_virq", 0x604b, 0xc600804b, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r4c = gunyah_hypercall_virtio_mmio_frontend_bind_virq(g, device, vic, gunyah_virq(0x91919191));
    gunyah_wire_expect(wire, r4c, "virtio_mmio_frontend_bind_virq", 0x604c, 0xc600804c, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0}});

    const int32_t r4d = gunyah_hypercall_virtio_mmio_frontend_unbind_virq(g, device);
    gunyah_wire_expect(wire, r4d, "virtio_mmio_frontend_unbind_virq", 0x604d, 0xc600804d, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r4e = gunyah_hypercall_virtio_mmio_backend_assert_virq(g, device, 0x91919191);
    gunyah_wire_expect(wire, r4e, "virtio_mmio_backend_assert_virq", 0x604e, 0xc600804e, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0}});
}

static void backend_sets(struct wire *wire, gunyah_capid_t device)
{
    struct gunyah *g = wire->g;

    const int32_t r4f = gunyah_hypercall_virtio_mmio_backend_set_dev_features(g, device, 0x91919191, 0x92929292);
    gunyah_wire_expect(wire, r4f, "virtio_mmio_backend_set_dev_features", 0x604f, 0xc600804f, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0x92929292, 0}});

    const int32_t r50 = gunyah_hypercall_virtio_mmio_backend_set_queue_num_max(g, device, 0x91919191, 0x92929292);
    gunyah_wire_expect(wire, r50, "virtio_mmio_backend_set_queue_num_max", 0x6050, 0xc6008050, 1,
                       (struct words){4, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0x92929292, 0}});

    const int32_t r54 = gunyah_hypercall_virtio_mmio_backend_acknowledge_reset(g, device);
    gunyah_wire_expect(wire, r54, "virtio_mmio_backend_acknowledge_reset", 0x6054, 0xc6008054, 1,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});

    const int32_t r55 = gunyah_hypercall_virtio_mmio_backend_update_status(g, device, 0x91919191);
    gunyah_wire_expect(wire, r55, "virtio_mmio_backend_update_status", 0x6055, 0xc6008055, 1,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0}});
}

static void backend_gets(struct wire *wire, gunyah_capid_t device)
{
    struct gunyah *g = wire->g;

    const struct gunyah_virtio_mmio_backend_get_drv_features_result r51 =
        gunyah_hypercall_virtio_mmio_backend_get_drv_features(g, device, 0x91919191);
    gunyah_wire_expect(wire, r51.error, "virtio_mmio_backend_get_drv_features", 0x6051, 0xc6008051, 2,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0}});
    cr_expect_eq(r51.drv_feat, 0x81111111);

    const struct gunyah_virtio_mmio_backend_get_queue_info_result r52 =
        gunyah_hypercall_virtio_mmio_backend_get_queue_info(g, device, 0x91919191);
    gunyah_wire_expect(wire, r52.error, "virtio_mmio_backend_get_queue_info", 0x6052, 0xc6008052, 6,
                       (struct words){3, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0}});
    cr_expect_eq(r52.queue_num, 0x81111111);
    cr_expect_eq(r52.queue_ready, 0x82222222);
    cr_expect_eq(r52.queue_desc, 0x3333333383333333);
    cr_expect_eq(r52.queue_drv, 0x4444444484444444);
    cr_expect_eq(r52.queue_dev, 0x5555555585555555);

    const struct gunyah_virtio_mmio_backend_get_notification_result r53 =
        gunyah_hypercall_virtio_mmio_backend_get_notification(g, device);
    gunyah_wire_expect(wire, r53.error, "virtio_mmio_backend_get_notification", 0x6053, 0xc6008053, 3,
                       (struct words){2, {0xa1a1a1a1a1a1a1a1, 0}});
    cr_expect_eq(r53.vqs_bitmap, 0x1111111181111111);
    cr_expect_eq(r53.reason.bits, 0x2222222282222222);
}

void gunyah_vectors_virtio(struct wire *wire)
{
    struct gunyah *g = wire->g;
    const gunyah_capid_t device = {0xa1a1a1a1a1a1a1a1};
    const gunyah_capid_t other = {0xb2b2b2b2b2b2b2b2};
    const gunyah_virtio_option_flags_t flags = {0xd4d4d4d4d4d4d4d4};
    const enum gunyah_virtio_device_type type = (enum gunyah_virtio_device_type)0x92929292;

    interrupts(wire, device, other);
    backend_sets(wire, device);
    backend_gets(wire, device);

    // No reserved word.
    const int32_t r49 = gunyah_hypercall_virtio_mmio_configure(g, device, other, 0x91919191, flags, type);
    gunyah_wire_expect(
        wire, r49, "virtio_mmio_configure", 0x6049, 0xc6008049, 1,
        (struct words){5, {0xa1a1a1a1a1a1a1a1, 0xb2b2b2b2b2b2b2b2, 0x91919191, 0xd4d4d4d4d4d4d4d4, 0x92929292}});

    const int32_t r5e =
        gunyah_hypercall_virtio_input_configure(g, device, 0xd4d4d4d4d4d4d4d4, 0x91919191, 0x92929292, 0x93939393);
    gunyah_wire_expect(
        wire, r5e, "virtio_input_configure", 0x605e, 0xc600805e, 1,
        (struct words){6, {0xa1a1a1a1a1a1a1a1, 0xd4d4d4d4d4d4d4d4, 0x91919191, 0x92929292, 0x93939393, 0}});

    const int32_t r5f =
        gunyah_hypercall_virtio_input_set_data(g, device, 0x91919191, 0x92929292, 0x93939393, 0xd4d4d4d4d4d4d4d4);
    gunyah_wire_expect(
        wire, r5f, "virtio_input_set_data", 0x605f, 0xc600805f, 1,
        (struct words){6, {0xa1a1a1a1a1a1a1a1, 0x91919191, 0x92929292, 0x93939393, 0xd4d4d4d4d4d4d4d4, 0}});
}

Test(vectors, virtio)
{
    gunyah_wire_run(gunyah_vectors_virtio);
}
