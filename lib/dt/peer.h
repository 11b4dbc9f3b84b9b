// SPDX-License-Identifier: BSD-3-Clause
#ifndef GUNYAH_DT_PEER_H
#define GUNYAH_DT_PEER_H

#include <stdbool.h>

// Whether a text has one of the forms in which a configuration names another VM, such as "vm-name:other".
bool gunyah_internal_dt_is_peer(const char *text);

#endif
