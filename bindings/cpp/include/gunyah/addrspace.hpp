// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Address spaces for C++ (addrspace.h).
 */
#ifndef GUNYAH_ADDRSPACE_HPP
#define GUNYAH_ADDRSPACE_HPP

#include "memextent.hpp"
#include "thread.hpp"

#include <gunyah/addrspace.h>

namespace gh
{

/** A mapping of an extent, or of a part of one. */
struct addrspace_mapping : ::gunyah_addrspace_mapping {
    explicit addrspace_mapping(std::uint64_t address = 0) noexcept
        : ::gunyah_addrspace_mapping(GUNYAH_ADDRSPACE_MAPPING_INIT)
    {
        ipa = address;
    }

    /** Access of all, user and kernel. */
    addrspace_mapping &set_access(::gunyah_pgtable_access access) noexcept
    {
        user_access = access;
        kernel_access = access;
        return *this;
    }

    /** A part of a sparse extent. */
    addrspace_mapping &set_part(std::uint64_t from, std::uint64_t size_of_part) noexcept
    {
        offset = from;
        length = size_of_part;
        return *this;
    }
};

/** Where the information page of a VM is. */
struct info_area {
    std::uint64_t ipa;
    std::uint64_t size;
};

/** What the vCPUs of a VM see at which address. */
class addrspace : public handle<::gunyah_addrspace, gunyah_addrspace_close>
{
  public:
    using handle::handle;

    /** As gunyah_addrspace_open(). */
    static result<addrspace> open(session &in, capid cap)
    {
        return detail::opened<addrspace>(
            [&](::gunyah_addrspace **raw) { return gunyah_addrspace_open(in.get(), cap, raw); });
    }

    /** As gunyah_addrspace_create(). */
    static result<addrspace> create(partition &from, cspace &into)
    {
        return detail::opened<addrspace>(
            [&](::gunyah_addrspace **raw) { return gunyah_addrspace_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_addrspace_capid(get());
    }

    /** As gunyah_addrspace_configure(). */
    result<void> configure(vmid id)
    {
        return gunyah_addrspace_configure(get(), id);
    }

    /** As gunyah_addrspace_configure_info_area(). */
    result<void> configure_info_area(memextent &page, std::uint64_t ipa)
    {
        return gunyah_addrspace_configure_info_area(get(), page.get(), ipa);
    }

    /** As gunyah_addrspace_activate(). */
    result<void> activate()
    {
        return gunyah_addrspace_activate(get());
    }

    /** As gunyah_addrspace_attach_vcpu(). */
    result<void> attach_vcpu(const thread &vcpu)
    {
        return gunyah_addrspace_attach_vcpu(get(), vcpu.get());
    }

    /** As gunyah_addrspace_attach_vdma(). */
    result<void> attach_vdma(capid device, std::uint32_t index)
    {
        return gunyah_addrspace_attach_vdma(get(), device, index);
    }

    /** As gunyah_addrspace_attach_vdevice(). */
    result<void> attach_vdevice(vic &controller, std::uint32_t index, std::uint64_t ipa, std::uint64_t size,
                                ::gunyah_addrspace_attach_vdevice_flags_t flags = {0})
    {
        return gunyah_addrspace_attach_vdevice(get(), controller.get(), index, ipa, size, flags);
    }

    /** As gunyah_addrspace_add_vmmio_range(). */
    result<void> add_vmmio_range(std::uint64_t ipa, std::uint64_t size)
    {
        return gunyah_addrspace_add_vmmio_range(get(), ipa, size);
    }

    /** As gunyah_addrspace_remove_vmmio_range(). */
    result<void> remove_vmmio_range(std::uint64_t ipa, std::uint64_t size)
    {
        return gunyah_addrspace_remove_vmmio_range(get(), ipa, size);
    }

    /** As gunyah_addrspace_map(). */
    result<void> map(memextent &extent, const ::gunyah_addrspace_mapping &where)
    {
        return gunyah_addrspace_map(get(), extent.get(), &where);
    }

    /** As gunyah_addrspace_unmap(). */
    result<void> unmap(memextent &extent, const ::gunyah_addrspace_mapping &where)
    {
        return gunyah_addrspace_unmap(get(), extent.get(), &where);
    }

    /** As gunyah_addrspace_update_access(). */
    result<void> update_access(memextent &extent, const ::gunyah_addrspace_mapping &where)
    {
        return gunyah_addrspace_update_access(get(), extent.get(), &where);
    }

    /** What is mapped there, as far as it is alike. As gunyah_addrspace_lookup(). */
    result<addrspace_mapping> lookup(memextent &extent, std::uint64_t ipa, std::uint64_t size)
    {
        return detail::stored<addrspace_mapping>([&](::gunyah_addrspace_mapping *found) {
            return gunyah_addrspace_lookup(get(), extent.get(), ipa, size, found);
        });
    }

    /** Of the VM of the session itself. As gunyah_addrspace_find_info_area(). */
    static result<info_area> find_info_area(session &of)
    {
        return detail::stored<info_area>(
            [&](info_area *found) { return gunyah_addrspace_find_info_area(of.get(), &found->ipa, &found->size); });
    }
};

} // namespace gh

#endif
