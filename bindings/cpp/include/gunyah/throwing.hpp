// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * For programs that want exceptions: gh::throwing() makes one of a failure. Nothing else in these headers throws.
 */
#ifndef GUNYAH_THROWING_HPP
#define GUNYAH_THROWING_HPP

#ifndef __cpp_exceptions
#error "gh::throwing() needs exceptions; gunyah.hpp includes this header where they are enabled"
#endif

#include "result.hpp"

#include <exception>

namespace gh
{

/** A failure, as an exception. */
class failure : public std::exception
{
  public:
    explicit failure(errc error) noexcept : error_(error)
    {
    }

    errc error() const noexcept
    {
        return error_;
    }

    /** As gunyah_error_text(). */
    const char *what() const noexcept override
    {
        return text(error_);
    }

  private:
    errc error_;
};

/** Returns the value of a result; throws gh::failure if there is none. */
template <typename T> T throwing(result<T> &&answer)
{
    if (!answer)
        throw failure(answer.error());
    return *static_cast<result<T> &&>(answer);
}

inline void throwing(result<void> answer)
{
    if (!answer)
        throw failure(answer.error());
}

} // namespace gh

#endif
