// SPDX-License-Identifier: BSD-3-Clause
// What the scenarios of tests/scenarios/README.md have in common, in C++: lines of results, and the machines.
#ifndef SCENARIO_HPP
#define SCENARIO_HPP

#include <gunyah/gunyah.hpp>
#include <gunyah/sim.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace scenario
{

constexpr std::uint64_t ms = 1000000;
constexpr std::size_t message_size = 16;
constexpr gh::vmid hlos_vmid{3};
constexpr gh::vmid guest_vmid{128};

// ---- results -----------------------------------------------------------------------------------------------------

// A line of results. It is printed behind the trace.
class line
{
  public:
    line(std::string_view what, gh::errc error);

    const line &number(std::string_view key, std::uint64_t value) const;
    const line &hex(std::string_view key, std::uint64_t value) const;
    const line &bytes(std::string_view key, gh::const_bytes value) const;
    const line &text(std::string_view key, std::string_view value) const;
};

// The line of a step, from its result.
template <typename T> line step(std::string_view what, const gh::result<T> &answer)
{
    return line(what, answer.error());
}

// A step that is no call.
inline line step(std::string_view what)
{
    return line(what, GUNYAH_OK);
}

// What was collected.
std::string results();

// ---- machines ----------------------------------------------------------------------------------------------------

// Prints each line of a trace.
struct printer {
    void operator()(const char *text) const;
};

struct machine {
    machine();

    printer print;
    gh::simulator sim;
};

struct side {
    gh::sim_vm vm;
    gh::session g;
    gh::msgqueue queue;
    gh::doorbell bell;
    gh::capid bell_cap;
};

struct pair : machine {
    pair();

    side alice;
    side bob;
};

struct maker : machine {
    maker();

    gh::session g;
    gh::partition partition;
    gh::cspace cspace;
    gh::vic vic;
};

struct client {
    void connect(gh::sim_vm to);

    gh::sim_vm vm;
    gh::session g;
    gh::resource_manager rm;
};

struct host : machine {
    host();

    void make_guest();
    void enter_guest();
    void leave_guest();
    void destroy_guest();

    client hlos;
    gh::vm made;
    client guest;
};

// ---- the scenarios -----------------------------------------------------------------------------------------------

void identify();
void doorbell();
void doorbell_wait();
void msgqueue();
void msgqueue_refused();
void msgqueue_wait();
void cspace();
void objects();
void closed();
void in_use();
void observer();
void faults();
void vm();
void refused();
void request();
void parcel();
void events();
void device_tree();

} // namespace scenario

#endif
