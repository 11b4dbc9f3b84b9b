// SPDX-License-Identifier: BSD-3-Clause
//! Plans: faults and hazards as text.

use super::Sim;
use crate::{sys, text, Error, ErrorKind};
use std::fmt;

/// Where a plan is not understood.
#[derive(Clone, Debug)]
pub struct PlanProblem {
    error: Error,
    line: u32,
    text: String,
}

impl PlanProblem {
    /// What the simulator answered: [`ArgumentInvalid`](ErrorKind::ArgumentInvalid), the text is not understood, or names a VM that
    /// there is not; [`ArgumentSize`](ErrorKind::ArgumentSize), it is above 1 MiB; [`OutOfMemory`](ErrorKind::OutOfMemory).
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// The line, from 1 on; 0: it is not about a line.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// What is wrong, and what was expected.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for PlanProblem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

impl Sim {
    /// Adds faults, and interrupts that are lost, late, doubled or a flood, as a text says, one a line. docs/simulator.md describes
    /// the language.
    ///
    /// # Errors
    /// A [`PlanProblem`]. Nothing is added then.
    pub fn add_plan(&self, plan: &str) -> Result<(), PlanProblem> {
        let mut problem = sys::GUNYAH_SIM_PLAN_PROBLEM_INIT;
        // SAFETY: the machine is there; the text is read within its bounds, and the problem is written.
        let error = unsafe { sys::gunyah_sim_add_plan(self.raw(), plan.as_ptr().cast(), plan.len(), &mut problem) };
        self.check(error).map_err(|error| PlanProblem {
            error,
            line: problem.line,
            // SAFETY: it ends with a 0.
            text: unsafe { text::borrowed(problem.text.as_ptr()) }.to_owned(),
        })
    }

    /// Sets what chance goes by, in faults and plans: the seed of the machine at first.
    pub fn seed_faults(&self, seed: u64) {
        // SAFETY: the machine is there. It has no error for that.
        unsafe { sys::gunyah_sim_seed_faults(self.raw(), seed) };
    }
}
