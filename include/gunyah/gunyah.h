// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The whole of libgunyah but the simulator (gunyah/sim.h).
 */
#ifndef GUNYAH_GUNYAH_H
#define GUNYAH_GUNYAH_H

#include "abi/names.h"
#include "abi/numbers.h"
#include "abi/rm_names.h"
#include "abi/types.h"
#include "backend.h"
#include "call.h"
#include "cspace.h"
#include "doorbell.h"
#include "error.h"
#include "hypercalls.h"
#include "msgqueue.h"
#include "object.h"
#include "session.h"
#include "version.h"
#include "vic.h"

#endif
