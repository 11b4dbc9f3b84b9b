// SPDX-License-Identifier: BSD-3-Clause
// Scenarios of two VMs that are joined by a message queue and a doorbell.
#include "scenario.h"

#include <string.h>

#define US UINT64_C(1000)
#define MS UINT64_C(1000000)
#define ALL_FLAGS UINT64_MAX

static void identify_side(const char *what, struct gunyah *g)
{
    struct gunyah_identity who = GUNYAH_IDENTITY_INIT;

    step(what, gunyah_identify(g, &who), GUNYAH_OK);
    number("api_version", who.api_version, 1);
    hex("variant", who.variant, GUNYAH_VARIANT_QUALCOMM);
    number("big_endian", who.big_endian, 0);
    number("is_64bit", who.is_64bit, 1);
    number("convention", who.convention, GUNYAH_CONVENTION_SMCCC);
    number("conduit", who.conduit, GUNYAH_CONDUIT_HVC);
    text("backend", who.backend);
    number("has_doorbell", gunyah_has(g, GUNYAH_FEATURE_DOORBELL), 1);
    number("has_wait", gunyah_has(g, GUNYAH_FEATURE_WAIT), 1);
    number("has_watchdog", gunyah_has(g, GUNYAH_FEATURE_WATCHDOG), 0);
}

void identify(void)
{
    struct pair pair;

    open_pair(&pair);
    identify_side("alice identifies", pair.alice.g);
    identify_side("bob identifies", pair.bob.g);
    step("bob has failed in nothing", gunyah_last_error(pair.bob.g)->error, GUNYAH_OK);
    number("calls", gunyah_call_count(pair.bob.g), 2);
    close_pair(&pair);
}

// ---- doorbells ---------------------------------------------------------------------------------------------------

static void ring(struct side *side, const char *what, uint64_t flags, uint64_t expected)
{
    uint64_t old = 0;

    step(what, gunyah_doorbell_send(side->bell, flags, &old), GUNYAH_OK);
    hex("old", old, expected);
}

static void look(struct side *side, const char *what, uint64_t clear, uint64_t expected)
{
    uint64_t old = 0;

    step(what, gunyah_doorbell_receive(side->bell, clear, &old), GUNYAH_OK);
    hex("flags", old, expected);
}

void doorbell(void)
{
    struct pair pair;

    open_pair(&pair);
    ring(&pair.alice, "alice rings 0x1", 0x1, 0);
    ring(&pair.alice, "alice rings 0x4", 0x4, 0x1);
    look(&pair.bob, "bob receives 0x1", 0x1, 0x5);
    step("bob receives nothing", gunyah_doorbell_receive(pair.bob.bell, 0, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    step("bob enables 0x4", gunyah_doorbell_mask(pair.bob.bell, 0x4, 0), GUNYAH_OK);
    look(&pair.bob, "bob receives all", ALL_FLAGS, 0x4);
    step("bob enables and acknowledges 0x2", gunyah_doorbell_mask(pair.bob.bell, 0x2, 0x2), GUNYAH_OK);
    ring(&pair.alice, "alice rings 0x2", 0x2, 0);
    look(&pair.bob, "bob finds it acknowledged", ALL_FLAGS, 0);
    step("bob resets", gunyah_doorbell_reset(pair.bob.bell), GUNYAH_OK);
    ring(&pair.alice, "alice rings the last flag", UINT64_C(1) << 63, 0);
    look(&pair.bob, "bob receives the last flag", ALL_FLAGS, UINT64_C(1) << 63);
    step("bob rings", gunyah_doorbell_send(pair.bob.bell, 1, NULL), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    step("alice receives", gunyah_doorbell_receive(pair.alice.bell, 1, NULL), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    close_pair(&pair);
}

void doorbell_wait(void)
{
    struct pair pair;
    uint64_t flags = 0;

    open_pair(&pair);
    ring(&pair.alice, "alice rings 0x3", 0x3, 0);
    step("bob waits for 0x1", gunyah_doorbell_wait(pair.bob.bell, 0x1, GUNYAH_WAIT_FOREVER, &flags), GUNYAH_OK);
    hex("flags", flags, 0x1);
    step("bob looks for 0x2", gunyah_doorbell_wait(pair.bob.bell, 0x2, 0, &flags), GUNYAH_OK);
    hex("flags", flags, 0x2);
    const uint64_t before = gunyah_sim_now(pair.sim);
    step("bob waits 5 ms", gunyah_doorbell_wait(pair.bob.bell, 0x1, 5 * MS, NULL), GUNYAH_ERR_TIMEOUT);
    number("passed", gunyah_sim_now(pair.sim) - before, 5 * MS);
    step("nobody will ring", gunyah_doorbell_wait(pair.bob.bell, 0x1, GUNYAH_WAIT_FOREVER, NULL), GUNYAH_ERR_DEADLOCK);
    step("alice waits", gunyah_doorbell_wait(pair.alice.bell, 0x1, 0, NULL), GUNYAH_ERR_NOT_BOUND);
    step("bob waits for nothing", gunyah_doorbell_wait(pair.bob.bell, 0, 0, NULL), GUNYAH_ERR_ARGUMENT_INVALID);
    const uint64_t later = gunyah_sim_now(pair.sim);
    step("a second passes", gunyah_sim_advance(pair.sim, 1000 * MS), GUNYAH_OK);
    number("passed", gunyah_sim_now(pair.sim) - later, 1000 * MS);
    close_pair(&pair);
}

// ---- message queues ----------------------------------------------------------------------------------------------

static void send(struct side *side, const char *what, const char *message, bool room)
{
    bool not_full = false;

    step(what, gunyah_msgqueue_send(side->queue, message, strlen(message), 0, &not_full), GUNYAH_OK);
    number("not_full", not_full, room);
}

static void receive(struct side *side, const char *what, const char *expected, bool more)
{
    char buffer[MESSAGE_SIZE];
    bool not_empty = false;
    size_t size = 0;

    step(what, gunyah_msgqueue_receive(side->queue, buffer, sizeof(buffer), &size, &not_empty), GUNYAH_OK);
    number("size", size, strlen(expected));
    bytes("data", buffer, size);
    number("not_empty", not_empty, more);
    if (memcmp(buffer, expected, size) != 0)
        must(GUNYAH_ERR_FAILURE, what);
}

// There is nothing.
static void find_empty(struct side *side, const char *what)
{
    char buffer[MESSAGE_SIZE];
    bool not_empty = true;
    size_t size = 0;

    step(what, gunyah_msgqueue_receive(side->queue, buffer, sizeof(buffer), &size, &not_empty), GUNYAH_ERR_EMPTY);
}

void msgqueue(void)
{
    struct pair pair;

    open_pair(&pair);
    find_empty(&pair.bob, "bob is first");
    send(&pair.alice, "alice sends 1 byte", "a", true);
    send(&pair.alice, "alice sends 5 bytes", "hello", true);
    receive(&pair.bob, "bob receives", "a", true);
    send(&pair.alice, "alice sends 16 bytes", "0123456789abcdef", true);
    receive(&pair.bob, "bob receives", "hello", true);
    receive(&pair.bob, "bob receives", "0123456789abcdef", false);
    find_empty(&pair.bob, "bob has all");
    send(&pair.alice, "alice sends 4 bytes", "gone", true);
    step("bob flushes", gunyah_msgqueue_flush(pair.bob.queue), GUNYAH_OK);
    find_empty(&pair.bob, "bob has dropped it");
    step("the size of messages", GUNYAH_OK, GUNYAH_OK);
    number("bytes", gunyah_msgqueue_message_size(pair.bob.queue), MESSAGE_SIZE);
    close_pair(&pair);
}

static void refuse_messages(struct pair *pair)
{
    static const char message[MESSAGE_SIZE + 1] = "0123456789abcdef";

    step("alice sends nothing", gunyah_msgqueue_send(pair->alice.queue, message, 0, 0, NULL), GUNYAH_ERR_MESSAGE_EMPTY);
    step("alice sends 17 bytes", gunyah_msgqueue_send(pair->alice.queue, message, 17, 0, NULL),
         GUNYAH_ERR_MESSAGE_TOO_LONG);
    step("bob sends", gunyah_msgqueue_send(pair->bob.queue, message, 1, 0, NULL), GUNYAH_ERR_INSUFFICIENT_RIGHTS);
}

void msgqueue_refused(void)
{
    struct gunyah_msgqueue_options options = GUNYAH_MSGQUEUE_OPTIONS_INIT;
    struct gunyah_msgqueue *other = NULL;
    char buffer[MESSAGE_SIZE];
    size_t size = 0;
    struct pair pair;

    open_pair(&pair);
    refuse_messages(&pair);
    send(&pair.alice, "alice sends 1 of 4", "1", true);
    send(&pair.alice, "alice sends 2 of 4", "2", true);
    send(&pair.alice, "alice sends 3 of 4", "3", true);
    send(&pair.alice, "alice sends 4 of 4", "4", false);
    step("alice sends too many", gunyah_msgqueue_send(pair.alice.queue, "5", 1, 0, NULL), GUNYAH_ERR_FULL);
    step("bob has 15 bytes", gunyah_msgqueue_receive(pair.bob.queue, buffer, MESSAGE_SIZE - 1, &size, NULL),
         GUNYAH_ERR_BUFFER_TOO_SMALL);
    step("alice receives", gunyah_msgqueue_receive(pair.alice.queue, buffer, sizeof(buffer), &size, NULL),
         GUNYAH_ERR_INSUFFICIENT_RIGHTS);
    receive(&pair.bob, "bob receives", "1", true);
    step("bob opens a queue of empty messages", gunyah_msgqueue_open(pair.bob.g, &options, &other),
         GUNYAH_ERR_ARGUMENT_SIZE);
    close_pair(&pair);
}

static void wait_for_three(struct pair *pair)
{
    struct gunyah_msgqueue *queue = pair->bob.queue;

    step("bob wants 3", gunyah_msgqueue_set_receive_threshold(queue, 3), GUNYAH_OK);
    send(&pair->alice, "alice sends 1", "1", true);
    send(&pair->alice, "alice sends 2", "2", true);
    step("bob waits 1 ms", gunyah_msgqueue_wait_not_empty(queue, MS), GUNYAH_ERR_TIMEOUT);
    send(&pair->alice, "alice sends 3", "3", true);
    step("bob waits", gunyah_msgqueue_wait_not_empty(queue, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
    receive(&pair->bob, "bob receives 1", "1", true);
    receive(&pair->bob, "bob receives 2", "2", true);
    receive(&pair->bob, "bob receives 3", "3", false);
    step("alice pushes", gunyah_msgqueue_send(pair->alice.queue, "now", 3, GUNYAH_MSGQUEUE_PUSH, NULL), GUNYAH_OK);
    step("bob looks", gunyah_msgqueue_wait_not_empty(queue, 0), GUNYAH_OK);
    receive(&pair->bob, "bob receives what was pushed", "now", false);
}

static void wait_for_room(struct pair *pair)
{
    struct gunyah_msgqueue *queue = pair->alice.queue;

    step("alice wants 1 to be left", gunyah_msgqueue_set_send_threshold(queue, 1), GUNYAH_OK);
    step("alice looks", gunyah_msgqueue_wait_not_full(queue, 0), GUNYAH_OK);
    send(&pair->alice, "alice sends 1 of 3", "1", true);
    send(&pair->alice, "alice sends 2 of 3", "2", true);
    send(&pair->alice, "alice sends 3 of 3", "3", true);
    receive(&pair->bob, "bob receives 1 of 3", "1", true);
    step("alice waits 2 ms", gunyah_msgqueue_wait_not_full(queue, 2 * MS), GUNYAH_ERR_TIMEOUT);
    receive(&pair->bob, "bob receives 2 of 3", "2", true);
    step("alice waits", gunyah_msgqueue_wait_not_full(queue, GUNYAH_WAIT_FOREVER), GUNYAH_OK);
}

void msgqueue_wait(void)
{
    struct pair pair;

    open_pair(&pair);
    wait_for_three(&pair);
    step("bob wants 0", gunyah_msgqueue_set_receive_threshold(pair.bob.queue, 0), GUNYAH_ERR_ARGUMENT_INVALID);
    step("bob wants 5", gunyah_msgqueue_set_receive_threshold(pair.bob.queue, DEPTH + 1), GUNYAH_ERR_ARGUMENT_INVALID);
    wait_for_room(&pair);
    step("alice waits for messages", gunyah_msgqueue_wait_not_empty(pair.alice.queue, 0), GUNYAH_ERR_NOT_BOUND);
    step("the machine's time", GUNYAH_OK, GUNYAH_OK);
    number("now", gunyah_sim_now(pair.sim), 3 * MS + 21 * US);
    close_pair(&pair);
}

// ---- handles -----------------------------------------------------------------------------------------------------

void closed(void)
{
    struct gunyah_doorbell_options options = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct pair pair;

    open_pair(&pair);
    step("bob closes", gunyah_doorbell_close(&pair.bob.bell), GUNYAH_OK);
    step("bob closes again", gunyah_doorbell_close(&pair.bob.bell), GUNYAH_ERR_HANDLE);
    step("bob receives", gunyah_doorbell_receive(pair.bob.bell, 1, NULL), GUNYAH_ERR_NULL);
    ring(&pair.alice, "alice rings 0x1", 0x1, 0);
    options.cap = pair.bob.bell_cap;
    step("bob opens", gunyah_doorbell_open(pair.bob.g, &options, &pair.bob.bell), GUNYAH_OK);
    look(&pair.bob, "bob receives 0x1", 0x1, 0x1);
    step("bob waits without an interrupt", gunyah_doorbell_wait(pair.bob.bell, 1, 0, NULL), GUNYAH_ERR_NOT_BOUND);
    step("bob's session is closed", gunyah_close(&pair.bob.g), GUNYAH_OK);
    step("alice's session is open", gunyah_sim_destroy(&pair.sim), GUNYAH_ERR_IN_USE);
    step("alice's session is closed", gunyah_close(&pair.alice.g), GUNYAH_OK);
    step("it is closed again", gunyah_close(&pair.alice.g), GUNYAH_ERR_HANDLE);
    step("the machine ends", gunyah_sim_destroy(&pair.sim), GUNYAH_OK);
    step("it ends again", gunyah_sim_destroy(&pair.sim), GUNYAH_ERR_HANDLE);
}

// ---- what is seen, and what is made to fail ----------------------------------------------------------------------

struct seen {
    uint64_t before;
    uint64_t after;
};

// Rings with the flag 0x80 do not go out.
static bool count_before(void *context, const struct gunyah_call_event *event)
{
    struct seen *seen = context;

    seen->before++;
    if (event->number != GUNYAH_HYPERCALL_DOORBELL_SEND || event->call->x[2] != 0x80)
        return false;
    event->answer->x[0] = GUNYAH_HVERR_DENIED;
    return true;
}

static void count_after(void *context, const struct gunyah_call_event *event)
{
    struct seen *seen = context;

    (void)event;
    seen->after++;
}

void observer(void)
{
    struct gunyah_open_options options = GUNYAH_OPEN_OPTIONS_INIT;
    struct seen seen = {0, 0};
    const struct gunyah_observer counting = {&seen, count_before, count_after};
    struct gunyah_doorbell_options bell = GUNYAH_DOORBELL_OPTIONS_INIT;
    struct pair pair;

    open_pair(&pair);
    step("alice closes", gunyah_close(&pair.alice.g), GUNYAH_OK);
    options.backend = gunyah_sim_backend(pair.alice.vm);
    options.observer = &counting;
    step("alice opens, observed", gunyah_open(&options, &pair.alice.g), GUNYAH_OK);
    number("before", seen.before, 2);
    number("after", seen.after, 2);
    bell.cap = pair.alice.bell_cap;
    step("alice opens the doorbell", gunyah_doorbell_open(pair.alice.g, &bell, &pair.alice.bell), GUNYAH_OK);
    ring(&pair.alice, "alice rings 0x1", 0x1, 0);
    step("alice rings 0x80", gunyah_doorbell_send(pair.alice.bell, 0x80, NULL), GUNYAH_ERR_DENIED);
    look(&pair.bob, "bob receives all", ALL_FLAGS, 0x1);
    step("what was seen", GUNYAH_OK, GUNYAH_OK);
    number("before", seen.before, 4);
    number("after", seen.after, 4);
    number("calls", gunyah_call_count(pair.alice.g), 3);
    number("kept", gunyah_call_counters(pair.alice.g)->answered_by_observer, 1);
    close_pair(&pair);
}
