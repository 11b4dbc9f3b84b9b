// SPDX-License-Identifier: BSD-3-Clause
// The file of a past: a header, the names as text, and the machine as gunyah_sim_save() writes it. Nothing in it is believed.
#include "scenario_past.h"

#include <gunyah/sim_rm.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// All numbers are little-endian.
enum {
    AT_MAGIC = 0,
    AT_VERSION = 8,
    AT_HEADER_SIZE = 12,
    AT_SIZE = 16,
    AT_NAMES_SIZE = 24,
    AT_CHECKSUM = 32,
    HEADER_SIZE = 40,
};

#define MAGIC_SIZE 8
#define VERSION 1

// In a machine, whose first part this is: docs/simulator.md.
enum { AT_MACHINE_THREADS = 80, AT_MACHINE_HAS_STOPPED = 84, MACHINE_LEAST = 88 };

// CRC-64/XZ.
#define POLYNOMIAL UINT64_C(0xc96c5795d7870f42)

static const uint8_t magic[MAGIC_SIZE] = {0x89, 'G', 'S', 'C', 'N', '\r', '\n', 0x1a};
static const uint8_t magic_of_machines[MAGIC_SIZE] = {0x89, 'G', 'S', 'I', 'M', '\r', '\n', 0x1a};

static uint64_t get(const uint8_t *bytes, size_t size)
{
    uint64_t value = 0;

    for (size_t i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << 8 * i;
    return value;
}

static void put(uint8_t *bytes, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t add_to_checksum(uint64_t crc, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
    }
    return crc;
}

// Of all bytes, with zeros in its own place.
static uint64_t checksum(const uint8_t *bytes, size_t size)
{
    static const uint8_t zeros[8];
    uint64_t crc = add_to_checksum(UINT64_MAX, bytes, AT_CHECKSUM);

    crc = add_to_checksum(crc, zeros, sizeof(zeros));
    return ~add_to_checksum(crc, bytes + HEADER_SIZE, size - HEADER_SIZE);
}

// ---- reading -----------------------------------------------------------------------------------------------------

static bool check_header(const uint8_t *bytes, size_t size, char *why, size_t why_size)
{
    const char *wrong = NULL;

    if (size >= MAGIC_SIZE && memcmp(bytes, magic_of_machines, MAGIC_SIZE) == 0)
        wrong = "this is a machine of gunyah_sim_save(), without the names of a scenario";
    else if (size < MAGIC_SIZE || memcmp(bytes, magic, MAGIC_SIZE) != 0)
        wrong = "this is no file of \"gunyah sim run --save\"";
    else if (size < HEADER_SIZE)
        wrong = "the file is cut off";
    if (wrong == NULL && get(bytes + AT_VERSION, 4) != VERSION) {
        snprintf(why, why_size, "the file has version %" PRIu64 ": this command knows version %d",
                 get(bytes + AT_VERSION, 4), VERSION);
        return false;
    }
    if (wrong == NULL && get(bytes + AT_SIZE, 8) > size)
        wrong = "the file is cut off";
    else if (wrong == NULL && get(bytes + AT_SIZE, 8) < size)
        wrong = "there are bytes behind the end of the file";
    else if (wrong == NULL && checksum(bytes, size) != get(bytes + AT_CHECKSUM, 8))
        wrong = "the file is damaged: its checksum is another one";
    else if (wrong == NULL &&
             (get(bytes + AT_HEADER_SIZE, 4) != HEADER_SIZE || get(bytes + AT_NAMES_SIZE, 8) > size - HEADER_SIZE ||
              get(bytes + AT_NAMES_SIZE, 8) > SCENARIO_FILE_LIMIT))
        wrong = "the file's header says what none can say";
    if (wrong != NULL)
        snprintf(why, why_size, "%s", wrong);
    return wrong == NULL;
}

// A scenario is one thread, and would wait for others for ever.
const char *scenario_past_check_machine(const uint8_t *machine, size_t size)
{
    if (size < MACHINE_LEAST)
        return "the machine is cut off";
    if (get(machine + AT_MACHINE_HAS_STOPPED, 4) != 0)
        return "the hypervisor has crashed, and nothing goes on from there";
    return get(machine + AT_MACHINE_THREADS, 4) != 1 ? "several threads drive the machine" : NULL;
}

// Names are of VMs that there are, and channels of those that have one.
static bool check_vms(const struct scenario_past *past, char *why, size_t why_size)
{
    for (int i = 0; i < past->names.vm_count; i++) {
        struct gunyah_sim_rm_queue queue = GUNYAH_SIM_RM_QUEUE_INIT;
        struct gunyah_sim_vm_info info = GUNYAH_SIM_VM_INFO_INIT;
        const struct scenario_vm *named = &past->names.vms[i];
        struct gunyah_sim_vm *vm;

        if (gunyah_sim_find_vm(past->sim, gunyah_vmid(past->vmids[i]), &vm) != GUNYAH_OK ||
            gunyah_sim_get_vm_info(vm, &info) != GUNYAH_OK || strcmp(info.name, named->name) != 0) {
            snprintf(why, why_size, "the machine has no VM \"%s\" with VMID %u", named->name, (unsigned)past->vmids[i]);
            return false;
        }
        if (named->has_channel && gunyah_sim_get_rm_queue(vm, &queue) != GUNYAH_OK) {
            snprintf(why, why_size, "%s: %s", named->name, gunyah_sim_last_error(past->sim));
            return false;
        }
    }
    return true;
}

static bool load_machine(struct scenario_past *past, const uint8_t *bytes, size_t size, char *why, size_t why_size)
{
    const char *wrong = NULL;

    if (gunyah_sim_load(bytes, size, NULL, &past->sim, &wrong) == GUNYAH_OK)
        wrong = scenario_past_check_machine(bytes, size);
    if (wrong != NULL)
        snprintf(why, why_size, "%s", wrong);
    return wrong == NULL && check_vms(past, why, why_size);
}

static bool read_past(struct scenario_past *past, const uint8_t *bytes, size_t size, char *why, size_t why_size)
{
    const size_t names = (size_t)get(bytes + AT_NAMES_SIZE, 8);
    char *text = malloc(names + 1);
    bool is_read;

    snprintf(why, why_size, "out of memory");
    if (text == NULL)
        return false;
    memcpy(text, bytes + HEADER_SIZE, names);
    is_read = scenario_past_read_names(past, text, names, why, why_size);
    free(text);
    return is_read && load_machine(past, bytes + HEADER_SIZE + names, size - HEADER_SIZE - names, why, why_size);
}

struct scenario_past *scenario_past_read(const void *bytes, size_t size, char *why, size_t why_size)
{
    struct scenario_past *past;

    if (!check_header(bytes, size, why, why_size))
        return NULL;
    past = calloc(1, sizeof(*past));
    snprintf(why, why_size, "out of memory");
    if (past == NULL || read_past(past, bytes, size, why, why_size))
        return past;
    scenario_past_free(past);
    return NULL;
}

bool scenario_past_add_unheard(struct scenario_past *past, int vm, uint32_t id, const void *payload, size_t size)
{
    struct scenario_unheard **end = past->unheard != NULL ? &past->last->next : &past->unheard;
    struct scenario_unheard *unheard = malloc(sizeof(*unheard) + size);

    if (unheard == NULL)
        return false;
    *unheard = (struct scenario_unheard){.vm = vm, .id = id, .payload = (uint8_t *)(unheard + 1), .size = size};
    if (size != 0)
        memcpy(unheard->payload, payload, size);
    *end = past->last = unheard;
    return true;
}

void scenario_past_free(struct scenario_past *past)
{
    if (past == NULL)
        return;
    while (past->unheard != NULL) {
        struct scenario_unheard *unheard = past->unheard;
        past->unheard = unheard->next;
        free(unheard);
    }
    if (past->sim != NULL)
        gunyah_sim_destroy(&past->sim);
    free(past);
}

// ---- writing -----------------------------------------------------------------------------------------------------

static void write_vm(const struct scenario_past *past, int vm, FILE *file)
{
    const struct scenario_vm *info = &past->names.vms[vm];

    fprintf(file, "vm %s %u%s%s\n", info->name, (unsigned)past->vmids[vm], info->immediate ? " immediate" : "",
            info->has_ended ? " ended" : "");
    if (!info->has_channel)
        return;
    fprintf(file, "channel %s %u\n", info->name, (unsigned)past->sequences[vm]);
    for (unsigned vmid = 0; vmid < SCENARIO_VMIDS; vmid++) {
        if (past->knowledge[vm][vmid] != SCENARIO_KNOWS_NOTHING)
            fprintf(file, "knows %s %u %s\n", info->name, vmid,
                    past->knowledge[vm][vmid] == SCENARIO_KNOWS_IT_EXISTS ? "exists" : "configured");
    }
}

static void write_unheard(const struct scenario_past *past, const struct scenario_unheard *unheard, FILE *file)
{
    fprintf(file, "unheard %s 0x%" PRIx32 " hex:", past->names.vms[unheard->vm].name, unheard->id);
    for (size_t i = 0; i < unheard->size; i++)
        fprintf(file, "%02x", unheard->payload[i]);
    fputc('\n', file);
}

static void write_object(const struct scenario_past *past, int index, FILE *file)
{
    const struct scenario_object *object = &past->names.objects[index];

    fprintf(file, "%s %s %s %s %" PRIu32 " %" PRIu32 " 0x%" PRIx64 " 0x%" PRIx64 "\n",
            object->kind == SCENARIO_A_QUEUE ? "queue" : "doorbell", object->name, past->names.vms[object->from].name,
            object->to != SCENARIO_NOBODY ? past->names.vms[object->to].name : "-", object->send_virq,
            object->receive_virq, past->from_cap[index], past->to_cap[index]);
}

static void write_names(const struct scenario_past *past, FILE *file)
{
    if (past->names.has_rm)
        fputs("rm\n", file);
    for (int i = 0; i < past->names.vm_count; i++)
        write_vm(past, i, file);
    for (int i = 0; i < past->names.object_count; i++)
        write_object(past, i, file);
    for (const struct scenario_unheard *unheard = past->unheard; unheard != NULL; unheard = unheard->next)
        write_unheard(past, unheard, file);
}

void *scenario_past_write(const struct scenario_past *past, const void *machine, size_t machine_size, size_t *size)
{
    static const uint8_t no_header[HEADER_SIZE];
    char *bytes = NULL;
    FILE *file = open_memstream(&bytes, size);
    size_t names_end;
    bool is_whole;

    if (file == NULL)
        return NULL;
    fwrite(no_header, 1, sizeof(no_header), file);
    write_names(past, file);
    names_end = (size_t)ftell(file);
    fwrite(machine, 1, machine_size, file);
    is_whole = ferror(file) == 0;
    if (fclose(file) != 0 || !is_whole) {
        free(bytes);
        return NULL;
    }
    memcpy(bytes, magic, MAGIC_SIZE);
    put((uint8_t *)bytes + AT_VERSION, VERSION, 4);
    put((uint8_t *)bytes + AT_HEADER_SIZE, HEADER_SIZE, 4);
    put((uint8_t *)bytes + AT_SIZE, *size, 8);
    put((uint8_t *)bytes + AT_NAMES_SIZE, names_end - HEADER_SIZE, 8);
    put((uint8_t *)bytes + AT_CHECKSUM, checksum((const uint8_t *)bytes, *size), 8);
    return bytes;
}
