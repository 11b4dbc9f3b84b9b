// SPDX-License-Identifier: BSD-3-Clause
// /gunyah-vm-config: what the Resource Manager is told of the VM as such.
#include "build.h"

#define NAME_MOST 79
#define HUGE_PAGE UINT64_C(0x200000)
#define ADDRESS_BITS 52
#define LEAST_PRIORITY (-63)
#define LEAST_TIMESLICE 100
#define MOST_TIMESLICE 100000
#define GUID_LENGTH 36

static bool is_hexadecimal(char digit)
{
    return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') || (digit >= 'A' && digit <= 'F');
}

static bool is_guid(const char *guid)
{
    for (int i = 0; i < GUID_LENGTH; i++) {
        const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_hyphen ? guid[i] != '-' : !is_hexadecimal(guid[i]))
            return false;
    }
    return guid[GUID_LENGTH] == '\0';
}

static void write_text(struct writer *writer, const char *property, const char *text)
{
    if (text == NULL)
        return;
    if (gunyah_build_is_text(text, NAME_MOST))
        gunyah_build_string(writer, property, text);
    else
        gunyah_build_need(writer, false, property,
                          "it is empty, has more than 79 characters, or is not printable ASCII");
}

static void write_identity(struct writer *writer, const struct gunyah_dt_config_options *config)
{
    gunyah_build_need(writer, config->image_name != NULL, "image-name", "it is missing");
    write_text(writer, "image-name", config->image_name);
    write_text(writer, "os-type", config->os_type);
    write_text(writer, "vm-uri", config->uri);
    if (config->guid == NULL)
        return;
    if (is_guid(config->guid))
        gunyah_build_string(writer, "vm-guid", config->guid);
    else
        gunyah_build_need(writer, false, "vm-guid", "it is not hexadecimal, 8-4-4-4-12");
}

// ---- Memory ------------------------------------------------------------------------------------------------------

static bool fits(uint64_t address, uint64_t size)
{
    return address >> ADDRESS_BITS == 0 && size <= (UINT64_C(1) << ADDRESS_BITS) - address;
}

static void write_firmware(struct writer *writer, const struct gunyah_dt_config_options *config, uint64_t memory)
{
    const uint64_t address = config->firmware_address;
    const uint64_t size = config->firmware_size_max != 0 ? config->firmware_size_max : BUILD_FIRMWARE_SIZE;

    gunyah_build_align(writer, address, BUILD_PAGE, "firmware-address");
    gunyah_build_align(writer, size, BUILD_PAGE, "firmware-size-max");
    gunyah_build_need(writer, fits(address, size), "firmware-address", "it does not end below 2^52");
    // It may lie in the VM's own image, at its beginning.
    gunyah_build_need(
        writer, address == config->base_address || !gunyah_build_overlaps(address, size, config->base_address, memory),
        "firmware-address", "firmware and memory overlap");
    gunyah_build_u64(writer, "firmware-address", address);
    if (config->firmware_size_max != 0)
        gunyah_build_u64(writer, "firmware-size-max", size);
}

static void write_memory(struct writer *writer, const struct gunyah_dt_config_options *config)
{
    const uint64_t size_max = config->size_max != 0 ? config->size_max : config->memory_size;

    gunyah_build_node(writer, "memory");
    gunyah_build_align(writer, config->base_address, HUGE_PAGE, "base-address");
    gunyah_build_align(writer, config->memory_size | size_max, BUILD_PAGE, "size-max");
    gunyah_build_need(writer, config->memory_size != 0, "size-max", "the VM has no memory");
    gunyah_build_need(writer, size_max >= config->memory_size, "size-max", "it is less than the VM's memory");
    gunyah_build_need(writer, fits(config->base_address, size_max), "size-max", "memory does not end below 2^52");
    gunyah_build_u64(writer, "base-address", config->base_address);
    gunyah_build_u64(writer, "size-max", size_max);
    if (config->has_firmware)
        write_firmware(writer, config, size_max);
    gunyah_build_end(writer);
}

// ---- vCPUs and interrupts ----------------------------------------------------------------------------------------

// How those are scheduled that the VMM does not run.
static void write_schedule(struct writer *writer, const struct gunyah_dt_config_options *config, uint32_t cpu_count)
{
    gunyah_build_need(writer, config->priority >= LEAST_PRIORITY && config->priority < 0, "sched-priority",
                      "it is not -63 to -1");
    gunyah_build_need(writer, config->timeslice >= LEAST_TIMESLICE && config->timeslice <= MOST_TIMESLICE,
                      "sched-timeslice", "it is not 100 to 100000 us");
    gunyah_build_need(writer, config->affinity_count == cpu_count && config->affinity_map != NULL, "affinity-map",
                      "it must have a CPU for each vCPU");
    if (writer->error == GUNYAH_OK)
        gunyah_build_cells(writer, "affinity-map", config->affinity_map, config->affinity_count);
    gunyah_build_u32(writer, "sched-priority", (uint32_t)config->priority);
    gunyah_build_u32(writer, "sched-timeslice", config->timeslice);
}

static void write_vcpus(struct writer *writer, const struct gunyah_dt_config_options *config, uint32_t cpu_count)
{
    static const char *const names[] = {"proxy", "static", "sticky", "pinned"};
    const uint32_t affinity = (uint32_t)config->affinity;

    gunyah_build_node(writer, "vcpus");
    if (affinity < sizeof(names) / sizeof(names[0]))
        gunyah_build_string(writer, "affinity", names[affinity]);
    else
        gunyah_build_need(writer, false, "affinity", "there is no such one");
    if (config->affinity == GUNYAH_DT_AFFINITY_PROXY)
        gunyah_build_need(writer, config->affinity_count == 0, "affinity-map", "the VMM says where they run");
    else
        write_schedule(writer, config, cpu_count);
    gunyah_build_end(writer);
}

static void write_interrupts(struct writer *writer, int gic)
{
    char path[GUNYAH_DT_MAX_NAME] = "/intc";

    gunyah_build_node(writer, "interrupts");
    gunyah_build_need(writer, gic < 0 || fdt_get_path(writer->build->original.blob, gic, path, sizeof(path)) == 0,
                      "config", "the path of the GIC is too long");
    gunyah_build_string(writer, "config", path);
    gunyah_build_end(writer);
}

void gunyah_build_vdevices(struct writer *writer)
{
    struct gunyah_dt_build *const build = writer->build;

    build->vdevices = writer->is_full ? 0 : (int32_t)fdt_size_dt_struct(build->blob);
    gunyah_build_node(writer, "vdevices");
    build->open++;
}

void gunyah_build_config(struct writer *writer, const struct gunyah_dt_config_options *config, uint32_t cpu_count,
                         int gic)
{
    struct gunyah_dt_build *const build = writer->build;

    build->config = writer->is_full ? 0 : (int32_t)fdt_size_dt_struct(build->blob);
    gunyah_build_node(writer, BUILD_CONFIG);
    // What is below has its addresses and sizes in these cells.
    gunyah_build_cell_counts(writer, 2, 2);
    write_identity(writer, config);
    write_memory(writer, config);
    write_vcpus(writer, config, cpu_count);
    write_interrupts(writer, gic);
    build->open++;
    gunyah_build_vdevices(writer);
}
