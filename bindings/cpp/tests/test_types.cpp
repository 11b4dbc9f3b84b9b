// SPDX-License-Identifier: BSD-3-Clause
// Results, ids, time-outs and memory with its size. Most of it is true, or refused, when it is compiled.
#include "check.hpp"

#include <gunyah/gunyah.hpp>

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace
{

using namespace std::chrono;

// ---- results: as small as what they hold -------------------------------------------------------------------------

static_assert(sizeof(gh::result<void>) == sizeof(gunyah_error));
static_assert(std::is_trivially_copyable_v<gh::result<void>>);
static_assert(std::is_trivially_copyable_v<gh::result<std::uint64_t>>);
static_assert(!std::is_convertible_v<gh::result<void>, bool>, "a result is looked at, not counted");

constexpr gh::result<int> five(GUNYAH_OK, 5);
constexpr gh::result<int> nothing(GUNYAH_ERR_FULL, 0);
static_assert(five && *five == 5 && five.error() == GUNYAH_OK && five.value_or(7) == 5);
static_assert(!nothing && nothing.error() == GUNYAH_ERR_FULL && nothing.value_or(7) == 7);

// ---- ids: not mixed up -------------------------------------------------------------------------------------------

static_assert(sizeof(gh::capid) == sizeof(gunyah_capid_t) && std::is_trivially_copyable_v<gh::capid>);
static_assert(!std::is_convertible_v<int, gh::vmid> && !std::is_convertible_v<gh::vmid, gh::virq>);
static_assert(!std::is_constructible_v<gh::capid, gh::virq>);
static_assert(std::is_convertible_v<gh::capid, gunyah_capid_t> && std::is_convertible_v<gunyah_virq_t, gh::virq>);
static_assert(gh::virq(5) == gh::virq(5) && gh::virq(5) != gh::virq(6) && gh::virq(5) < gh::virq(6));
static_assert(gh::no_cap.value == GUNYAH_CAPID_INVALID && gh::vmid() == gh::vmid(0));

// ---- time-outs: never shorter than what was said -----------------------------------------------------------------

constexpr std::uint64_t ns(gh::timeout limit)
{
    return limit.nanoseconds();
}

static_assert(ns(seconds(2)) == 2000000000 && ns(nanoseconds(7)) == 7 && ns(hours(1)) == 3600000000000);
static_assert(ns(milliseconds(-1)) == 0 && ns(seconds(0)) == 0);
static_assert(ns(duration<int, std::pico>(1)) == 1 && ns(duration<int, std::pico>(1001)) == 2);
static_assert(ns(duration<int, std::ratio<1, 3>>(1)) == 333333334);
static_assert(ns(duration<double>(0.5)) == 500000000 && ns(duration<double, std::nano>(1.5)) == 2);
static_assert(ns(duration<double>(-1.0)) == 0 && ns(duration<double>(1e300)) == GUNYAH_WAIT_FOREVER);
static_assert(ns(hours::max()) == GUNYAH_WAIT_FOREVER && ns(seconds(18446744074)) == GUNYAH_WAIT_FOREVER);
static_assert(ns(seconds(18446744073)) == UINT64_C(18446744073000000000));
static_assert(ns(gh::forever) == GUNYAH_WAIT_FOREVER && ns(gh::no_wait) == 0);
static_assert(ns(gh::rm_default_timeout) == GUNYAH_RM_DEFAULT_TIMEOUT);
static_assert(!std::is_convertible_v<int, gh::timeout>, "of what?");

// ---- memory with its size ----------------------------------------------------------------------------------------

static_assert(!std::is_constructible_v<gh::const_bytes, const char (&)[6]>, "a literal has a 0 at its end");
static_assert(!std::is_constructible_v<gh::const_bytes, std::vector<std::string>>, "no bytes");
static_assert(!std::is_constructible_v<gh::bytes, std::string_view>, "read only");
static_assert(!std::is_constructible_v<gh::bytes, const std::vector<char> &>, "read only");
static_assert(!std::is_constructible_v<gh::span<gunyah_rm_vm_entry>, std::vector<int> &>, "another kind");
static_assert(!std::is_constructible_v<gh::span<int>, const std::vector<int> &>, "read only");

void bytes_of_anything()
{
    std::string text = "hello";
    std::vector<std::uint32_t> words(3);
    std::array<std::uint16_t, 4> halves{};
    const std::uint64_t longs[] = {1, 2};
    char buffer[7];

    const gh::const_bytes of_text(text);
    CHECK(of_text.data() == text.data() && of_text.size() == 5);
    CHECK(gh::const_bytes(std::string_view("ab")).size() == 2);
    CHECK(gh::const_bytes(words).size() == 12 && gh::bytes(words).data() == words.data());
    CHECK(gh::const_bytes(halves).size() == 8);
    CHECK(gh::const_bytes(longs).size() == 16);
    CHECK(gh::bytes(buffer).data() == buffer && gh::bytes(buffer).size() == 7);
    CHECK(gh::const_bytes().data() == nullptr && gh::const_bytes().size() == 0);
}

void spans()
{
    const std::vector<int> numbers = {1, 2, 3};
    int sum = 0;

    for (const int number : gh::span<const int>(numbers))
        sum += number;
    CHECK(sum == 6);
    CHECK(gh::span<const int>(numbers)[2] == 3);
    CHECK(gh::span<const int>().size() == 0);
}

void names()
{
    CHECK(std::string_view(gh::name(GUNYAH_ERR_FULL)) == "GUNYAH_ERR_FULL");
    CHECK(std::string_view(gh::text(GUNYAH_ERR_FULL)) == gunyah_error_text(GUNYAH_ERR_FULL));
}

void throwing()
{
    CHECK(gh::throwing(gh::result<int>(GUNYAH_OK, 5)) == 5);
    gh::throwing(gh::result<void>(GUNYAH_OK));
    int caught = 0;
    try {
        gh::throwing(gh::result<int>(GUNYAH_ERR_FULL, 0));
    } catch (const std::exception &failure) {
        CHECK(std::string_view(failure.what()) == gunyah_error_text(GUNYAH_ERR_FULL));
        caught++;
    }
    try {
        gh::throwing(gh::result<void>(GUNYAH_ERR_EMPTY));
    } catch (const gh::failure &failure) {
        CHECK(failure.error() == GUNYAH_ERR_EMPTY);
        caught++;
    }
    CHECK(caught == 2);
}

} // namespace

int main()
{
    bytes_of_anything();
    spans();
    names();
    throwing();
}
