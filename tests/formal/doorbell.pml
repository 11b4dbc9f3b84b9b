// SPDX-License-Identifier: BSD-3-Clause
// A doorbell and its interrupt. A bit is a flag, or flags that are always used together.
#include "line.pml"

#define ERROR_ARGUMENT_INVALID 1

typedef Doorbell {
    FLAGS flags;
    FLAGS enable;
    FLAGS ack;
}
Doorbell bell;
Line ring;

// Answers of the last call.
hidden int error;
hidden int old;

#define RINGS (ring.bound && (bell.flags & bell.enable) != 0)

inline bell_make()
{
    bell.flags = 0;
    bell.enable = ALL;
    bell.ack = 0
}

inline bell_send(new)
{
    error = 0;
    old = bell.flags;
    bell.flags = bell.flags | new;
    if
    :: (bell.flags & bell.enable) != 0 ->
        raise(ring);
        bell.flags = bell.flags & ~bell.ack
    :: else -> raise_edge(ring)
    fi
}

inline bell_receive(clear)
{
    error = 0;
    old = 0;
    if
    :: clear == 0 -> error = ERROR_ARGUMENT_INVALID
    :: else ->
        old = bell.flags;
        bell.flags = bell.flags & ~(clear)
    fi
}

inline bell_mask(new_enable, new_ack)
{
    error = 0;
    old = bell.flags & bell.enable;
    bell.enable = new_enable;
    bell.ack = new_ack;
    if
    :: (bell.flags & bell.enable) == 0 ->
        if
        :: old != 0 -> lower(ring)
        :: else
        fi
    :: else ->
        if
        :: old == 0 && variant != MASKS_WITHOUT_LOOKING -> raise(ring)
        :: else
        fi;
        bell.flags = bell.flags & ~bell.ack
    fi
}

inline bell_reset()
{
    error = 0;
    lower(ring);
    bell_make()
}
