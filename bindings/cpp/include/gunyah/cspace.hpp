// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Partitions, capability spaces and interrupt controllers for C++ (object.h, cspace.h, vic.h).
 */
#ifndef GUNYAH_CSPACE_HPP
#define GUNYAH_CSPACE_HPP

#include "session.hpp"

#include <gunyah/cspace.h>
#include <gunyah/vic.h>

namespace gh
{

/** Creates objects: give it to their create(). */
class partition : public handle<::gunyah_partition, gunyah_partition_close>
{
  public:
    using handle::handle;

    /** As gunyah_partition_open(). */
    static result<partition> open(session &in, capid cap)
    {
        return detail::opened<partition>(
            [&](::gunyah_partition **raw) { return gunyah_partition_open(in.get(), cap, raw); });
    }

    capid cap() const
    {
        return gunyah_partition_capid(get());
    }
};

/** A table of capabilities. */
class cspace : public handle<::gunyah_cspace, gunyah_cspace_close>
{
  public:
    using handle::handle;

    /** As gunyah_cspace_open(). */
    static result<cspace> open(session &in, capid cap)
    {
        return detail::opened<cspace>([&](::gunyah_cspace **raw) { return gunyah_cspace_open(in.get(), cap, raw); });
    }

    /** As gunyah_cspace_create(). */
    static result<cspace> create(partition &from, cspace &into)
    {
        return detail::opened<cspace>(
            [&](::gunyah_cspace **raw) { return gunyah_cspace_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_cspace_capid(get());
    }

    /** As gunyah_cspace_configure(). */
    result<void> configure(std::uint32_t max_caps)
    {
        return gunyah_cspace_configure(get(), max_caps);
    }

    /** As gunyah_cspace_activate(). */
    result<void> activate()
    {
        return gunyah_cspace_activate(get());
    }

    /** An object of this space, as gunyah_object_activate_from(). */
    result<void> activate(capid object)
    {
        return gunyah_object_activate_from(get(), object);
    }

    /** An object of this space, as gunyah_object_reset_from(). */
    result<void> reset(capid object)
    {
        return gunyah_object_reset_from(get(), object);
    }

    /** Copies a capability of this space; the id is one of the space `to`. As gunyah_cspace_copy(). */
    result<capid> copy(capid source, cspace &to, std::uint32_t rights)
    {
        return detail::stored<capid>(
            [&](capid *made) { return gunyah_cspace_copy(get(), source, to.get(), rights, made); });
    }

    /** As gunyah_cspace_delete(). */
    result<void> remove(capid cap)
    {
        return gunyah_cspace_delete(get(), cap);
    }

    /** As gunyah_cspace_revoke(). */
    result<void> revoke(capid cap)
    {
        return gunyah_cspace_revoke(get(), cap);
    }

    /** As gunyah_cspace_revoke_children(). */
    result<void> revoke_children(capid master)
    {
        return gunyah_cspace_revoke_children(get(), master);
    }
};

/** A virtual interrupt controller. */
class vic : public handle<::gunyah_vic, gunyah_vic_close>
{
  public:
    using handle::handle;

    /** As gunyah_vic_open(). */
    static result<vic> open(session &in, capid cap)
    {
        return detail::opened<vic>([&](::gunyah_vic **raw) { return gunyah_vic_open(in.get(), cap, raw); });
    }

    /** As gunyah_vic_create(). */
    static result<vic> create(partition &from, cspace &into)
    {
        return detail::opened<vic>([&](::gunyah_vic **raw) { return gunyah_vic_create(from.get(), into.get(), raw); });
    }

    capid cap() const
    {
        return gunyah_vic_capid(get());
    }

    /** As gunyah_vic_configure(). */
    result<void> configure(std::uint32_t max_vcpus, std::uint32_t max_virqs)
    {
        return gunyah_vic_configure(get(), max_vcpus, max_virqs);
    }

    /** As gunyah_vic_activate(). */
    result<void> activate()
    {
        return gunyah_vic_activate(get());
    }

    /** As gunyah_vic_set_mpidr_mapping(). */
    result<void> set_mpidr_mapping(const ::gunyah_mpidr_mapping &mapping)
    {
        return gunyah_vic_set_mpidr_mapping(get(), &mapping);
    }

    /** As gunyah_vic_bind_msi_source(). */
    result<void> bind_msi_source(capid source)
    {
        return gunyah_vic_bind_msi_source(get(), source);
    }
};

/** As gunyah_virq_is_bindable(). */
inline bool is_bindable(virq number)
{
    return gunyah_virq_is_bindable(number);
}

} // namespace gh

#endif
