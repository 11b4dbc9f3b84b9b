// SPDX-License-Identifier: BSD-3-Clause
//! Memory for sessions where there is no heap.

use crate::sys;
use core::cell::UnsafeCell;
use core::marker::PhantomData;

/// A piece of memory that sessions allocate from, for places without a heap. It needs room only for what is open at once.
#[derive(Debug)]
pub struct Arena<'m> {
    arena: UnsafeCell<sys::gunyah_arena>,
    memory: PhantomData<&'m mut [u8]>,
}

impl<'m> Arena<'m> {
    /// Makes an arena of a piece of memory, of any alignment.
    pub fn new(memory: &'m mut [u8]) -> Arena<'m> {
        let arena = sys::gunyah_arena { memory: memory.as_mut_ptr(), size: memory.len(), used: 0 };
        Arena { arena: UnsafeCell::new(arena), memory: PhantomData }
    }

    /// Returns how many bytes are in use.
    pub fn used(&self) -> usize {
        // SAFETY: the arena belongs to this thread, and nobody is allocating now.
        unsafe { (*self.arena.get()).used }
    }

    pub(crate) fn raw(&self) -> sys::gunyah_allocator {
        let arena = self.arena.get();
        // SAFETY: the arena has its place as long as it is borrowed. It is made anew with what is in use, which the function
        // forgets: before the first session that is nothing.
        unsafe {
            let used = (*arena).used;
            let allocator = sys::gunyah_arena_allocator(arena, (*arena).memory.cast(), (*arena).size);
            (*arena).used = used;
            allocator
        }
    }
}
