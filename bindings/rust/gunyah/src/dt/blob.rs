// SPDX-License-Identifier: BSD-3-Clause
//! The bytes of a device tree, where they must be.

use std::fmt;
use std::ops::Deref;
use std::slice;

/// The bytes of a device tree, aligned as [`Tree::open`](crate::dt::Tree::open) wants them.
#[derive(Clone, PartialEq, Eq)]
pub struct Blob {
    words: Vec<u64>,
    size: usize,
}

impl Blob {
    /// Copies bytes from wherever they are.
    pub fn new(bytes: &[u8]) -> Blob {
        let word = |chunk: &[u8]| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        };
        Blob { words: bytes.chunks(8).map(word).collect(), size: bytes.len() }
    }

    /// The first bytes of some words.
    pub(super) fn from_words(words: Vec<u64>, size: usize) -> Blob {
        assert!(size <= words.len() * 8);
        Blob { words, size }
    }
}

impl Deref for Blob {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: there are at least so many bytes.
        unsafe { slice::from_raw_parts(self.words.as_ptr().cast(), self.size) }
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.size)
    }
}
