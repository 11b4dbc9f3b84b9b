// SPDX-License-Identifier: BSD-3-Clause
// Memory that the other side reads while the call is under way: 0x1111 before it, 0x2222 after. A compiler that is not
// told so sees that nobody reads the first value and drops the store. What is returned has to be read again: the
// other side may have changed it.
#include CONDUIT

#include <gunyah/direct.h>

uint32_t mailbox;
uint32_t gunyah_publish(uint64_t x[8]);

uint32_t gunyah_publish(uint64_t x[8])
{
    mailbox = 0x1111;
    INSTRUCTION(x);
    mailbox = 0x2222;
    INSTRUCTION(x);
    return mailbox;
}
