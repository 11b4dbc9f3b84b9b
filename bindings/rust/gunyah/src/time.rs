// SPDX-License-Identifier: BSD-3-Clause
//! How long to wait.

use core::time::Duration;

/// How long a function waits. A [`Duration`] is one, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(u64);

impl Timeout {
    /// Only looks.
    pub const NOW: Timeout = Timeout(0);

    /// Never comes.
    pub const FOREVER: Timeout = Timeout(u64::MAX);

    // The time-out of the Resource Manager's options has a number of its own, the one below FOREVER.
    const LONGEST: u64 = u64::MAX - 2;

    #[cfg(feature = "rm")]
    pub(crate) const DEFAULT: Timeout = Timeout(u64::MAX - 1);

    pub(crate) const fn nanoseconds(self) -> u64 {
        self.0
    }
}

impl From<Duration> for Timeout {
    fn from(duration: Duration) -> Timeout {
        Timeout(duration.as_nanos().min(u128::from(Timeout::LONGEST)) as u64)
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_in_nanoseconds() {
        assert_eq!(Timeout::from(Duration::from_micros(3)).nanoseconds(), 3000);
        assert_eq!(Timeout::from(Duration::ZERO), Timeout::NOW);
    }

    #[test]
    fn the_longest_duration_is_neither_for_ever_nor_the_default() {
        assert_eq!(Timeout::from(Duration::MAX).nanoseconds(), u64::MAX - 2);
    }
}
