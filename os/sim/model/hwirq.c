// SPDX-License-Identifier: BSD-3-Clause
// Hardware interrupts. No call makes an object for one, and the model has no hardware: whoever asks names something else, which
// the look-up finds out.
#include "calls.h"
#include "manual.h"

int32_t gunyah_model_hwirq_bind_virq(struct model_call *call)
{
    (void)call;
    return GUNYAH_HVERR_ARGUMENT_INVALID;
}

int32_t gunyah_model_hwirq_unbind_virq(struct model_call *call)
{
    return manual_hwirq_unbound(call->model);
}
