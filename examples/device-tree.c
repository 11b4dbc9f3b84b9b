// SPDX-License-Identifier: BSD-3-Clause
// What a VM finds in its device tree: device-tree FILE.dtb, such as /sys/firmware/fdt.
#include <gunyah/dt.h>
#include <stdio.h>

static const char *const kinds[] = {"",       "Resource Manager", "queue",         "pair of queues", "doorbell",
                                    "source", "shared memory",    "virtio device", "watchdog"};

static int complain(const struct gunyah_dt *dt)
{
    const struct gunyah_dt_problem *problem = gunyah_dt_last_problem(dt);

    printf("%s %s: %s\n", problem->path, problem->property != NULL ? problem->property : "", problem->text);
    return 1;
}

static void print_memory(struct gunyah_dt *dt, const struct gunyah_dt_device *device)
{
    struct gunyah_dt_region region;

    for (uint32_t i = 0; gunyah_dt_get_region(dt, device, i, &region) == GUNYAH_OK; i++)
        printf(", 0x%llx bytes at 0x%llx", (unsigned long long)region.size, (unsigned long long)region.address);
    if (device->memory.has_memparcel)
        printf(", parcel %u", device->memory.memparcel);
}

static void print_device(struct gunyah_dt *dt, const struct gunyah_dt_device *device)
{
    printf("%s: %s", device->name, kinds[device->kind]);
    if (device->has_label)
        printf(" 0x%x", device->label);
    if (device->kind == GUNYAH_DT_DOORBELL)
        printf(", vIRQ %u, %s", device->doorbell.interrupt.virq.value,
               device->doorbell.interrupt.level ? "level" : "edge");
    if (device->kind == GUNYAH_DT_SHARED_MEMORY)
        print_memory(dt, device);
    puts("");
}

static int print_tree(struct gunyah_dt *dt)
{
    struct gunyah_dt_vm_info info = GUNYAH_DT_VM_INFO_INIT;
    struct gunyah_dt_device device = GUNYAH_DT_DEVICE_INIT;
    enum gunyah_conduit conduit = GUNYAH_CONDUIT_DEFAULT;

    if (gunyah_dt_get_vm_info(dt, &info) != GUNYAH_OK || gunyah_dt_psci_conduit(dt, &conduit) != GUNYAH_OK)
        return complain(dt);
    printf("VM %u, \"%s\", made by VM %u; calls by %s\n", info.vmid.value,
           info.image_name != NULL ? info.image_name : "", info.owner.value,
           conduit == GUNYAH_CONDUIT_SMC ? "smc" : "hvc");

    enum gunyah_error error;
    while ((error = gunyah_dt_next_device(dt, GUNYAH_DT_ANY, &device)) != GUNYAH_ERR_NOT_FOUND) {
        if (error != GUNYAH_OK)
            complain(dt);
        else
            print_device(dt, &device);
    }
    return 0;
}

int main(int count, char **arguments)
{
    static _Alignas(8) unsigned char bytes[1024 * 1024];
    struct gunyah_dt dt;
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;

    if (file == NULL)
        return puts("usage: device-tree FILE.dtb"), 2;
    const size_t size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    if (gunyah_dt_open(bytes, size, &dt) != GUNYAH_OK)
        return complain(&dt);
    return print_tree(&dt);
}
