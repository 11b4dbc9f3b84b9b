// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * Small types: ids that are not mixed up, time-outs of any duration, and memory with its size.
 *
 * They need the headers of a freestanding C++17 and nothing else: <chrono>, <span>, <string_view> or <vector> are taken where
 * the caller has them, by what they look like.
 */
#ifndef GUNYAH_TYPES_HPP
#define GUNYAH_TYPES_HPP

#include <gunyah/abi/types.h>
#include <gunyah/backend.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace gh
{

/** An id of one kind: it is made explicitly, compared with its own kind, and goes wherever C takes it. */
template <typename C> struct id : C {
    using value_type = decltype(C::value);

    constexpr id() noexcept : C{}
    {
    }

    constexpr explicit id(value_type number) noexcept : C{number}
    {
    }

    constexpr id(C other) noexcept : C(other)
    {
    }

    friend constexpr bool operator==(id left, id right) noexcept
    {
        return left.value == right.value;
    }

    friend constexpr bool operator!=(id left, id right) noexcept
    {
        return left.value != right.value;
    }

    friend constexpr bool operator<(id left, id right) noexcept
    {
        return left.value < right.value;
    }
};

/** A capability in a capability space. 0 is a good one. */
using capid = id<::gunyah_capid_t>;
/** A VM. */
using vmid = id<::gunyah_vmid_t>;
/** An interrupt of a VM; 0: none. */
using virq = id<::gunyah_virq_t>;

/** What no capability has. */
inline constexpr capid no_cap{GUNYAH_CAPID_INVALID};

/**
 * How long to wait: any std::chrono::duration, or forever. What is below 0 only looks; what does not fit into 64 bits of
 * nanoseconds is forever; a part of a nanosecond counts as a whole one.
 */
class timeout
{
  public:
    template <typename Duration, typename Period = typename Duration::period, typename Rep = typename Duration::rep>
    constexpr timeout(Duration duration) noexcept : nanoseconds_(count<Period>(duration.count()))
    {
    }

    static constexpr timeout raw(std::uint64_t nanoseconds) noexcept
    {
        return timeout(nanoseconds, 0);
    }

    constexpr std::uint64_t nanoseconds() const noexcept
    {
        return nanoseconds_;
    }

  private:
    constexpr timeout(std::uint64_t nanoseconds, int) noexcept : nanoseconds_(nanoseconds)
    {
    }

    static constexpr std::uint64_t divisor(std::uint64_t left, std::uint64_t right) noexcept
    {
        return right == 0 ? left : divisor(right, left % right);
    }

    template <typename Period, typename Rep> static constexpr std::uint64_t count(Rep ticks) noexcept
    {
        if (!(ticks > 0))
            return 0;
        if constexpr (std::is_floating_point_v<Rep>) {
            constexpr Rep factor = Rep(Period::num) * Rep(1e9) / Rep(Period::den);
            if (ticks >= Rep(1.8e19) / factor)
                return GUNYAH_WAIT_FOREVER;
            const Rep exact = ticks * factor;
            const auto whole = static_cast<std::uint64_t>(exact);
            return whole + (Rep(whole) < exact ? 1 : 0);
        } else {
            constexpr std::uint64_t common = divisor(1000000000, Period::den);
            constexpr std::uint64_t denominator = std::uint64_t{Period::den} / common;
            constexpr std::uint64_t numerator = std::uint64_t{Period::num} * (1000000000 / common);
            const auto positive = static_cast<std::uint64_t>(ticks);
            if (positive > GUNYAH_WAIT_FOREVER / numerator)
                return GUNYAH_WAIT_FOREVER;
            const std::uint64_t product = positive * numerator;
            return product / denominator + (product % denominator != 0 ? 1 : 0);
        }
    }

    std::uint64_t nanoseconds_;
};

/** As long as it takes. */
inline constexpr timeout forever = timeout::raw(GUNYAH_WAIT_FOREVER);
/** Looks, and does not wait. */
inline constexpr timeout no_wait = timeout::raw(0);

namespace detail
{
// As std::declval, which <utility> has.
template <typename T> T &lvalue() noexcept;
} // namespace detail

/** Elements in a row, which belong to somebody else: what std::span is, for C++17. */
template <typename T> class span
{
  public:
    constexpr span() noexcept = default;

    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size)
    {
    }

    template <std::size_t N> constexpr span(T (&array)[N]) noexcept : data_(array), size_(N)
    {
    }

    /** Of anything that has its elements in a row: data() and size(). */
    template <typename Container,
              typename = std::enable_if_t<std::is_convertible_v<
                  std::remove_pointer_t<decltype(detail::lvalue<Container>().data())> (*)[], T (*)[]>>>
    constexpr span(Container &&container) noexcept : data_(container.data()), size_(container.size())
    {
    }

    constexpr T *data() const noexcept
    {
        return data_;
    }

    constexpr std::size_t size() const noexcept
    {
        return size_;
    }

    constexpr T *begin() const noexcept
    {
        return data_;
    }

    constexpr T *end() const noexcept
    {
        return data_ + size_;
    }

    constexpr T &operator[](std::size_t index) const noexcept
    {
        return data_[index];
    }

  private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/**
 * Bytes of anything that lies in a row and is copied byte by byte. Void is const void to read from, or void to write to.
 *
 * A literal is not taken, because it has a 0 at its end that hardly anybody means: say std::string_view, or how many.
 */
template <typename Void> class any_bytes
{
    template <typename T>
    static constexpr bool is_plain = std::is_trivially_copyable_v<T> &&std::is_convertible_v<T *, Void *>;

  public:
    constexpr any_bytes() noexcept = default;

    constexpr any_bytes(Void *data, std::size_t size) noexcept : data_(data), size_(size)
    {
    }

    template <typename T, std::size_t N, typename = std::enable_if_t<is_plain<T>>>
    constexpr any_bytes(T (&array)[N]) noexcept : data_(array), size_(sizeof(array))
    {
    }

    template <std::size_t N> any_bytes(const char (&literal)[N]) = delete;

    template <typename Container, typename T = std::remove_pointer_t<decltype(detail::lvalue<Container>().data())>,
              typename = std::enable_if_t<is_plain<T>>>
    constexpr any_bytes(Container &&container) noexcept : data_(container.data()), size_(container.size() * sizeof(T))
    {
    }

    constexpr Void *data() const noexcept
    {
        return data_;
    }

    constexpr std::size_t size() const noexcept
    {
        return size_;
    }

  private:
    Void *data_ = nullptr;
    std::size_t size_ = 0;
};

/** Bytes that are read. */
using const_bytes = any_bytes<const void>;
/** Bytes that are written. */
using bytes = any_bytes<void>;

} // namespace gh

#endif
