// SPDX-License-Identifier: BSD-3-Clause
//! Lines of results: kept while the trace is printed, and printed behind it.

use gunyah::{Error, ErrorKind};
use std::fmt::{Display, LowerHex, Write};

/// What was seen so far.
#[derive(Default)]
pub struct Log(String);

impl Log {
    /// A step that has to succeed.
    pub fn ok<T, E: Into<Error>>(&mut self, what: &str, result: Result<T, E>) -> T {
        let result = result.map_err(Into::into).unwrap_or_else(|error| panic!("{what}: {error}"));
        self.done(what);
        result
    }

    /// A step that has to fail.
    pub fn fails<T, E: Into<Error>>(&mut self, what: &str, result: Result<T, E>, kind: ErrorKind) -> Error {
        let error: Error = result.err().unwrap_or_else(|| panic!("{what}: it did not fail")).into();
        assert_eq!(error.kind(), kind, "{what}");
        self.line(what, kind.name());
        error
    }

    /// A step whose failure is no error in Rust.
    pub fn ends(&mut self, what: &str, kind: ErrorKind) {
        self.line(what, kind.name());
    }

    /// A step without a call.
    pub fn done(&mut self, what: &str) {
        self.line(what, "GUNYAH_OK");
    }

    fn line(&mut self, what: &str, name: &str) {
        write!(self.0, "\n{what}: {name}").unwrap();
    }

    pub fn number(&mut self, key: &str, value: impl Display) {
        write!(self.0, " {key}={value}").unwrap();
    }

    pub fn flag(&mut self, key: &str, value: bool) {
        self.number(key, u8::from(value));
    }

    pub fn hex(&mut self, key: &str, value: impl LowerHex) {
        write!(self.0, " {key}={value:#x}").unwrap();
    }

    pub fn bytes(&mut self, key: &str, bytes: &[u8]) {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.number(key, digits);
    }

    pub fn text(&mut self, key: &str, text: &str) {
        self.number(key, format_args!("\"{text}\""));
    }

    pub fn print(self) {
        println!("results:{}", self.0);
    }
}
