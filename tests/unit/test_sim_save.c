// SPDX-License-Identifier: BSD-3-Clause
// Saves of machines: written, read, and refused.

#include "save.h"
#include "sim_state.h"

#define HEADER 48
#define CHECKSUM 40

struct saved {
    struct state state;
    unsigned char *bytes;
    size_t size;
};

static struct saved new_saved(void)
{
    struct saved saved = {.state = new_state()};

    saved.bytes = save_state(saved.state.sim, &saved.size);
    return saved;
}

static void drop(struct saved *saved)
{
    free(saved->bytes);
    gunyah_sim_destroy(&saved->state.sim);
}

// Make the checksum right, as everybody can.
static void seal(unsigned char *bytes, size_t size)
{
    uint64_t checksum;

    memset(bytes + CHECKSUM, 0, 8);
    checksum = gunyah_internal_sim_checksum(bytes, size, 0);
    for (int i = 0; i < 8; i++)
        bytes[CHECKSUM + i] = (unsigned char)(checksum >> (8 * i));
}

// No machine comes of these bytes, and this is said about them.
static void refuses(const void *bytes, size_t size, const char *sentence)
{
    struct gunyah_sim *sim = (void *)&sim;
    const char *why = NULL;

    cr_assert(eq(int, load_state(bytes, size, &sim, &why), GUNYAH_ERR_FORMAT), "wanted: %s", sentence);
    cr_assert(eq(ptr, sim, NULL));
    cr_assert(eq(str, (char *)why, (char *)sentence));
}

Test(sim_save, the_checksum_is_the_one_that_everybody_knows)
{
    // The value that catalogues of checksums have for CRC-64/XZ.
    cr_assert(eq(u64, gunyah_internal_sim_checksum("123456789", 9, 0), UINT64_C(0x995dc9bbdf1939fa)));
    cr_assert(eq(u64, gunyah_internal_sim_checksum("56789", 5, gunyah_internal_sim_checksum("1234", 4, 0)),
                 UINT64_C(0x995dc9bbdf1939fa)));
}

Test(sim_save, goes_on_as_the_original_does)
{
    static struct state_text one;
    static struct state_text other;
    struct saved s = new_saved();
    struct gunyah_sim *sim;
    const char *why;

    cr_assert(eq(int, load_state(s.bytes, s.size, &sim, &why), GUNYAH_OK), "%s", why);
    go_on(&s.state, s.state.sim, &one);
    go_on(&s.state, sim, &other);
    cr_assert(eq(sz, one.size, other.size));
    cr_assert(eq(int, memcmp(one.text, other.text, one.size), 0));
    gunyah_sim_destroy(&sim);
    drop(&s);
}

Test(sim_save, equal_machines_give_equal_bytes)
{
    struct saved one = new_saved();
    struct saved other = new_saved();
    struct gunyah_sim *sim;
    unsigned char *again;
    size_t size;

    cr_assert(eq(sz, one.size, other.size));
    cr_assert(eq(int, memcmp(one.bytes, other.bytes, one.size), 0));
    cr_assert(eq(int, load_state(one.bytes, one.size, &sim, NULL), GUNYAH_OK));
    again = save_state(sim, &size);
    cr_assert(eq(sz, size, one.size));
    cr_assert(eq(int, memcmp(again, one.bytes, size), 0));
    free(again);
    gunyah_sim_destroy(&sim);
    drop(&one);
    drop(&other);
}

// What is free, or was on a stack, says nothing about the machine, and must not be in its bytes.
Test(sim_save, what_was_before_leaves_no_traces)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim_vm *vm = new_vm(sim, 1);
    struct gunyah_sim_msgqueue queue = new_msgqueue(vm, vm, 40, 41);
    struct gunyah_sim_vm_info root = GUNYAH_SIM_VM_INFO_INIT;
    unsigned char *bytes;
    uint64_t cap;
    size_t size;

    gunyah_sim_get_vm_info(gunyah_sim_root(sim), &root);
    cr_assert(eq(u64,
                 vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_PARTITION_CREATE_MSGQUEUE, root.partition.value,
                         root.cspace.value, 0, &cap),
                 GUNYAH_HVERR_OK));
    vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_MSGQUEUE_CONFIGURE, cap, 4 | 512u << 16, 0, NULL);
    vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_OBJECT_ACTIVATE, cap, 0, 0, NULL);
    cr_assert(eq(u64, vm_send(gunyah_sim_root(sim), gunyah_capid(cap), "a secret that is gone", 21), GUNYAH_HVERR_OK));
    cr_assert(eq(int, gunyah_sim_connect_msgqueue(sim, &queue), GUNYAH_OK));
    vm_call(gunyah_sim_root(sim), GUNYAH_HYPERCALL_CSPACE_DELETE_CAP_FROM, root.cspace.value, cap, 0, NULL);
    bytes = save_state(sim, &size);
    for (size_t i = 0; i + 6 <= size; i++)
        cr_assert(ne(int, memcmp(bytes + i, "secret", 6), 0));
    free(bytes);
    gunyah_sim_destroy(&sim);
}

// ---- damage

Test(sim_save, no_save_at_all)
{
    struct saved s = new_saved();

    refuses("", 0, "this is no save of a machine");
    refuses("GSIM", 4, "this is no save of a machine");
    for (size_t i = 0; i < 8; i++) {
        s.bytes[i] ^= 0x20;
        refuses(s.bytes, s.size, "this is no save of a machine");
        s.bytes[i] ^= 0x20;
    }
    drop(&s);
}

Test(sim_save, each_field_of_the_header)
{
    static const struct {
        size_t at;
        const char *sealed; // What is said when the checksum is right.
        const char *found;  // And when it is not.
    } fields[] = {
        {8, "the save has a format that this version of the library does not know",
         "the save has a format that this version of the library does not know"},
        {12, "the header has another length than this format has",
         "the header has another length than this format has"},
        {16, "the save is cut off", "the save is cut off"},
        {24, "the save is of another version of the model", "the save is damaged: its checksum is another one"},
        {32, "the save is of a machine with another byte order, or another size of pointers",
         "the save is damaged: its checksum is another one"},
        {36, "the save is of a machine with another byte order, or another size of pointers",
         "the save is damaged: its checksum is another one"},
        {40, NULL, "the save is damaged: its checksum is another one"},
    };
    struct saved s = new_saved();

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        unsigned char *copy = malloc(s.size);
        memcpy(copy, s.bytes, s.size);
        copy[fields[i].at + 3] ^= 0x40;
        refuses(copy, s.size, fields[i].found);
        seal(copy, s.size);
        if (fields[i].sealed != NULL)
            refuses(copy, s.size, fields[i].sealed);
        free(copy);
    }
    drop(&s);
}

Test(sim_save, cut_off)
{
    struct saved s = new_saved();

    for (size_t size = 8; size < s.size; size += 64)
        refuses(s.bytes, size, "the save is cut off");
    refuses(s.bytes, s.size - 1, "the save is cut off");
    s.bytes = realloc(s.bytes, s.size + 1);
    s.bytes[s.size] = 0;
    refuses(s.bytes, s.size + 1, "there are bytes behind the end of the save");
    drop(&s);
}

Test(sim_save, every_bit_counts)
{
    struct saved s = new_saved();

    for (size_t i = HEADER; i < s.size; i += 997) {
        s.bytes[i] ^= (unsigned char)(1u << (i % 8));
        refuses(s.bytes, s.size, "the save is damaged: its checksum is another one");
        s.bytes[i] ^= (unsigned char)(1u << (i % 8));
    }
    drop(&s);
}

Test(sim_save, halves_of_two)
{
    struct saved one = new_saved();
    struct saved other = new_saved();

    gunyah_sim_advance(other.state.sim, 5);
    free(other.bytes);
    other.bytes = save_state(other.state.sim, &other.size);
    cr_assert(eq(sz, one.size, other.size));
    memcpy(other.bytes + HEADER, one.bytes + HEADER, one.size / 2 - HEADER);
    refuses(other.bytes, other.size, "the save is damaged: its checksum is another one");
    drop(&one);
    drop(&other);
}

// ---- parts

static size_t part_length(const unsigned char *part)
{
    uint64_t length = 0;

    for (int i = 7; i >= 0; i--)
        length = length << 8 | part[8 + i];
    return (16 + (size_t)length + 7) / 8 * 8;
}

static unsigned char *find_part(unsigned char *bytes, size_t size, const char *id)
{
    size_t at = HEADER;

    while (at < size && memcmp(bytes + at, id, 4) != 0)
        at += part_length(bytes + at);
    cr_assert(lt(sz, at, size));
    return bytes + at;
}

static void put_size(unsigned char *bytes, size_t size)
{
    for (int i = 0; i < 8; i++)
        bytes[16 + i] = (unsigned char)((uint64_t)size >> (8 * i));
    seal(bytes, size);
}

Test(sim_save, parts_in_their_order)
{
    static const char *const parts[] = {"mach", "modl", "vms ", "rule", "late", "conf"};
    struct saved s = new_saved();

    for (size_t i = 0; i < 6; i++) {
        const bool is_needed = i < 4;
        unsigned char *copy = malloc(s.size);
        unsigned char *part;
        struct gunyah_sim *sim;
        size_t length;

        memcpy(copy, s.bytes, s.size);
        part = find_part(copy, s.size, parts[i]);
        length = part_length(part);
        memmove(part, part + length, s.size - (size_t)(part - copy) - length);
        put_size(copy, s.size - length);
        if (is_needed) {
            refuses(copy, s.size - length, "a part is missing, or not in its place");
        } else {
            cr_assert(eq(int, load_state(copy, s.size - length, &sim, NULL), GUNYAH_OK));
            gunyah_sim_destroy(&sim);
        }
        free(copy);
    }
    drop(&s);
}

Test(sim_save, parts_of_a_later_version)
{
    struct saved s = new_saved();
    unsigned char *part = find_part(s.bytes, s.size, "rule");

    part[4]++;
    seal(s.bytes, s.size);
    refuses(s.bytes, s.size, "a part has a version that this version of the library does not know");
    part[4]--;
    memcpy(find_part(s.bytes, s.size, "conf"), "newp", 4);
    seal(s.bytes, s.size);
    refuses(s.bytes, s.size, "there is a part that this version of the library does not know");
    drop(&s);
}

Test(sim_save, lengths_of_parts)
{
    struct saved s = new_saved();
    unsigned char *part = find_part(s.bytes, s.size, "vms ");

    part[8]++;
    seal(s.bytes, s.size);
    refuses(s.bytes, s.size, "a part is cut off, too long, or says what none can say");
    part[8] -= 2;
    seal(s.bytes, s.size);
    refuses(s.bytes, s.size, "a part is cut off, too long, or says what none can say");
    part[8]++;
    part[15] = 0x80;
    seal(s.bytes, s.size);
    refuses(s.bytes, s.size, "a part is longer than the save");
    drop(&s);
}

// Each byte of the small parts, whatever it becomes, gives a machine or an error, and never anything else.
Test(sim_save, every_byte_of_the_small_parts)
{
    static const char *const ids[] = {"mach", "vms ", "rule", "late", "conf"};
    struct saved s = new_saved();

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        unsigned char *part = find_part(s.bytes, s.size, ids[i]);
        for (size_t at = 0; at < part_length(part) && at < 400; at++) {
            struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;
            struct gunyah_sim *sim;
            enum gunyah_error error;

            options.memory = 1 << 20;
            options.regions = state_memory;
            options.region_count = STATE_REGIONS;
            part[at] ^= 0x81;
            seal(s.bytes, s.size);
            error = gunyah_sim_load(s.bytes, s.size, &options, &sim, NULL);
            part[at] ^= 0x81;
            cr_assert(error == GUNYAH_OK || error == GUNYAH_ERR_FORMAT);
            if (error == GUNYAH_OK)
                gunyah_sim_destroy(&sim);
        }
    }
    drop(&s);
}

// ---- what is around it

Test(sim_save, memory_that_is_not_there)
{
    struct saved s = new_saved();
    struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;
    struct gunyah_sim *sim;
    const char *why;

    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, NULL, &sim, &why), GUNYAH_ERR_ADDR_INVALID));
    cr_assert(eq(str, (char *)why, "the state needs memory of VMs that options.regions does not name"));
    options.regions = state_memory;
    options.region_count = 1;
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, &options, &sim, NULL), GUNYAH_ERR_ADDR_INVALID));
    cr_assert(eq(ptr, sim, NULL));
    drop(&s);
}

Test(sim_save, little_memory)
{
    struct saved s = new_saved();
    struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;
    struct gunyah_sim *sim;
    const char *why;

    options.regions = state_memory;
    options.region_count = STATE_REGIONS;
    options.memory = 1000;
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, &options, &sim, &why), GUNYAH_ERR_NO_MEMORY));
    cr_assert(eq(str, (char *)why, "options.memory is less than the state needs"));
    options.memory = s.size;
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, &options, &sim, NULL), GUNYAH_OK));
    gunyah_sim_destroy(&sim);
    drop(&s);
}

Test(sim_save, an_allocator_that_fails)
{
    struct saved s = new_saved();
    struct state_memory_count count = {0};
    const struct gunyah_allocator allocator = {&count, state_allocate, state_release};
    struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;
    struct gunyah_sim *sim;
    const char *why;
    size_t needed;

    options.allocator = &allocator;
    options.regions = state_memory;
    options.region_count = STATE_REGIONS;
    for (needed = 0; needed < 100; needed++) {
        enum gunyah_error error;
        count.left = needed;
        error = gunyah_sim_load(s.bytes, s.size, &options, &sim, &why);
        if (error == GUNYAH_OK)
            break;
        cr_assert(eq(int, error, GUNYAH_ERR_OUT_OF_MEMORY));
        cr_assert(ne(ptr, strstr(why, "memory"), NULL));
        cr_assert(eq(sz, count.held, 0));
    }
    // The machine, its state, four VMs, two faults and a hazard, a configuration, room for the check; and device trees.
    cr_assert(ge(sz, needed, 11));
    cr_assert(le(sz, needed, 12));
    gunyah_sim_destroy(&sim);
    cr_assert(eq(sz, count.held, 0));
    drop(&s);
}

Test(sim_save, wrong_arguments)
{
    struct saved s = new_saved();
    struct gunyah_sim_load_options options = GUNYAH_SIM_LOAD_OPTIONS_INIT;
    struct gunyah_allocator allocator = {NULL, state_allocate, NULL};
    struct gunyah_sim *sim = s.state.sim;
    const char *why;

    cr_assert(eq(sz, gunyah_sim_save_size(NULL), 0));
    cr_assert(eq(int, gunyah_sim_save(NULL, s.bytes, s.size), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_save(s.state.sim, NULL, s.size), GUNYAH_ERR_NULL));
    cr_assert(eq(int, gunyah_sim_save(s.state.sim, s.bytes, s.size - 1), GUNYAH_ERR_ARGUMENT_SIZE));
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, NULL, NULL, &why), GUNYAH_ERR_NULL));
    cr_assert(eq(str, (char *)why, "a pointer is null that must not be"));
    cr_assert(eq(int, gunyah_sim_load(NULL, s.size, NULL, &sim, NULL), GUNYAH_ERR_NULL));
    cr_assert(eq(ptr, sim, NULL));
    options.size--;
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, &options, &sim, &why), GUNYAH_ERR_OPTION));
    options.size++;
    options.region_count = 1;
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, &options, &sim, &why), GUNYAH_ERR_NULL));
    options.region_count = 0;
    options.allocator = &allocator;
    cr_assert(eq(int, gunyah_sim_load(s.bytes, s.size, &options, &sim, &why), GUNYAH_ERR_NULL));
    drop(&s);
}

Test(sim_save, of_a_crash)
{
    struct gunyah_sim *sim = new_sim(1);
    struct gunyah_sim *again;
    unsigned char *bytes;
    size_t size;

    vm_crash(new_vm(sim, CRASHING_VMID));
    bytes = save_state(sim, &size);
    cr_assert(eq(int, gunyah_sim_load(bytes, size, NULL, &again, NULL), GUNYAH_OK));
    cr_assert(eq(int, vm_wait_one(state_vm(again, CRASHING_VMID), 41, 0), GUNYAH_ERR_CRASHED));
    free(bytes);
    gunyah_sim_destroy(&sim);
    gunyah_sim_destroy(&again);
}

// ---- compatibility

// Whoever changes what the bytes mean changes SNAPSHOT_VERSION of the model, or the version of the part, and then this. The
// machine is the same with each compiler and each processor of the kind: little endian, 64 bits.
Test(sim_save, the_format_has_not_changed)
{
    struct saved s = new_saved();
    uint64_t checksum = 0;

    for (int i = 7; i >= 0; i--)
        checksum = checksum << 8 | s.bytes[CHECKSUM + i];
    cr_assert(eq(u64, checksum, UINT64_C(0xfacd3ce48fbce204)));
    drop(&s);
}
