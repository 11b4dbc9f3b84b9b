// SPDX-License-Identifier: BSD-3-Clause
//! A hypervisor that answers what a test says, and keeps what it was asked.

use gunyah::{Call, Observer, Registers, Result};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::rc::Rc;

/// Keeps every call back but those by which a session is opened. A function of a VM's own watchdog is its own number.
#[derive(Clone, Default)]
pub struct Wire {
    asked: Rc<RefCell<Vec<(u32, Registers)>>>,
    answer: Rc<Cell<Registers>>,
}

impl Wire {
    /// Says what calls are answered from now on, from x0 on, the rest 0.
    pub fn answers(&self, words: &[u64]) {
        let mut answer = [0; 8];
        answer[..words.len()].copy_from_slice(words);
        self.answer.set(answer);
    }

    /// What went well made one call: of this number, with these arguments, and nothing but 0 behind them.
    #[track_caller]
    pub fn expect<T: Debug>(&self, result: Result<T>, number: u32, arguments: &[u64]) -> T {
        let mut registers = [0; 7];
        registers[..arguments.len()].copy_from_slice(arguments);
        let asked = self.asked.take();

        assert_eq!(asked.len(), 1, "{asked:x?} {result:?}");
        assert_eq!((asked[0].0, &asked[0].1[1..]), (number, &registers[..]), "{number:#x} {asked:x?}");
        result.unwrap()
    }
}

impl Observer for Wire {
    fn before(&mut self, call: &Call<'_>) -> Option<Registers> {
        let function = call.registers()[0] as u32;
        let own_watchdog = gunyah_sys::GUNYAH_SMCCC_WATCHDOG_CONTROL..=gunyah_sys::GUNYAH_SMCCC_WATCHDOG_SET_TIME;
        let number = call.number().or_else(|| Some(function).filter(|function| own_watchdog.contains(function)))?;
        if number == gunyah_sys::GUNYAH_HYPERCALL_HYPERVISOR_IDENTIFY {
            return None;
        }
        self.asked.borrow_mut().push((number, *call.registers()));
        Some(self.answer.get())
    }
}
