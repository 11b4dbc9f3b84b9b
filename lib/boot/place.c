// SPDX-License-Identifier: BSD-3-Clause
// Where kernel, device tree and initrd go.
#include "boot.h"

#define PAGE UINT64_C(4096)

// Linux maps the device tree by blocks of this size, two at the most, and takes no larger one.
#define MAX_DTB GUNYAH_BOOT_ALIGNMENT

// Places things one behind the other; what does not fit into 64 bits any more stays so.
struct cursor {
    uint64_t at;
    bool overflow;
};

static void skip(struct cursor *cursor, uint64_t size)
{
    cursor->overflow |= __builtin_add_overflow(cursor->at, size, &cursor->at);
}

// The next multiple, where something of this size begins.
static uint64_t put(struct cursor *cursor, uint64_t alignment, uint64_t size)
{
    skip(cursor, -cursor->at & (alignment - 1));
    const uint64_t address = cursor->at;
    skip(cursor, size);
    return address;
}

static enum gunyah_error check(const struct gunyah_boot_request *request)
{
    if (request->memory.size == 0 || request->dtb_size == 0 || request->dtb_size > MAX_DTB)
        return GUNYAH_ERR_ARGUMENT_SIZE;
    if (request->memory.address % GUNYAH_BOOT_ALIGNMENT != 0)
        return GUNYAH_ERR_ARGUMENT_ALIGNMENT;
    return request->memory.address + (request->memory.size - 1) < request->memory.address ? GUNYAH_ERR_ADDR_OVERFLOW
                                                                                          : GUNYAH_OK;
}

static uint64_t place_kernel(const struct gunyah_boot_kernel *kernel, uint64_t begin)
{
    if (kernel->format == GUNYAH_BOOT_ELF)
        return kernel->address;
    return begin + kernel->offset; // Less than GUNYAH_BOOT_ALIGNMENT, and 0 for a raw one.
}

static enum gunyah_error place(const struct gunyah_boot_kernel *kernel, const struct gunyah_boot_request *request,
                               struct gunyah_boot_layout *layout)
{
    const uint64_t begin = request->memory.address;

    layout->kernel = place_kernel(kernel, begin);
    if (layout->kernel < begin)
        return GUNYAH_ERR_ADDR_INVALID;
    layout->entry = layout->kernel + kernel->entry;
    if (request->first_byte_is_entry && layout->entry != begin)
        return GUNYAH_ERR_UNSUPPORTED;
    struct cursor cursor = {layout->kernel, false};
    skip(&cursor, kernel->memory_size);
    layout->dtb = put(&cursor, GUNYAH_BOOT_ALIGNMENT, request->dtb_size);
    if (request->initrd_size != 0)
        layout->initrd = put(&cursor, PAGE, request->initrd_size);
    layout->end = cursor.at;
    return cursor.overflow ? GUNYAH_ERR_ADDR_OVERFLOW : GUNYAH_OK;
}

enum gunyah_error gunyah_boot_place(const struct gunyah_boot_kernel *kernel, const struct gunyah_boot_request *given,
                                    struct gunyah_boot_layout *layout)
{
    struct gunyah_boot_request request;
    struct gunyah_boot_layout found = GUNYAH_BOOT_LAYOUT_INIT;

    if (kernel == NULL || given == NULL || layout == NULL)
        return GUNYAH_ERR_NULL;
    if (kernel->size < sizeof(*kernel) || layout->size < sizeof(*layout) ||
        !gunyah_internal_options(&request, sizeof(request), given))
        return GUNYAH_ERR_OPTION;
    enum gunyah_error error = check(&request);
    if (error == GUNYAH_OK)
        error = place(kernel, &request, &found);
    if (error != GUNYAH_OK)
        return error;
    if (found.end - request.memory.address > request.memory.size) {
        layout->end = found.end;
        return GUNYAH_ERR_BUFFER_TOO_SMALL;
    }
    found.size = layout->size;
    *layout = found;
    return GUNYAH_OK;
}
