// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Booting a guest: what kind of file its kernel is, where kernel, device tree and initrd go in the guest's memory, and putting
 * the kernel there.
 *
 *     gunyah_boot_inspect    what is this file, and how much memory does it need?
 *     gunyah_boot_place      where does everything go?
 *     gunyah_boot_load       put the kernel there; the device tree and the initrd are copied by the caller
 *
 * Files are bytes from somebody else: everything in them is checked. The functions read and write no other memory than that which
 * they are given, and keep nothing. Any thread.
 */
#ifndef GUNYAH_BOOT_H
#define GUNYAH_BOOT_H

#include "session.h"
#include "vmm.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where a kernel of Linux begins is a multiple of this, and so is where a Resource Manager lets memory begin: 2 MiB. */
#define GUNYAH_BOOT_ALIGNMENT UINT64_C(0x200000)

/** What a file is. */
enum gunyah_boot_format {
    GUNYAH_BOOT_RAW = 0,   /**< Nothing that is known: instructions from its first byte on. */
    GUNYAH_BOOT_IMAGE = 1, /**< What arm64 Linux calls an Image; others have its header too. */
    GUNYAH_BOOT_ELF = 2,   /**< An executable for AArch64, 64-bit, little-endian. */
};

/** A kernel, before it is put anywhere. */
struct gunyah_boot_kernel {
    size_t size; /**< sizeof(struct gunyah_boot_kernel), set by the caller. */
    enum gunyah_boot_format format;
    bool compressed;      /**< By gzip; only an Image may be. */
    uint64_t memory_size; /**< Bytes that it needs, with those that it clears when it begins. */
    uint64_t entry;       /**< Of its first instruction, from where it lies. */
    uint64_t offset;      /**< Image: where it lies, from a multiple of GUNYAH_BOOT_ALIGNMENT. */
    uint64_t address;     /**< ELF: where it lies, as it was linked. */
};

#define GUNYAH_BOOT_KERNEL_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_boot_kernel), GUNYAH_BOOT_RAW, false, 0, 0, 0, 0                                          \
    }

/**
 * Find out what a kernel's file is.
 *
 * @param file       Its bytes.
 * @param size       How many.
 * @param allocator  For decompressing: below 64 KiB, given back before this returns. Null: as for gunyah_open().
 * @param kernel     Filled in, as much of it as its size says; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (kernel's size);
 *         GUNYAH_ERR_ARGUMENT_SIZE (no bytes);
 *         GUNYAH_ERR_FORMAT (an Image, ELF or gzip file that is cut off or contradicts itself; an ELF file for another processor,
 *           or nothing to load in it; a gzip file of anything but an Image that tells its size);
 *         GUNYAH_ERR_UNSUPPORTED (gzip, and the library was built without zlib: GUNYAH_FEATURE_GZIP; an Image of a big-endian
 *           kernel);
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 *
 * Does not block. Linux, Documentation/arch/arm64/booting; ELF-64 object file format; RFC 1952.
 */
enum gunyah_error gunyah_boot_inspect(const void *file, size_t size, const struct gunyah_allocator *allocator,
                                      struct gunyah_boot_kernel *kernel);

/** What is to be placed, and where there is room. */
struct gunyah_boot_request {
    size_t size;                        /**< sizeof(struct gunyah_boot_request). */
    struct gunyah_memory_region memory; /**< Of the guest, in its own addresses: what its image is, one parcel. */
    uint64_t dtb_size;                  /**< Bytes for the device tree, with room for what is added to it. */
    uint64_t initrd_size;               /**< Bytes; 0: there is none. */
    bool first_byte_is_entry;           /**< Nobody can set the register PC: the guest begins at memory.address. */
};

#define GUNYAH_BOOT_REQUEST_INIT                                                                                       \
    {                                                                                                                  \
        sizeof(struct gunyah_boot_request), {0, 0}, 0, 0, false                                                        \
    }

/** Where everything goes, in the guest's addresses. */
struct gunyah_boot_layout {
    size_t size; /**< sizeof(struct gunyah_boot_layout), set by the caller. */
    uint64_t kernel;
    uint64_t entry;  /**< Of the first instruction. */
    uint64_t dtb;    /**< A multiple of GUNYAH_BOOT_ALIGNMENT. */
    uint64_t initrd; /**< A multiple of 4 KiB; 0: there is none. */
    uint64_t end;    /**< Behind the last byte of them all. */
};

#define GUNYAH_BOOT_LAYOUT_INIT                                                                                        \
    {                                                                                                                  \
        sizeof(struct gunyah_boot_layout), 0, 0, 0, 0, 0                                                               \
    }

/**
 * Place kernel, device tree and initrd in a guest's memory, in this order: a raw kernel at its beginning, an Image as near to that
 * as its header allows, an ELF file where it was linked; the others behind it.
 *
 * @param kernel   From gunyah_boot_inspect().
 * @param request  What else there is.
 * @param layout   Filled in, as much of it as its size says; untouched on failure, but for GUNYAH_ERR_BUFFER_TOO_SMALL.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (a size of one of the three);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (memory.address is no multiple of GUNYAH_BOOT_ALIGNMENT);
 *         GUNYAH_ERR_ARGUMENT_SIZE (no memory; no device tree, or one above 2 MiB, which Linux does not take);
 *         GUNYAH_ERR_ADDR_OVERFLOW (addresses wrap around);
 *         GUNYAH_ERR_ADDR_INVALID (an ELF file that was linked for addresses below the memory);
 *         GUNYAH_ERR_UNSUPPORTED (first_byte_is_entry, and this kernel begins elsewhere);
 *         GUNYAH_ERR_BUFFER_TOO_SMALL (the memory is too small: layout->end says where it would have to end).
 *
 * Does not block. Linux, Documentation/arch/arm64/booting.
 */
enum gunyah_error gunyah_boot_place(const struct gunyah_boot_kernel *kernel, const struct gunyah_boot_request *request,
                                    struct gunyah_boot_layout *layout);

/**
 * Put a kernel into the guest's memory.
 *
 * @param kernel       What gunyah_boot_inspect() said about the file.
 * @param file         The same bytes.
 * @param size         How many.
 * @param allocator    As for gunyah_boot_inspect().
 * @param memory       Where layout.kernel is in this process.
 * @param memory_size  Bytes that may be written there, at least kernel->memory_size. What an ELF file does not fill of them is
 *                     cleared; behind an Image or a raw kernel, nothing is touched.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_OPTION (kernel's size);
 *         GUNYAH_ERR_BUFFER_TOO_SMALL (memory_size);
 *         GUNYAH_ERR_FORMAT (the file is not what the kernel says, or damaged: the memory may be filled in part);
 *         GUNYAH_ERR_UNSUPPORTED (gzip, as gunyah_boot_inspect());
 *         GUNYAH_ERR_OUT_OF_MEMORY (allocator).
 *
 * Does not block. The caches: who puts instructions where a guest runs them with its caches off has to clean them to memory, unless
 * that is done by whoever gives the memory to the guest, as a kernel's driver does.
 */
enum gunyah_error gunyah_boot_load(const struct gunyah_boot_kernel *kernel, const void *file, size_t size,
                                   const struct gunyah_allocator *allocator, void *memory, size_t memory_size);

#ifdef __cplusplus
}
#endif

#endif
