// SPDX-License-Identifier: BSD-3-Clause
// What a variant of a model does wrong.
#define RIGHT 0

// Of the hypervisor.
#define END_FORGETS 1           // The end of an interrupt forgets what was asserted since it was taken.
#define FLUSHES_SILENTLY 2      // A flush tells the sender nothing.
#define SETS_WITHOUT_LOOKING 3  // A threshold is stored, and the interrupt is not looked at again.
#define MASKS_WITHOUT_LOOKING 4 // The same with a mask.

// Of a guest.
#define TAKES_ONE 5             // One message or flag, and it waits again.
#define TAKES_ONE_BY_LEVEL 6    // On a level line, without pushes, with thresholds as at first: no mistake there.
#define SETS_AFTER_DRAINING 7   // Its threshold; then a push may be lost.
#define ACKS_BEFORE_RECEIVING 8 // It unmasks with an acknowledge mask before it receives.
#define WAITS_UNASKED 9         // For room, although no message was refused.
