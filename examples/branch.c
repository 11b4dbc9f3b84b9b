// SPDX-License-Identifier: BSD-3-Clause
// Many endings of one beginning: a machine is brought into a state once, and copies of it go on from there, each in its own
// way. The beginning is kept in a file, too, for another day.
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <stdio.h>
#include <stdlib.h>

#define BOB 2
#define DEPTH 2
#define MESSAGE_SIZE 64

static const gunyah_virq_t not_empty = {41};

static void must(enum gunyah_error error)
{
    if (error == GUNYAH_OK)
        return;
    fprintf(stderr, "branch: %s\n", gunyah_error_text(error));
    exit(EXIT_FAILURE);
}

// ---- the beginning -----------------------------------------------------------------------------------------------------

static struct gunyah_sim_vm *add_vm(struct gunyah_sim *sim, const char *name)
{
    struct gunyah_sim_vm_options options = GUNYAH_SIM_VM_OPTIONS_INIT;
    struct gunyah_sim_vm *vm;

    options.name = name;
    must(gunyah_sim_add_vm(sim, &options, &vm));
    return vm;
}

// Alice has filled the queue, and Bob has taken nothing yet.
static struct gunyah_sim_msgqueue begin(struct gunyah_sim *sim)
{
    struct gunyah_sim_msgqueue queue = GUNYAH_SIM_MSGQUEUE_INIT;
    struct gunyah_msgqueue_options end = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_msgqueue *handle;
    struct gunyah *g;

    queue.from = add_vm(sim, "alice");
    queue.to = add_vm(sim, "bob");
    queue.depth = DEPTH;
    queue.message_size = MESSAGE_SIZE;
    queue.receive_virq = not_empty;
    must(gunyah_sim_connect_msgqueue(sim, &queue));
    options.backend = gunyah_sim_backend(queue.from);
    must(gunyah_open(&options, &g));
    end.cap = queue.send_cap;
    end.message_size = MESSAGE_SIZE;
    must(gunyah_msgqueue_open(g, &end, &handle));
    for (char message = '1'; message <= '0' + DEPTH; message++)
        must(gunyah_msgqueue_send(handle, &message, 1, 0, NULL));
    must(gunyah_close(&g));
    return queue;
}

// ---- endings -----------------------------------------------------------------------------------------------------------

// Bob's end of the queue, on a machine that is as the first one was. Its VMs are found by their VMIDs; capability ids are
// the same.
static struct gunyah_msgqueue *open_bob(struct gunyah_sim *sim, gunyah_capid_t cap, struct gunyah **g)
{
    struct gunyah_msgqueue_options end = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct gunyah_msgqueue *handle;
    struct gunyah_sim_vm *bob;

    must(gunyah_sim_find_vm(sim, gunyah_vmid(BOB), &bob));
    options.backend = gunyah_sim_backend(bob);
    must(gunyah_open(&options, g));
    end.cap = cap;
    end.message_size = MESSAGE_SIZE;
    end.receive_virq = not_empty;
    must(gunyah_msgqueue_open(*g, &end, &handle));
    return handle;
}

static void take_all(struct gunyah_sim *sim, gunyah_capid_t cap)
{
    char buffer[MESSAGE_SIZE];
    struct gunyah *g;
    struct gunyah_msgqueue *queue = open_bob(sim, cap, &g);
    size_t size;

    while (gunyah_msgqueue_receive(queue, buffer, sizeof(buffer), &size, NULL) == GUNYAH_OK)
        printf(" %.*s", (int)size, buffer);
    puts("");
    must(gunyah_close(&g));
}

static void lose_all(struct gunyah_sim *sim, gunyah_capid_t cap)
{
    struct gunyah *g;

    must(gunyah_msgqueue_flush(open_bob(sim, cap, &g)));
    must(gunyah_close(&g));
    take_all(sim, cap);
}

static void fail_first(struct gunyah_sim *sim, gunyah_capid_t cap)
{
    struct gunyah_sim_fault fault = GUNYAH_SIM_FAULT_INIT;

    fault.call = GUNYAH_HYPERCALL_MSGQUEUE_RECEIVE;
    fault.nth = 2;
    must(gunyah_sim_add_fault(sim, &fault));
    take_all(sim, cap);
}

static void branch(struct gunyah_sim *sim, gunyah_capid_t cap)
{
    static const struct {
        const char *name;
        void (*go_on)(struct gunyah_sim *sim, gunyah_capid_t cap);
    } endings[] = {{"taken:", take_all}, {"flushed:", lose_all}, {"the second receive fails:", fail_first}};

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        struct gunyah_sim *copy;
        must(gunyah_sim_clone(sim, &copy));
        printf("%s", endings[i].name);
        endings[i].go_on(copy, cap);
        must(gunyah_sim_destroy(&copy));
    }
}

// ---- another day -------------------------------------------------------------------------------------------------------

static void keep(struct gunyah_sim *sim, FILE *file)
{
    const size_t size = gunyah_sim_save_size(sim);
    void *bytes = malloc(size);

    if (bytes == NULL)
        exit(EXIT_FAILURE);
    must(gunyah_sim_save(sim, bytes, size));
    if (fwrite(bytes, 1, size, file) != size)
        exit(EXIT_FAILURE);
    free(bytes);
}

static struct gunyah_sim *read_back(FILE *file)
{
    static unsigned char bytes[1 << 20];
    const size_t size = fread(bytes, 1, sizeof(bytes), file);
    struct gunyah_sim *sim;
    const char *why;

    if (gunyah_sim_load(bytes, size, NULL, &sim, &why) == GUNYAH_OK)
        return sim;
    fprintf(stderr, "branch: %s\n", why);
    exit(EXIT_FAILURE);
}

int main(void)
{
    FILE *file = tmpfile();
    struct gunyah_sim_msgqueue queue;
    struct gunyah_sim *sim;

    if (file == NULL)
        return EXIT_FAILURE;
    must(gunyah_sim_create(NULL, &sim));
    queue = begin(sim);
    branch(sim, queue.receive_cap);
    keep(sim, file);
    must(gunyah_sim_destroy(&sim));

    rewind(file);
    sim = read_back(file);
    printf("from the file:");
    take_all(sim, queue.receive_cap);
    must(gunyah_sim_destroy(&sim));
    fclose(file);
    return EXIT_SUCCESS;
}
