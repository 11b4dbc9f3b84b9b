// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * What all handles have in common. A handle is moved, not copied, and closed at its end.
 *
 * It costs what a pointer costs, and so does not know whether its session is still there: a handle must be gone, or closed, before
 * the session that it was opened in, as it is by itself when the two are declared in the order in which they are opened. The same
 * holds between sessions and the simulator or node that they are opened on, and between a connection to the Resource Manager
 * and the VMs, parcels and interrupts that are opened with it. Who keeps that order never sees a destructor fail; where one does,
 * what it could not close goes with the session.
 *
 * Functions of a handle that is empty (moved from, or closed) answer GUNYAH_ERR_NULL, close() answers GUNYAH_ERR_HANDLE.
 */
#ifndef GUNYAH_HANDLE_HPP
#define GUNYAH_HANDLE_HPP

#include "result.hpp"

namespace gh
{

template <typename Raw, errc (*Close)(Raw **)> class handle
{
  public:
    using raw_type = Raw;

    /** Empty. */
    constexpr handle() noexcept = default;

    /** Takes over a handle of C. */
    constexpr explicit handle(Raw *raw) noexcept : raw_(raw)
    {
    }

    constexpr handle(handle &&other) noexcept : raw_(other.release())
    {
    }

    /** What was here goes to the other one, so that members that are assigned together are still closed in the right order. */
    constexpr handle &operator=(handle &&other) noexcept
    {
        Raw *raw = other.release();

        other.raw_ = release();
        raw_ = raw;
        return *this;
    }

    ~handle()
    {
        if (raw_ != nullptr)
            (void)Close(&raw_);
    }

    /** Closes it, and tells whether that went well. If it did not, the handle stays. */
    result<void> close()
    {
        return Close(&raw_);
    }

    /** Whether there is one. */
    constexpr explicit operator bool() const noexcept
    {
        return raw_ != nullptr;
    }

    /** The handle of C; null: empty. It stays with this object. */
    constexpr Raw *get() const noexcept
    {
        return raw_;
    }

    /** Hands the handle of C over to the caller. */
    constexpr Raw *release() noexcept
    {
        Raw *raw = raw_;

        raw_ = nullptr;
        return raw;
    }

  protected:
    /** For functions of C that may close it. */
    constexpr Raw **address() noexcept
    {
        return &raw_;
    }

  private:
    Raw *raw_ = nullptr;
};

} // namespace gh

#endif
