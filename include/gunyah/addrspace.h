// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Address spaces: what the vCPUs of a VM see at which intermediate physical address (IPA), and where they exit to a VMM.
 *
 * Memory extents are mapped into them (memextent.h). A basic extent is mapped as a whole, at most four times in all
 * address spaces together; a sparse one also in parts, of which four may overlap, and what it does not own yet appears
 * where it is mapped once it is donated to it. Mappings go with the last capability of the address space, or of the extent.
 *
 * Some arguments make the real hypervisor stop, and with it all VMs. Nothing here leads there: such a request is refused
 * with GUNYAH_ERR_WOULD_CRASH, or, if it is merely beyond a limit, with the error of what lies further beyond.
 * What the library cannot know is what another one does: sizes of extents that were opened without one
 * (gunyah_memextent_options), and virtual MMIO ranges and devices that were added through another handle. Give those.
 *
 * The library looks at arguments before the hypervisor looks at capabilities and states, and gunyah_last_error() says
 * which of them is wrong; the error is the one that the hypervisor has for it.
 *
 * docs/fidelity.md has the places where the hypervisor does something else than its manual says.
 *
 * object.h says what holds for every handle and every call.
 */
#ifndef GUNYAH_ADDRSPACE_H
#define GUNYAH_ADDRSPACE_H

#include "memextent.h"
#include "vic.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The address behind the last one of an address space. */
#define GUNYAH_ADDRSPACE_END (UINT64_C(1) << 36)

/** The address behind the last one of virtual MMIO ranges, which the hypervisor does not hold to the address space. */
#define GUNYAH_ADDRSPACE_VMMIO_END (UINT64_C(1) << 52)

/** Most virtual MMIO ranges of an address space. */
#define GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES 128

struct gunyah_addrspace;

/** Open an address space that this VM has a capability for. As gunyah_partition_open(). */
enum gunyah_error gunyah_addrspace_open(struct gunyah *g, gunyah_capid_t cap, struct gunyah_addrspace **addrspace);

/** Create an address space. As gunyah_cspace_create(). Hypercall partition_create_addrspace. */
enum gunyah_error gunyah_addrspace_create(struct gunyah_partition *partition, struct gunyah_cspace *into,
                                          struct gunyah_addrspace **addrspace);

/**
 * Close a handle and set the caller's pointer to null. GUNYAH_OK; GUNYAH_ERR_NULL; GUNYAH_ERR_HANDLE (closed already).
 * Makes no call. What the handle knew of virtual MMIO ranges and devices is forgotten.
 */
enum gunyah_error gunyah_addrspace_close(struct gunyah_addrspace **addrspace);

/** Returns the CapID of an address space; GUNYAH_CAPID_INVALID for a null or stale handle. */
gunyah_capid_t gunyah_addrspace_capid(const struct gunyah_addrspace *addrspace);

// ---- before activation -----------------------------------------------------------------------------------------------

/**
 * Set the VMID, before activation. Whether another address space has it is looked at only at activation.
 *
 * @param vmid  1 to 255. (The hypervisor would cut off what has more than 16 bits; a gunyah_vmid_t has not.)
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (vmid);
 *         the capability errors (right ACTIVATE).
 *
 * Hypercall addrspace_configure.
 */
enum gunyah_error gunyah_addrspace_configure(struct gunyah_addrspace *addrspace, gunyah_vmid_t vmid);

/**
 * Choose the page that the hypervisor tells things in, before activation. The last choice counts. The page is cleared, and
 * the extent in use, from the activation on; it is not mapped by that.
 *
 * @param extent  A basic extent of one page, readable and writable, of memory type ANY, active, with the ATTACH right. Of the
 *                same session.
 * @param ipa     Where it is to be, page-aligned, below GUNYAH_ADDRSPACE_END.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_INVALID (not such an extent; handles of two sessions);
 *         GUNYAH_ERR_ADDR_INVALID (ipa, also for its alignment);
 *         the capability errors (right ACTIVATE).
 *
 * Hypercall addrspace_configure_info_area.
 */
enum gunyah_error gunyah_addrspace_configure_info_area(struct gunyah_addrspace *addrspace,
                                                       struct gunyah_memextent *extent, uint64_t ipa);

/**
 * Activate.
 *
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_BUSY (another one has the VMID, or none was configured; the information area's extent has children);
 *         GUNYAH_ERR_DENIED (the information area's extent is of another partition);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * Hypercall object_activate.
 */
enum gunyah_error gunyah_addrspace_activate(struct gunyah_addrspace *addrspace);

// ---- who uses it -----------------------------------------------------------------------------------------------------

/**
 * Give a vCPU its address space. Another one that it had is no longer its own.
 *
 * @param addrspace  Active, with the ATTACH right.
 * @param thread     Not activated yet, with the ACTIVATE right; it is looked at first. Of the same session.
 * @return GUNYAH_OK;
 *         the capability errors;
 *         GUNYAH_ERR_ARGUMENT_INVALID (also: a thread that is no vCPU; handles of two sessions);
 *         GUNYAH_ERR_NO_MEMORY (it has as many as it can: 8 on the QEMU platform).
 *
 * Hypercall addrspace_attach_thread.
 */
enum gunyah_error gunyah_addrspace_attach_vcpu(struct gunyah_addrspace *addrspace, struct gunyah_thread *thread);

/**
 * Attach a DMA device.
 *
 * @param addrspace  Active, with the ATTACH right.
 * @param device     Capability of the device.
 * @param index      Which of its streams.
 * @return GUNYAH_OK;
 *         the capability errors; GUNYAH_ERR_WRONG_OBJECT_TYPE always on open hypervisors, which have no such device.
 *
 * Hypercall addrspace_attach_vdma.
 */
enum gunyah_error gunyah_addrspace_attach_vdma(struct gunyah_addrspace *addrspace, gunyah_capid_t device,
                                               uint32_t index);

/**
 * Let accesses to a range reach the registers of an interrupt controller.
 *
 * @param addrspace  Active, with the MAP right.
 * @param vic        Active, with the ATTACH_VDEVICE right. Of the same session.
 * @param index      0: the distributor; 1 + n: the redistributor of the controller's n-th vCPU, which is active.
 * @param ipa        Where the range begins.
 * @param size       Bytes.
 * @param flags      For a redistributor: whether it says that it is the last one. 0 for the distributor.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is 0, or the range wraps around);
 *         GUNYAH_ERR_BUSY (the range overlaps one that was added through this handle, or another device; this part of the
 *         controller is attached);
 *         GUNYAH_ERR_NO_RESOURCES (of ranges that a handle keeps in mind);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         GUNYAH_ERR_ARGUMENT_INVALID (index or flags; handles of two sessions);
 *         GUNYAH_ERR_IDLE (there is no such vCPU, or it is not active);
 *         the capability errors.
 *
 * The first range of a handle takes a block of memory from the session's allocator. Hypercall addrspace_attach_vdevice.
 */
enum gunyah_error gunyah_addrspace_attach_vdevice(struct gunyah_addrspace *addrspace, struct gunyah_vic *vic,
                                                  uint32_t index, uint64_t ipa, uint64_t size,
                                                  gunyah_addrspace_attach_vdevice_flags_t flags);

/**
 * Add a range whose accesses exit to whoever runs the vCPU, before activation or later.
 *
 * @param ipa   Where it begins; any byte.
 * @param size  Bytes, at least 1. It ends below GUNYAH_ADDRSPACE_VMMIO_END, and may lie beyond the address space.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is 0, or the range ends too far);
 *         GUNYAH_ERR_ADDR_OVERFLOW (it wraps around, or ends at 2^64);
 *         GUNYAH_ERR_NO_RESOURCES (there are GUNYAH_ADDRSPACE_MAX_VMMIO_RANGES);
 *         GUNYAH_ERR_BUSY (it overlaps another one; the manual says ARGUMENT_INVALID);
 *         GUNYAH_ERR_OUT_OF_MEMORY;
 *         the capability errors (right ADD_VMMIO_RANGE);
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * A range that begins below another one and ends inside it stops the real hypervisor. The library does not ask for any that
 * overlaps what was added through this handle: add all ranges of an address space through one, and keep that open.
 *
 * The first range of a handle takes a block of memory from the session's allocator. Hypercall
 * addrspace_configure_vmmio.
 */
enum gunyah_error gunyah_addrspace_add_vmmio_range(struct gunyah_addrspace *addrspace, uint64_t ipa, uint64_t size);

/**
 * Take a range away that was added. As gunyah_addrspace_add_vmmio_range(), but GUNYAH_ERR_BUSY always on open hypervisors,
 * whatever the manual says: a portable program keeps its ranges. Hypercall addrspace_configure_vmmio.
 */
enum gunyah_error gunyah_addrspace_remove_vmmio_range(struct gunyah_addrspace *addrspace, uint64_t ipa, uint64_t size);

// ---- mappings --------------------------------------------------------------------------------------------------------

/** A mapping, or a part of one. */
struct gunyah_addrspace_mapping {
    size_t size;     /**< sizeof(struct gunyah_addrspace_mapping). */
    uint64_t ipa;    /**< Where it begins, page-aligned. With a part: where that part begins. */
    uint64_t offset; /**< Where in a sparse extent the part begins, in bytes, page-aligned; ... */
    uint64_t length; /**< ... and its bytes, whole pages; 0, and offset 0: the whole extent. */
    enum gunyah_pgtable_access user_access;   /**< Of EL0. */
    enum gunyah_pgtable_access kernel_access; /**< Of EL1: the same reading and writing, and not execution alone. */
    enum gunyah_pgtable_memtype memtype;
    enum gunyah_memextent_sync sync;
};

/** All of an extent at address 0, to be read and written by all, cached. */
#define GUNYAH_ADDRSPACE_MAPPING_INIT                                                                                  \
    {                                                                                                                  \
        sizeof(struct gunyah_addrspace_mapping), 0, 0, 0, GUNYAH_PGTABLE_ACCESS_RW, GUNYAH_PGTABLE_ACCESS_RW,          \
            GUNYAH_PGTABLE_MEMTYPE_NORMAL_WB, GUNYAH_MEMEXTENT_SYNC                                                    \
    }

/**
 * Map an extent, or a part of a sparse one. What was mapped there is silently replaced, whatever the manual says: look it up
 * before, or keep a map.
 *
 * @param addrspace  Active, with the MAP right.
 * @param extent     Active, with the MAP right. Of the same session.
 * @param mapping    What is to be where. All of it lies below GUNYAH_ADDRSPACE_END; also for a sparse extent, which the
 *                   hypervisor takes up to 2^48 as long as it owns nothing there.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (an access, memory type or sync that does not exist; one that the extent does not
 *         allow; handles of two sessions);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (ipa, offset or length);
 *         GUNYAH_ERR_ARGUMENT_SIZE (a part that wraps around, is not inside the extent, or has an offset without a length);
 *         GUNYAH_ERR_WOULD_CRASH (access that differs in reading or writing, or execution for the kernel alone);
 *         GUNYAH_ERR_ADDR_OVERFLOW (the mapping wraps around; known only with the size of the extent);
 *         GUNYAH_ERR_ADDR_INVALID (it lies beyond the end of the address space, or reaches there);
 *         the capability errors;
 *         GUNYAH_ERR_DENIED (the address space is read-only);
 *         GUNYAH_ERR_MEMEXTENT_TYPE (a part of a basic extent);
 *         GUNYAH_ERR_MAPPINGS_FULL;
 *         GUNYAH_ERR_NO_MEMORY.
 *
 * Blocks as mapping->sync says. Hypercall addrspace_map.
 */
enum gunyah_error gunyah_addrspace_map(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                       const struct gunyah_addrspace_mapping *mapping);

/**
 * Take a mapping back, or a part of a sparse extent's. Pages that something else was mapped over stay as they are.
 *
 * @param mapping  As for gunyah_addrspace_map(); access and memory type are not looked at.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION;
 *         GUNYAH_ERR_ARGUMENT_INVALID (sync; handles of two sessions);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (ipa, offset or length);
 *         GUNYAH_ERR_ARGUMENT_SIZE (a part that wraps around, is not inside the extent, or has an offset without a length);
 *         the capability errors;
 *         GUNYAH_ERR_DENIED (the address space is read-only);
 *         GUNYAH_ERR_ADDR_INVALID (the extent is not mapped at exactly this address; the manual says ARGUMENT_INVALID);
 *         GUNYAH_ERR_MEMEXTENT_TYPE (a part of a basic extent).
 *
 * Blocks as mapping->sync says. Hypercall addrspace_unmap.
 */
enum gunyah_error gunyah_addrspace_unmap(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                         const struct gunyah_addrspace_mapping *mapping);

/**
 * Change the access of a mapping of a basic extent. Of a sparse one it cannot be changed, whatever the manual says: unmap and
 * map it.
 *
 * @param mapping  As for gunyah_addrspace_map(); the memory type is not looked at.
 * @return GUNYAH_OK;
 *         as gunyah_addrspace_unmap();
 *         GUNYAH_ERR_ARGUMENT_INVALID (also: an access that does not exist, or one that the extent does not allow);
 *         GUNYAH_ERR_WOULD_CRASH (access that differs in reading or writing, or execution for the kernel alone);
 *         GUNYAH_ERR_ADDR_INVALID (also: a sparse extent, always).
 *
 * Blocks as mapping->sync says. Hypercall addrspace_update_access.
 */
enum gunyah_error gunyah_addrspace_update_access(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                                 const struct gunyah_addrspace_mapping *mapping);

/**
 * Look what is mapped at an address.
 *
 * @param addrspace  Active, with the LOOKUP right.
 * @param extent     The one that is expected there; active, with the LOOKUP right. Of the same session.
 * @param ipa        Where to begin, page-aligned.
 * @param size       Bytes to look at, whole pages.
 * @param found      Filled in: ipa; the offset in the extent and the length of what is mapped in one piece and alike,
 *                   from there on, at most size; its access and memory type. Its size is set by the caller; the rest is
 *                   untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_OPTION (found->size);
 *         GUNYAH_ERR_ARGUMENT_SIZE (size is 0);
 *         GUNYAH_ERR_ADDR_OVERFLOW (the range wraps around);
 *         GUNYAH_ERR_ARGUMENT_ALIGNMENT (ipa or size);
 *         GUNYAH_ERR_ARGUMENT_INVALID (handles of two sessions);
 *         the capability errors;
 *         GUNYAH_ERR_ADDR_INVALID (nothing is mapped at ipa);
 *         GUNYAH_ERR_NOT_OWNER (what is mapped there belongs, or a page of it does, to something else than the extent).
 *
 * Hypercall addrspace_lookup.
 */
enum gunyah_error gunyah_addrspace_lookup(struct gunyah_addrspace *addrspace, struct gunyah_memextent *extent,
                                          uint64_t ipa, uint64_t size, struct gunyah_addrspace_mapping *found);

/**
 * Find the information page of this VM's own address space.
 *
 * @param ipa   Where its address is stored; untouched on failure.
 * @param size  Where its bytes are stored; untouched on failure.
 * @return GUNYAH_OK;
 *         GUNYAH_ERR_NULL;
 *         GUNYAH_ERR_UNIMPLEMENTED (every open hypervisor: the call is known from a downstream kernel);
 *         what the hypervisor that has it answers.
 *
 * Hypercall addrspace_find_info_area.
 */
enum gunyah_error gunyah_addrspace_find_info_area(struct gunyah *g, uint64_t *ipa, uint64_t *size);

#ifdef __cplusplus
}
#endif

#endif
