// SPDX-License-Identifier: BSD-3-Clause
// A message queue and its two interrupts. Of a message, only its size is kept.
#include "line.pml"

#define ERROR_UNIMPLEMENTED -1
#define ERROR_ARGUMENT_INVALID 1
#define ERROR_EMPTY 60
#define ERROR_FULL 61
#define UNCHANGED -1
#define MAXIMUM -2

typedef Queue {
    byte depth;
    short max_size;
    byte not_full;
    byte not_empty;
}
Queue queue;
chan messages = [MAX_DEPTH] of { short };
#define COUNT len(messages)
Line not_full;
Line not_empty;

// Answers of the last call.
hidden int error;
hidden short received;
hidden byte ready;

#define HAS_ROOM (not_full.bound && COUNT <= queue.not_full)
#define HAS_MESSAGES (not_empty.bound && COUNT >= queue.not_empty)

inline drop_messages()
{
    do
    :: COUNT > 0 -> messages?received
    :: else -> break
    od
}

inline queue_make(new_depth, new_size)
{
    queue.depth = new_depth;
    queue.max_size = new_size;
    drop_messages();
    queue.not_full = new_depth - 1;
    queue.not_empty = 1
}

inline queue_send(new_size, push)
{
    error = 0;
    ready = true;
    if
    :: COUNT == queue.depth -> error = ERROR_FULL; ready = false
    :: else ->
        if
        :: new_size == 0 || new_size > queue.max_size // Dropped, and nobody is told.
        :: else ->
            messages!new_size;
            if
            :: push || COUNT == queue.not_empty -> raise(not_empty)
            :: else
            fi;
            ready = COUNT < queue.depth
        fi
    fi
}

inline queue_receive(room)
{
    error = 0;
    received = 0;
    ready = true;
    if
    :: COUNT == 0 -> error = ERROR_EMPTY; ready = false
    :: else ->
        messages?<received>;
        if
        :: room < received -> received = 0 // The message stays.
        :: else ->
            messages?received;
            if
            :: COUNT == queue.not_full -> raise(not_full)
            :: else
            fi;
            ready = COUNT > 0
        fi
    fi
}

inline queue_flush()
{
    error = 0;
    if
    :: COUNT > 0 ->
        drop_messages();
        if
        :: variant == FLUSHES_SILENTLY
        :: else -> raise(not_full)
        fi;
        lower(not_empty)
    :: else
    fi
}

inline look_again(line, reason)
{
    if
    :: variant == SETS_WITHOUT_LOOKING
    :: else ->
        if
        :: reason -> raise(line)
        :: else -> lower(line)
        fi
    fi
}

inline set_send_threshold(threshold)
{
    if
    :: threshold == UNCHANGED
    :: threshold != UNCHANGED && (threshold < 0 || threshold >= queue.depth) -> error = ERROR_ARGUMENT_INVALID
    :: else ->
        queue.not_full = threshold;
        look_again(not_full, COUNT <= queue.not_full)
    fi
}

inline set_receive_threshold(threshold)
{
    if
    :: threshold == UNCHANGED
    :: threshold == MAXIMUM -> queue.not_empty = queue.depth // Nobody looks again.
    :: threshold == 0 || threshold < MAXIMUM || threshold > queue.depth -> error = ERROR_ARGUMENT_INVALID
    :: else ->
        queue.not_empty = threshold;
        look_again(not_empty, COUNT >= queue.not_empty)
    fi
}

inline queue_configure_send(threshold, delay)
{
    error = 0;
    if
    :: delay != UNCHANGED -> error = ERROR_UNIMPLEMENTED
    :: else -> set_send_threshold(threshold)
    fi
}

inline queue_configure_receive(threshold, delay)
{
    error = 0;
    if
    :: delay != UNCHANGED -> error = ERROR_UNIMPLEMENTED
    :: else -> set_receive_threshold(threshold)
    fi
}
