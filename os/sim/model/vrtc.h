// SPDX-License-Identifier: BSD-3-Clause
// Real-time clocks: what hypercalls without a number do to them, and their registers.
#ifndef GUNYAH_MODEL_VRTC_H
#define GUNYAH_MODEL_VRTC_H

#include "device.h"

/** Place a clock that is not active yet. ADDR_INVALID, OBJECT_STATE. */
int32_t gunyah_model_vrtc_configure(struct vrtc *vrtc, uint64_t ipa);

/** Show it to an address space, in the place of the one that was there. OBJECT_STATE, ADDR_INVALID. */
int32_t gunyah_model_vrtc_attach(struct gunyah_model *model, struct vrtc *vrtc, struct addrspace *addrspace);

/** Set it: what time it was, in nanoseconds, when the counter was at the reference. BUSY, ARGUMENT_INVALID. */
int32_t gunyah_model_vrtc_set_time_base(const struct gunyah_model *model, struct vrtc *vrtc, uint64_t time_base,
                                        uint64_t reference);

/** An access of a VM that nothing else has taken. */
enum device_answer gunyah_model_vrtc_access(const struct gunyah_model *model, struct vrtc *vrtc,
                                            struct device_access *access);

#endif
