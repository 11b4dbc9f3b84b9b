// SPDX-License-Identifier: BSD-3-Clause
/**
 * @file
 * The orders in which VMs of the simulator can act, for C++ (sim_explore.h).
 */
#ifndef GUNYAH_SIM_EXPLORE_HPP
#define GUNYAH_SIM_EXPLORE_HPP

#include "sim.hpp"

#include <gunyah/sim_explore.h>

namespace gh
{

/** Options of exploration::run(). */
struct sim_explore_options : ::gunyah_sim_explore_options {
    sim_explore_options() noexcept : ::gunyah_sim_explore_options(GUNYAH_SIM_EXPLORE_OPTIONS_INIT)
    {
    }
};

/** What is tried in many orders. Its functions are those of C, which lambdas without captures are too: what they share is context. */
struct sim_scenario : ::gunyah_sim_scenario {
    explicit sim_scenario(void *shared = nullptr) noexcept : ::gunyah_sim_scenario(GUNYAH_SIM_SCENARIO_INIT)
    {
        context = shared;
    }
};

/** What came of trying. It owns the text of the schedule. */
class exploration
{
  public:
    exploration() noexcept : raw_(GUNYAH_SIM_EXPLORE_RESULT_INIT)
    {
    }

    exploration(exploration &&other) noexcept : raw_(other.raw_)
    {
        other.raw_.schedule = nullptr;
    }

    exploration &operator=(exploration &&other) noexcept
    {
        const ::gunyah_sim_explore_result mine = raw_;

        raw_ = other.raw_;
        other.raw_ = mine;
        return *this;
    }

    /** As gunyah_sim_explore_release(). */
    ~exploration()
    {
        gunyah_sim_explore_release(&raw_);
    }

    /** As gunyah_sim_explore(). A failure has a value as well, whose sentence says what was wrong. */
    static result<exploration> run(const ::gunyah_sim_scenario &scenario,
                                   const ::gunyah_sim_explore_options &options = sim_explore_options())
    {
        exploration made;
        const errc error = gunyah_sim_explore(&options, &scenario, &made.raw_);

        return {error, static_cast<exploration &&>(made)};
    }

    /** Whether a schedule ended badly. */
    bool found() const noexcept
    {
        return raw_.finding != GUNYAH_SIM_FINDING_NONE;
    }

    /** All that is known. */
    const ::gunyah_sim_explore_result *operator->() const noexcept
    {
        return &raw_;
    }

  private:
    ::gunyah_sim_explore_result raw_;
};

} // namespace gh

#endif
