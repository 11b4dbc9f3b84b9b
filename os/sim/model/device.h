// SPDX-License-Identifier: BSD-3-Clause
// Accesses of VMs that their address spaces do not let through.
#ifndef GUNYAH_MODEL_DEVICE_H
#define GUNYAH_MODEL_DEVICE_H

#include "internal.h"

struct device_access {
    uint64_t address; // an IPA
    uint64_t value;   // that is stored, or was loaded
    uint32_t size;    // bytes
    bool is_store;
};

enum device_answer {
    DEVICE_NONE,   // there is none
    DEVICE_FAULTS, // there is one, and it takes no such access
    DEVICE_DONE,
};

/** Try the devices of an address space. The model may have crashed then. */
enum device_answer gunyah_model_device_access(struct gunyah_model *model, const struct addrspace *addrspace,
                                              struct device_access *access);

#endif
