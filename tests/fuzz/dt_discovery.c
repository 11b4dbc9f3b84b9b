// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as a device tree: whatever opens can be asked anything, and the answers stay in the tree. Its last eight bytes choose
// what is asked; its memory is as long as it is, so that nobody reads behind it.
#include <gunyah/dt.h>

#include <stdlib.h>
#include <string.h>

static void need(bool condition)
{
    if (!condition)
        abort();
}

// A text is nowhere but in the tree, and ends there.
static void check_text(const struct gunyah_dt *dt, const char *text)
{
    const char *blob = dt->blob;

    if (text != NULL)
        need(text >= blob && text < blob + dt->size && memchr(text, 0, dt->size - (size_t)(text - blob)) != NULL);
}

static void check_memory(struct gunyah_dt *dt, const struct gunyah_dt_device *device, uint32_t count)
{
    struct gunyah_dt_region region;

    need(gunyah_dt_get_region(dt, device, count, &region) == GUNYAH_ERR_NOT_FOUND);
    if (count > 0)
        need(gunyah_dt_get_region(dt, device, count - 1, &region) == GUNYAH_OK);
}

static void check_device(struct gunyah_dt *dt, const struct gunyah_dt_device *device)
{
    check_text(dt, device->peer_name);
    if (device->kind == GUNYAH_DT_SHARED_MEMORY)
        check_memory(dt, device, device->memory.region_count);
    if (device->kind == GUNYAH_DT_VIRTIO_MMIO)
        check_memory(dt, device, device->virtio_mmio.memory.region_count);
}

static void ask_devices(struct gunyah_dt *dt, uint32_t label)
{
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    enum gunyah_error error;
    int32_t before = -1;

    while ((error = gunyah_dt_next_device(dt, GUNYAH_DT_ANY, &device)) != GUNYAH_ERR_NOT_FOUND) {
        need(device.node > before);
        before = device.node;
        check_text(dt, device.name);
        if (error == GUNYAH_OK)
            check_device(dt, &device);
        else
            need(gunyah_dt_last_problem(dt)->text != NULL);
    }
    device.node = (int32_t)label;
    gunyah_dt_next_device(dt, GUNYAH_DT_ANY, &device);
    for (int kind = 0; kind <= GUNYAH_DT_WATCHDOG; kind++) {
        if (gunyah_dt_find_label(dt, (enum gunyah_dt_kind)kind, label, &device) == GUNYAH_OK)
            need(device.has_label && device.label == label);
    }
}

static void ask(struct gunyah_dt *dt, const uint8_t *choice)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    struct gunyah_rm_options options = GUNYAH_RM_OPTIONS_INIT;
    enum gunyah_conduit conduit;
    char path[9] = "/";
    uint32_t label;

    memcpy(&label, choice, sizeof(label));
    memcpy(path + 1, choice + 1, 7);
    if (gunyah_dt_get_vm_info(dt, &info) == GUNYAH_OK) {
        check_text(dt, info.image_name);
        check_text(dt, info.peers);
        need((info.peers == NULL) == (info.peer_count == 0));
    }
    gunyah_dt_psci_conduit(dt, &conduit);
    gunyah_dt_rm_options(dt, &options);
    gunyah_dt_find_path(dt, path, &device);
    ask_devices(dt, label);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gunyah_dt dt;

    if (size < 8)
        return 0;
    unsigned char *memory = malloc(size);
    need(memory != NULL);
    memcpy(memory, data, size);
    if (gunyah_dt_open(memory, size, &dt) == GUNYAH_OK)
        ask(&dt, data + size - 8);
    else
        need(gunyah_dt_last_problem(&dt)->text != NULL);
    free(memory);
    return 0;
}
