// SPDX-License-Identifier: BSD-3-Clause
// Who rings a doorbell with two flags, and who answers it, each at its own pace.
#define FLAGS byte
#define ALL 3
#include "variant.pml"
#include "doorbell.pml"

mtype = { RECEIVES, MASKS, RESETS, COUNTS };
// How the receiver answers: it receives all flags; or masks them meanwhile; or resets the doorbell; or looks at no
// flags, for the acknowledge mask clears them, and counts interrupts.
mtype way;

// Flags that were rung and not received; for who looks at none, whether there was a ring since the last interrupt.
byte owed;

inline send(new)
{
    d_step {
        bell_send(new);
        assert(way == COUNTS || old == owed);
        owed = owed | new
    }
}

inline receive(clear)
{
    d_step {
        bell_receive(clear);
        assert(old == owed);
        owed = owed & ~(clear)
    }
}

inline mask(enable, ack)
{
    d_step { bell_mask(enable, ack) }
}

inline receive_flags()
{
    if
    :: variant == TAKES_ONE || variant == TAKES_ONE_BY_LEVEL -> receive(1)
    :: else -> receive(ALL)
    fi
}

inline answer()
{
    if
    :: way == RECEIVES -> receive_flags()
    :: way == MASKS ->
        mask(0, 0);
        if
        :: variant == ACKS_BEFORE_RECEIVING -> mask(ALL, ALL); receive_flags(); mask(ALL, 0)
        :: variant != ACKS_BEFORE_RECEIVING -> receive_flags(); mask(ALL, 0)
        :: variant != ACKS_BEFORE_RECEIVING -> mask(ALL, 0); receive_flags()
        :: variant != ACKS_BEFORE_RECEIVING -> receive_flags(); mask(1, 0)
        fi
    :: way == RESETS -> d_step { bell_reset(); owed = 0 }
    :: way == COUNTS
    fi
}

proctype sender()
{
    do
    :: true -> skip // Nothing to say, for now.
    :: send(1)
    :: send(2)
    :: send(ALL)
    od
}

// Who waits looks at the line, takes the interrupt, and ends it later.
proctype receiver()
{
    do
    :: true ->
asleep:
        atomic {
            PENDING(ring) -> acknowledge(ring);
            if
            :: way == COUNTS -> owed = 0
            :: else
            fi
        }
        d_step { end(ring, RINGS) }
        answer()
    od
}

init {
    atomic {
        read_variant();
        choose(ring.edge);
        if
        :: variant == TAKES_ONE_BY_LEVEL -> ring.edge = false
        :: else
        fi;
        bell_make();
        if
        :: way = RECEIVES
        :: way = MASKS
        :: way = RESETS
        :: way = COUNTS; bell.ack = ALL
        fi;
        bind(ring);
        run sender();
        run receiver()
    }
}

// Nobody sleeps for ever while a flag is rung that is not masked.
ltl progress {
    []<> !(receiver@asleep && (owed & bell.enable) != 0)
}
