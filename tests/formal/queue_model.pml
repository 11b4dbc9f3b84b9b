// SPDX-License-Identifier: BSD-3-Clause
// A sender and a receiver who share a queue, each at its own pace. Sizes of messages are their numbers.
#define MAX_DEPTH 3
#define NUMBERS 5
#include "variant.pml"
#include "msgqueue.pml"

byte to_send = 1;
byte to_receive = 1;
// A message was pushed that was not received yet.
bool pushed;
// The receiver sets its threshold between draining and waiting. Then nobody may push: a threshold that is not reached
// takes the interrupt back.
bool sets_late;
bool pushes;

inline check()
{
    assert(COUNT <= queue.depth);
    assert((to_receive - 1 + COUNT) % NUMBERS == to_send - 1)
}

inline send(push)
{
    atomic {
        d_step {
            queue_send(to_send, push);
            if
            :: error == 0 ->
                to_send = to_send % NUMBERS + 1;
                pushed = pushed || push;
                assert(ready == (COUNT < queue.depth))
            :: else -> assert(COUNT == queue.depth)
            fi;
            check()
        }
        is_full = error == ERROR_FULL
    }
}

inline receive()
{
    atomic {
        d_step {
            queue_receive(NUMBERS);
            if
            :: error == 0 ->
                assert(received == to_receive);
                to_receive = to_receive % NUMBERS + 1
            :: else -> assert(COUNT == 0)
            fi;
            assert(ready == (COUNT > 0));
            pushed = pushed && ready;
            check()
        }
        is_empty = error == ERROR_EMPTY
    }
}

inline flush()
{
    d_step {
        queue_flush();
        to_receive = to_send;
        pushed = false;
        check()
    }
}

inline choose_receive_threshold()
{
    if
    :: d_step { queue_configure_receive(1, UNCHANGED) }
    :: d_step { queue_configure_receive(2, UNCHANGED) }
    :: d_step { queue_configure_receive(MAXIMUM, UNCHANGED) }
    :: skip
    fi
}

inline choose_send_threshold()
{
    if
    :: d_step { queue_configure_send(0, UNCHANGED) }
    :: d_step { queue_configure_send(queue.depth - 1, UNCHANGED) }
    fi
}

// Whoever waits looks at its line, takes the interrupt, and ends it later.
proctype sender()
{
    bool is_full;
    do
    :: true -> skip // Nothing to say, for now.
    :: variant != TAKES_ONE_BY_LEVEL -> choose_send_threshold()
    :: send(false)
    :: pushes -> send(true)
    :: is_full || variant == WAITS_UNASKED ->
asleep:
        atomic { PENDING(not_full) -> acknowledge(not_full); is_full = false }
        d_step { end(not_full, COUNT <= queue.not_full) }
    od
}

proctype receiver()
{
    bool is_empty;
    do
    :: true ->
        if
        :: !sets_late && variant != TAKES_ONE_BY_LEVEL -> choose_receive_threshold()
        :: else
        fi;
        do
        :: receive();
            if
            :: is_empty || variant == TAKES_ONE || variant == TAKES_ONE_BY_LEVEL -> break
            :: else
            fi
        :: flush() -> break
        od;
        if
        :: sets_late -> choose_receive_threshold()
        :: else
        fi;
asleep:
        atomic { PENDING(not_empty) -> acknowledge(not_empty); is_empty = false }
        d_step { end(not_empty, COUNT >= queue.not_empty) }
    od
}

init {
    atomic {
        read_variant();
        choose(not_full.edge);
        choose(not_empty.edge);
        choose(sets_late);
        pushes = !sets_late;
        if
        :: variant == TAKES_ONE_BY_LEVEL -> not_empty.edge = false; sets_late = false; pushes = false
        :: variant == SETS_AFTER_DRAINING -> sets_late = true; pushes = true
        :: else
        fi;
        queue_make(MAX_DEPTH, NUMBERS);
        bind(not_full);
        bind(not_empty);
        run sender();
        run receiver()
    }
}

// Nobody sleeps for ever while there is something to wake it, nor do both.
ltl progress {
    []<> !(receiver@asleep && (HAS_MESSAGES || pushed)) &&
    []<> !(sender@asleep && HAS_ROOM) &&
    []<> !(sender@asleep && receiver@asleep)
}
