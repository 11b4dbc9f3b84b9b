// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What changes hands, for C++: memory parcels (memory.h) and interrupts (irq.h).
 */
#ifndef GUNYAH_MEMORY_HPP
#define GUNYAH_MEMORY_HPP

#include "rm.hpp"
#include "vm.hpp"

#include <gunyah/irq.h>
#include <gunyah/memory.h>

namespace gh
{

namespace detail
{

/** Options with lists, which are lent until the call is over. */
template <typename Options, typename C> struct parcel_lists : C {
    explicit parcel_lists(const C &defaults) noexcept : C(defaults)
    {
    }

    Options &set_access(span<const ::gunyah_memparcel_access> list) noexcept
    {
        this->access = list.data();
        this->access_count = list.size();
        return static_cast<Options &>(*this);
    }

    Options &set_regions(span<const ::gunyah_memory_region> list) noexcept
    {
        this->regions = list.data();
        this->region_count = list.size();
        return static_cast<Options &>(*this);
    }

    Options &set_attributes(span<const ::gunyah_memparcel_vm_attribute> list) noexcept
    {
        this->attributes = list.data();
        this->attribute_count = list.size();
        return static_cast<Options &>(*this);
    }
};

} // namespace detail

/** What a parcel is made of. */
struct memparcel_options : detail::parcel_lists<memparcel_options, ::gunyah_memparcel_options> {
    memparcel_options() noexcept : parcel_lists(GUNYAH_MEMPARCEL_OPTIONS_INIT)
    {
    }
};

/** What a VM knows of a parcel that it is offered. */
struct memparcel_offer : ::gunyah_memparcel_offer {
    memparcel_offer() noexcept : ::gunyah_memparcel_offer(GUNYAH_MEMPARCEL_OFFER_INIT)
    {
    }

    /** From a notification. */
    explicit memparcel_offer(const ::gunyah_rm_mem_shared_event &event) noexcept : memparcel_offer()
    {
        memparcel = event.parcel;
        transaction = static_cast<::gunyah_memparcel_transaction>(event.transaction);
        io = event.type == GUNYAH_MEMPARCEL_TYPE_IO;
        label = event.label;
    }
};

/** How a parcel is accepted. */
struct memparcel_accept_options : detail::parcel_lists<memparcel_accept_options, ::gunyah_memparcel_accept_options> {
    memparcel_accept_options() noexcept : parcel_lists(GUNYAH_MEMPARCEL_ACCEPT_OPTIONS_INIT)
    {
    }
};

/** Memory that other VMs may use. Closing leaves the parcel as it is; reclaim() takes it back. */
class memparcel : public handle<::gunyah_memparcel, gunyah_memparcel_close>
{
  public:
    using handle::handle;

    /**
     * As gunyah_memparcel_create(). If a parcel was made in part and could not be taken back, there is a handle behind the error, in
     * *result, for reclaim().
     */
    static result<memparcel> create(resource_manager &rm, const ::gunyah_memparcel_options &options)
    {
        return detail::opened<memparcel>(
            [&](::gunyah_memparcel **raw) { return gunyah_memparcel_create(rm.get(), &options, raw); });
    }

    /**
     * Makes a parcel that goes with a VM, and leaves the handle to that: vm::destroy() takes the memory back. The number that all
     * VMs know it by. As gunyah_memparcel_create().
     */
    static result<std::uint32_t> create_for(vm &owner, resource_manager &rm, memparcel_options options)
    {
        options.vm = owner.get();
        result<memparcel> made = create(rm, options);
        const std::uint32_t number = made->number();
        made->release();

        return {made.error(), std::uint32_t{number}};
    }

    /** As gunyah_memparcel_open(). */
    static result<memparcel> open(resource_manager &rm, const ::gunyah_memparcel_offer &offer)
    {
        return detail::opened<memparcel>(
            [&](::gunyah_memparcel **raw) { return gunyah_memparcel_open(rm.get(), &offer, raw); });
    }

    /** As gunyah_memparcel_lookup(). */
    static result<memparcel> lookup(resource_manager &rm, const ::gunyah_memparcel_options &options)
    {
        return detail::opened<memparcel>(
            [&](::gunyah_memparcel **raw) { return gunyah_memparcel_lookup(rm.get(), &options, raw); });
    }

    /** The number that all VMs know it by. As gunyah_memparcel_handle(). */
    std::uint32_t number() const
    {
        return gunyah_memparcel_handle(get());
    }

    /**
     * How many regions it has, where that was asked for by giving a place for them. A donated parcel's handle is empty then. As
     * gunyah_memparcel_accept().
     */
    result<std::size_t> accept(const ::gunyah_memparcel_accept_options &options,
                               span<::gunyah_memory_region> mapped = {})
    {
        return detail::stored<std::size_t>([&](std::size_t *count) {
            return gunyah_memparcel_accept(address(), &options, mapped.data(), mapped.size(), count);
        });
    }

    /** The same with the defaults: the Resource Manager chooses where. */
    result<std::size_t> accept(span<::gunyah_memory_region> mapped = {})
    {
        return accept(memparcel_accept_options(), mapped);
    }

    /** As gunyah_memparcel_release(). */
    result<void> give_back(bool sanitize = false)
    {
        return gunyah_memparcel_release(get(), sanitize);
    }

    /** The handle is empty then. As gunyah_memparcel_reclaim(). */
    result<void> reclaim(bool sanitize = false)
    {
        return gunyah_memparcel_reclaim(address(), sanitize);
    }

    /** As gunyah_memparcel_notify(). */
    result<void> notify(std::uint32_t flag, std::uint32_t tag, span<const ::gunyah_rm_vm_entry> vms = {})
    {
        return gunyah_memparcel_notify(get(), flag, tag, vms.data(), vms.size());
    }
};

/** An interrupt that one VM lends another one. */
class irq : public handle<::gunyah_irq, gunyah_irq_close>
{
  public:
    using handle::handle;

    /** As gunyah_irq_lend(). */
    static result<irq> lend(resource_manager &rm, vmid borrower, virq which, std::uint32_t label)
    {
        return detail::opened<irq>(
            [&](::gunyah_irq **raw) { return gunyah_irq_lend(rm.get(), borrower, which, label, raw); });
    }

    /** As gunyah_irq_open(). */
    static result<irq> open(resource_manager &rm, std::uint32_t number)
    {
        return detail::opened<irq>([&](::gunyah_irq **raw) { return gunyah_irq_open(rm.get(), number, raw); });
    }

    /** The number that both VMs know it by. As gunyah_irq_handle(). */
    std::uint32_t number() const
    {
        return gunyah_irq_handle(get());
    }

    /** The number that it got. As gunyah_irq_accept(). */
    result<virq> accept(virq wanted = virq())
    {
        return detail::stored<virq>([&](virq *got) { return gunyah_irq_accept(get(), wanted, got); });
    }

    /** As gunyah_irq_release(). */
    result<void> give_back()
    {
        return gunyah_irq_release(get());
    }

    /** The handle is empty then. As gunyah_irq_reclaim(). */
    result<void> reclaim()
    {
        return gunyah_irq_reclaim(address());
    }

    /** As gunyah_irq_notify(). */
    result<void> notify()
    {
        return gunyah_irq_notify(get());
    }
};

} // namespace gh

#endif
