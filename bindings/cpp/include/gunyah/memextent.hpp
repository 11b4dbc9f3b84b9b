// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Memory extents for C++ (memextent.h).
 */
#ifndef GUNYAH_MEMEXTENT_HPP
#define GUNYAH_MEMEXTENT_HPP

#include "cspace.hpp"

#include <gunyah/memextent.h>

namespace gh
{

/** Options of memextent::open(). */
struct memextent_options : ::gunyah_memextent_options {
    explicit memextent_options(capid of = no_cap, std::uint64_t length = 0) noexcept
        : ::gunyah_memextent_options(GUNYAH_MEMEXTENT_OPTIONS_INIT)
    {
        cap = of;
        extent_size = length;
    }
};

/** A range of physical memory that somebody owns. */
class memextent : public handle<::gunyah_memextent, gunyah_memextent_close>
{
  public:
    using handle::handle;
    using sync = ::gunyah_memextent_sync;

    /** As gunyah_memextent_open(). */
    static result<memextent> open(session &in, const ::gunyah_memextent_options &options)
    {
        return detail::opened<memextent>(
            [&](::gunyah_memextent **raw) { return gunyah_memextent_open(in.get(), &options, raw); });
    }

    /** As gunyah_memextent_create(). */
    static result<memextent> create(partition &from, cspace &into)
    {
        return detail::opened<memextent>(
            [&](::gunyah_memextent **raw) { return gunyah_memextent_create(from.get(), into.get(), raw); });
    }

    /** As gunyah_memextent_create_sparse(). */
    static result<memextent> create_sparse(partition &from, cspace &into, std::uint64_t base, std::uint64_t size,
                                           ::gunyah_pgtable_access access, ::gunyah_memextent_memtype memtype)
    {
        return detail::opened<memextent>([&](::gunyah_memextent **raw) {
            return gunyah_memextent_create_sparse(from.get(), into.get(), base, size, access, memtype, raw);
        });
    }

    capid cap() const
    {
        return gunyah_memextent_capid(get());
    }

    /** Bytes; 0 if this handle does not know. As gunyah_memextent_size(). */
    std::uint64_t size() const
    {
        return gunyah_memextent_size(get());
    }

    /** As gunyah_memextent_configure(). */
    result<void> configure(std::uint64_t base, std::uint64_t length, ::gunyah_pgtable_access access,
                           ::gunyah_memextent_memtype memtype, ::gunyah_memextent_type type)
    {
        return gunyah_memextent_configure(get(), base, length, access, memtype, type);
    }

    /** As gunyah_memextent_configure_derive(). */
    result<void> derive(memextent &parent, std::uint64_t offset, std::uint64_t length, ::gunyah_pgtable_access access,
                        ::gunyah_memextent_memtype memtype, ::gunyah_memextent_type type)
    {
        return gunyah_memextent_configure_derive(get(), parent.get(), offset, length, access, memtype, type);
    }

    /** As gunyah_memextent_activate(). */
    result<void> activate()
    {
        return gunyah_memextent_activate(get());
    }

    /** As gunyah_memextent_unmap_all(). */
    result<void> unmap_all(sync when = GUNYAH_MEMEXTENT_SYNC)
    {
        return gunyah_memextent_unmap_all(get(), when);
    }

    /** As gunyah_memextent_zero_range(). */
    result<void> zero(std::uint64_t offset, std::uint64_t length)
    {
        return gunyah_memextent_zero_range(get(), offset, length);
    }

    /** As gunyah_memextent_cache_clean_range(). */
    result<void> clean(std::uint64_t offset, std::uint64_t length)
    {
        return gunyah_memextent_cache_clean_range(get(), offset, length);
    }

    /** As gunyah_memextent_cache_flush_range(). */
    result<void> flush(std::uint64_t offset, std::uint64_t length)
    {
        return gunyah_memextent_cache_flush_range(get(), offset, length);
    }

    /** As gunyah_memextent_sync_all(). */
    result<void> sync_all()
    {
        return gunyah_memextent_sync_all(get());
    }

    /** As gunyah_memextent_donate_to_child(). */
    result<void> donate_to_child(memextent &child, std::uint64_t offset, std::uint64_t length,
                                 sync when = GUNYAH_MEMEXTENT_SYNC)
    {
        return gunyah_memextent_donate_to_child(get(), child.get(), offset, length, when);
    }

    /** As gunyah_memextent_donate_to_parent(). */
    result<void> donate_to_parent(memextent &parent, std::uint64_t offset, std::uint64_t length,
                                  sync when = GUNYAH_MEMEXTENT_SYNC)
    {
        return gunyah_memextent_donate_to_parent(get(), parent.get(), offset, length, when);
    }

    /** As gunyah_memextent_donate_to_sibling(). */
    result<void> donate_to_sibling(memextent &to, std::uint64_t offset, std::uint64_t length,
                                   sync when = GUNYAH_MEMEXTENT_SYNC)
    {
        return gunyah_memextent_donate_to_sibling(get(), to.get(), offset, length, when);
    }

    /** As gunyah_memextent_donate_from_partition(). */
    result<void> donate_from(partition &from, std::uint64_t offset, std::uint64_t length,
                             sync when = GUNYAH_MEMEXTENT_SYNC)
    {
        return gunyah_memextent_donate_from_partition(from.get(), get(), offset, length, when);
    }

    /** As gunyah_memextent_donate_to_partition(). */
    result<void> donate_to(partition &to, std::uint64_t offset, std::uint64_t length, sync when = GUNYAH_MEMEXTENT_SYNC)
    {
        return gunyah_memextent_donate_to_partition(get(), to.get(), offset, length, when);
    }
};

} // namespace gh

#endif
