// SPDX-License-Identifier: BSD-3-Clause
// An interrupt line of a VM, and what a VM does with it.
//
// An assertion sets the latch and the level, or the latch alone. An edge line is pending by its latch, a level line by
// its level.
#include "mistakes.pml"

typedef Line {
    bool edge;
    bool bound;
    bool latch;
    bool level;
}

#define PENDING(line) (line.edge -> line.latch : line.level)

inline raise(line)
{
    if
    :: line.bound -> line.latch = true; line.level = true
    :: else
    fi
}

inline raise_edge(line)
{
    if
    :: line.bound -> line.latch = true
    :: else
    fi
}

inline lower(line)
{
    line.level = false
}

inline acknowledge(line)
{
    line.latch = false
}

// The end of an interrupt: a level stays if there was an assertion since it was taken, or if there is a reason still.
// On the hypervisor, a level line that is disabled while it is pending keeps a latch besides: it could only
// interrupt once more.
inline end(line, reason)
{
    if
    :: !line.edge && !(reason) && (variant == END_FORGETS || !line.latch) -> line.level = false
    :: else
    fi
}

inline take(line, reason)
{
    if
    :: PENDING(line) -> taken = true; acknowledge(line); end(line, reason)
    :: else -> taken = false
    fi
}

// The VM withdraws what is pending.
inline withdraw(line, reason)
{
    end(line, reason);
    line.latch = false
}

inline set_trigger(line, is_edge, reason)
{
    line.edge = is_edge;
    withdraw(line, reason)
}

inline bind(line)
{
    line.bound = true
}

inline unbind(line)
{
    line.bound = false;
    line.level = false
}
