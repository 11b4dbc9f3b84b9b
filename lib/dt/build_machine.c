// SPDX-License-Identifier: BSD-3-Clause
// The rest of a tree of ours: what the Resource Manager looks at beside the configuration, and what no VM does without.
#include "build.h"

#define MAX_VCPUS 64
#define FRAME UINT64_C(0x10000)
#define REDISTRIBUTOR UINT64_C(0x20000)
#define PPI 1
#define FIRST_PPI 16
#define LAST_PPI 31
#define LEVEL_LOW 8
#define TIMERS 4

static void write_string_node(struct writer *writer, const char *name, const char *compatible)
{
    gunyah_build_node(writer, name);
    gunyah_build_string(writer, "compatible", compatible);
}

static void write_chosen(struct writer *writer, const struct gunyah_dt_machine_options *machine,
                         const struct gunyah_dt_config_options *config)
{
    const uint64_t start = machine->initrd_start;
    const uint64_t end = machine->initrd_end;

    gunyah_build_node(writer, "chosen");
    if (machine->bootargs != NULL)
        gunyah_build_string(writer, "bootargs", machine->bootargs);
    if (start != 0 || end != 0) {
        gunyah_build_need(
            writer, start < end && start >= config->base_address && end - config->base_address <= config->memory_size,
            "linux,initrd-start", "initrd does not lie in the VM's memory");
        gunyah_build_u64(writer, "linux,initrd-start", start);
        gunyah_build_u64(writer, "linux,initrd-end", end);
    }
    gunyah_build_end(writer);
}

static void write_memory(struct writer *writer, const struct gunyah_dt_config_options *config)
{
    gunyah_build_node(writer, "memory");
    gunyah_build_string(writer, "device_type", "memory");
    gunyah_build_range(writer, "reg", config->base_address, config->memory_size);
    gunyah_build_end(writer);
}

static void write_cpu(struct writer *writer, uint32_t number, bool is_scheduled)
{
    char name[sizeof("cpu@ff")] = "";
    struct text text = {name, sizeof(name), 0};

    gunyah_text_add(&text, "cpu@");
    gunyah_text_hex(&text, number);
    gunyah_build_node(writer, name);
    gunyah_build_string(writer, "device_type", "cpu");
    gunyah_build_string(writer, "compatible", "arm,armv8");
    gunyah_build_u32(writer, "reg", number);
    gunyah_build_string(writer, "enable-method", "psci");
    // Where the hypervisor schedules, PSCI wants it on each CPU.
    if (is_scheduled)
        gunyah_build_flag(writer, "cpu-idle-states");
    gunyah_build_end(writer);
}

static void write_cpus(struct writer *writer, uint32_t count, bool is_scheduled)
{
    gunyah_build_node(writer, "cpus");
    gunyah_build_cell_counts(writer, 1, 0);
    gunyah_build_need(writer, count >= 1 && count <= MAX_VCPUS, NULL, "a VM has 1 to 64 vCPUs");
    for (uint32_t i = 0; i < count && writer->error == GUNYAH_OK; i++)
        write_cpu(writer, i, is_scheduled);
    gunyah_build_end(writer);
}

static void write_psci(struct writer *writer)
{
    write_string_node(writer, "psci", "arm,psci-0.2");
    gunyah_build_string(writer, "method", "hvc");
    gunyah_build_end(writer);
}

static void check_gic(struct writer *writer, uint64_t gicd, uint64_t gicr, uint64_t gicr_size,
                      const struct gunyah_dt_config_options *config)
{
    const uint64_t base = config->base_address;
    const uint64_t size = config->size_max > config->memory_size ? config->size_max : config->memory_size;

    gunyah_build_align(writer, gicd | gicr, FRAME, "reg");
    gunyah_build_need(writer, gicd <= UINT64_MAX - FRAME && gicr <= UINT64_MAX - gicr_size, "reg", "it wraps around");
    gunyah_build_need(writer, !gunyah_build_overlaps(gicd, FRAME, gicr, gicr_size), "reg",
                      "distributor and redistributors overlap");
    gunyah_build_need(
        writer, !gunyah_build_overlaps(gicd, FRAME, base, size) && !gunyah_build_overlaps(gicr, gicr_size, base, size),
        "reg", "the VM's memory is there");
    if (!config->has_firmware)
        return;
    const uint64_t firmware = config->firmware_size_max != 0 ? config->firmware_size_max : BUILD_FIRMWARE_SIZE;
    gunyah_build_need(writer,
                      !gunyah_build_overlaps(gicd, FRAME, config->firmware_address, firmware) &&
                          !gunyah_build_overlaps(gicr, gicr_size, config->firmware_address, firmware),
                      "reg", "the VM's firmware is there");
}

static void write_gic(struct writer *writer, const struct gunyah_dt_machine_options *machine,
                      const struct gunyah_dt_config_options *config)
{
    const uint64_t gicd = machine->gicd_address;
    const uint64_t size = REDISTRIBUTOR * machine->vcpu_count;
    const uint64_t gicr = machine->gicr_address != 0 ? machine->gicr_address : gicd - size;
    const uint32_t reg[] = {
        (uint32_t)(gicd >> 32), (uint32_t)gicd, 0, FRAME, (uint32_t)(gicr >> 32), (uint32_t)gicr,
        (uint32_t)(size >> 32), (uint32_t)size,
    };

    write_string_node(writer, "intc", "arm,gic-v3");
    check_gic(writer, gicd, gicr, size, config);
    gunyah_build_u32(writer, "#interrupt-cells", 3);
    gunyah_build_cell_counts(writer, 2, 2);
    gunyah_build_flag(writer, "interrupt-controller");
    gunyah_build_cells(writer, "reg", reg, sizeof(reg) / sizeof(reg[0]));
    gunyah_build_u32(writer, "phandle", BUILD_GIC_PHANDLE);
    gunyah_build_end(writer);
}

static void write_timer(struct writer *writer, const gunyah_virq_t *virqs, uint32_t vcpu_count)
{
    // The bindings of older GICs have the CPUs of a PPI there, eight at the most; GICv3 does not mind.
    const uint32_t cpus = vcpu_count < 8 ? (1u << vcpu_count) - 1 : 0xff;
    uint32_t cells[TIMERS][BUILD_SPECIFIER];

    write_string_node(writer, "timer", "arm,armv8-timer");
    for (uint32_t i = 0; i < TIMERS; i++) {
        gunyah_build_need(writer, virqs[i].value >= FIRST_PPI && virqs[i].value <= LAST_PPI, "interrupts",
                          "a timer's is a PPI, 16 to 31");
        for (uint32_t j = 0; j < i; j++)
            gunyah_build_need(writer, virqs[i].value != virqs[j].value, "interrupts", "two timers have the same one");
        cells[i][0] = PPI;
        cells[i][1] = virqs[i].value - FIRST_PPI;
        cells[i][2] = cpus << 8 | LEVEL_LOW;
    }
    gunyah_build_cells(writer, "interrupts", cells[0], sizeof(cells) / sizeof(cells[0][0]));
    gunyah_build_end(writer);
}

void gunyah_build_machine(struct writer *writer, const struct gunyah_dt_machine_options *machine,
                          const struct gunyah_dt_config_options *config)
{
    writer->build->path[0] = '\0';
    gunyah_build_node(writer, "");
    writer->build->open = 1;
    gunyah_build_cell_counts(writer, 2, 2);
    gunyah_build_u32(writer, "interrupt-parent", BUILD_GIC_PHANDLE);
    write_chosen(writer, machine, config);
    write_memory(writer, config);
    write_cpus(writer, machine->vcpu_count, config->affinity != GUNYAH_DT_AFFINITY_PROXY);
    write_psci(writer);
    write_gic(writer, machine, config);
    write_timer(writer, machine->timer_virq, machine->vcpu_count);
}
