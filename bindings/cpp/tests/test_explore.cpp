// SPDX-License-Identifier: BSD-3-Clause
// Exploring the orders in which VMs act; without exceptions and RTTI.
#include "check.hpp"

#include <gunyah/gunyah.hpp>
#include <gunyah/sim_explore.hpp>

#include <cstring>
#include <string>

namespace
{

// One VM rings, the other one looks at its flags once.
struct world {
    gh::session g[2];
    gh::doorbell ring;
    gh::doorbell hear;
};

const char *set_up(void *context, gunyah_sim *sim)
{
    world &w = *static_cast<world *>(context);
    gunyah_sim_vm *vm[2] = {};

    for (int i = 0; i < 2; i++) {
        gunyah_sim_add_vm(sim, nullptr, &vm[i]);
        w.g[i] = *gh::session::open(gunyah_sim_backend(vm[i]));
    }
    gh::sim_doorbell wire{gh::sim_vm(vm[0]), gh::sim_vm(vm[1])};
    CHECK(gunyah_sim_connect_doorbell(sim, &wire) == GUNYAH_OK);
    w.ring = *gh::doorbell::open(w.g[0], gh::doorbell_options(wire.send_cap));
    w.hear = *gh::doorbell::open(w.g[1], gh::doorbell_options(wire.receive_cap));
    return nullptr;
}

void tear_down(void *context)
{
    world &w = *static_cast<world *>(context);

    w.hear = gh::doorbell();
    w.ring = gh::doorbell();
    for (gh::session &g : w.g)
        g = gh::session();
}

gh::sim_scenario scenario_of(world &w)
{
    gh::sim_scenario scenario(&w);

    scenario.setup = set_up;
    scenario.teardown = tear_down;
    scenario.guest_count = 2;
    scenario.guests[0] = [](void *context, std::uint32_t) -> const char * {
        (void)static_cast<world *>(context)->ring.send(1);
        return nullptr;
    };
    scenario.guests[1] = [](void *context, std::uint32_t) -> const char * {
        const auto flags = static_cast<world *>(context)->hear.receive(1);
        return flags && *flags == 1 ? nullptr : "it did not ring";
    };
    return scenario;
}

void finds_and_repeats()
{
    world w;
    const gh::sim_scenario scenario = scenario_of(w);
    gh::sim_explore_options options;
    auto first = gh::exploration::run(scenario);

    CHECK(bool(first) && first->found());
    CHECK((*first)->finding == GUNYAH_SIM_FINDING_GUEST && (*first)->guest == 1);
    CHECK(std::strcmp((*first)->sentence, "it did not ring") == 0);
    const std::string schedule = (*first)->schedule;
    options.schedule = schedule.c_str();
    gh::exploration again = *gh::exploration::run(scenario, options);
    CHECK(again.found() && schedule == again->schedule);
    again = static_cast<gh::exploration &&>(*first);
    CHECK(schedule == again->schedule);
}

void says_what_was_wrong()
{
    world w;
    gh::sim_explore_options options;
    options.schedule = "nonsense";
    const auto refused = gh::exploration::run(scenario_of(w), options);

    CHECK(refused.error() == GUNYAH_ERR_ARGUMENT_INVALID && !refused->found());
    CHECK(std::strstr((*refused)->sentence, "the schedule is damaged") != nullptr);
}

} // namespace

int main()
{
    finds_and_repeats();
    says_what_was_wrong();
    return EXIT_SUCCESS;
}
