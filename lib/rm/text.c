// SPDX-License-Identifier: BSD-3-Clause
#include "client.h"

static const uint8_t zeros[3];

void gunyah_internal_rm_put_text(struct rm_text_request *request, const char *text, size_t length)
{
    const struct rm_string head = {(uint16_t)length};

    request->pieces[0] = (struct rm_piece){.from = request->head, .size = rm_put_string(request->head, &head)};
    request->pieces[1] = (struct rm_piece){.from = text, .size = length};
    request->pieces[2] = (struct rm_piece){.from = zeros, .size = (0 - length) & 3};
}
