// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Results for C++: a value, or the error for which there is none. No exceptions are thrown, and none are needed.
 *
 * The namespace is gh, because C has a struct called gunyah. Errors are those of C (error.h), with their names.
 */
#ifndef GUNYAH_RESULT_HPP
#define GUNYAH_RESULT_HPP

#include <gunyah/error.h>

namespace gh
{

/** GUNYAH_OK, or one of GUNYAH_ERR_*. */
using errc = ::gunyah_error;

/** As gunyah_error_name(). */
inline const char *name(errc error)
{
    return gunyah_error_name(error);
}

/** As gunyah_error_text(). */
inline const char *text(errc error)
{
    return gunyah_error_text(error);
}

template <typename T> class result;

/**
 * What a function answers: success, or an error. Looking at it is not optional: the compiler warns about one that is dropped.
 */
template <> class [[nodiscard]] result<void>
{
  public:
    using value_type = void;

    constexpr result(errc error) noexcept : error_(error)
    {
    }

    /** Whether it is a success. */
    constexpr bool has_value() const noexcept
    {
        return error_ == GUNYAH_OK;
    }

    constexpr explicit operator bool() const noexcept
    {
        return has_value();
    }

    /** GUNYAH_OK if it is a success. */
    constexpr errc error() const noexcept
    {
        return error_;
    }

  private:
    errc error_;
};

/**
 * The same with a value. T has a default value, which is what a failure holds unless the function says otherwise.
 */
template <typename T> class [[nodiscard]] result : public result<void>
{
  public:
    using value_type = T;

    constexpr result(errc error, T &&value) noexcept : result<void>(error), value_(static_cast<T &&>(value))
    {
    }

    /** The value. Not checked: look first, or let gh::throwing() do it. */
    constexpr T &operator*() &noexcept
    {
        return value_;
    }

    constexpr const T &operator*() const &noexcept
    {
        return value_;
    }

    constexpr T &&operator*() &&noexcept
    {
        return static_cast<T &&>(value_);
    }

    constexpr T *operator->() noexcept
    {
        return &value_;
    }

    constexpr const T *operator->() const noexcept
    {
        return &value_;
    }

    /** The value, or another one if there is none. */
    constexpr T value_or(T other) &&noexcept
    {
        return has_value() ? static_cast<T &&>(value_) : static_cast<T &&>(other);
    }

    constexpr T value_or(T other) const &noexcept
    {
        return has_value() ? value_ : static_cast<T &&>(other);
    }

  private:
    T value_;
};

namespace detail
{

/** What a function of C stores behind its last argument, as a result. */
template <typename T, typename Call> constexpr result<T> stored(Call call)
{
    T value{};
    const errc error = call(&value);

    return {error, static_cast<T &&>(value)};
}

/** The same for a handle. */
template <typename Handle, typename Call> result<Handle> opened(Call call)
{
    typename Handle::raw_type *raw = nullptr;
    const errc error = call(&raw);

    return {error, Handle(raw)};
}

} // namespace detail

} // namespace gh

#endif
