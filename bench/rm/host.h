// SPDX-License-Identifier: BSD-3-Clause
#ifndef HOST_H
#define HOST_H

#include "work.h"

// A session whose backend is the peer.
bool host_open(struct work *work);

#endif
