// SPDX-License-Identifier: BSD-3-Clause
//! What the Resource Manager will say of a VM's device tree, before it is asked.

use crate::{panics, sys, text, Error, Result};
use core::ffi::c_void;
use core::fmt;
use core::mem::zeroed;

/// Bits of the generations of the Resource Manager that a VM is for: that of 2023.
pub const RM_2023: u32 = sys::GUNYAH_DT_RM_2023;
/// Later ones.
pub const RM_LATER: u32 = sys::GUNYAH_DT_RM_LATER;

/// How bad it is; a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is wrong: another generation has this rule.
    Fine,
    /// It works; something of it has no effect, or could be clearer.
    Note,
    /// It starts, but not as it was meant; or it is refused under conditions.
    Warning,
    /// The Resource Manager refuses the VM, or crashes.
    Error,
}

impl Severity {
    fn from_raw(raw: sys::gunyah_dt_severity) -> Severity {
        match raw {
            sys::GUNYAH_DT_FINE => Severity::Fine,
            sys::GUNYAH_DT_NOTE => Severity::Note,
            sys::GUNYAH_DT_WARNING => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// "page-alignment". Names stay as they are.
    pub name: &'static str,
    /// How bad it is for the generation of 2023.
    pub rm_2023: Severity,
    /// How bad it is for later ones.
    pub rm_later: Severity,
    /// What it demands, as one clause.
    pub rule: &'static str,
    /// What the Resource Manager does otherwise, as one clause.
    pub consequence: &'static str,
    /// What to do, as one sentence.
    pub cure: &'static str,
}

impl Rule {
    fn from_raw(raw: &'static sys::gunyah_dt_rule) -> Rule {
        // SAFETY: all texts live for ever.
        let [name, rule, consequence, cure] =
            unsafe { [raw.name, raw.rule, raw.consequence, raw.cure].map(|text| text::borrowed(text)) };
        Rule {
            name,
            rm_2023: Severity::from_raw(raw.rm_2023),
            rm_later: Severity::from_raw(raw.rm_later),
            rule,
            consequence,
            cure,
        }
    }
}

/// Returns every rule of the linter.
pub fn rules() -> impl Iterator<Item = Rule> {
    // SAFETY: rules live for ever; there is null after the last one.
    (0..).map_while(|index| unsafe { sys::gunyah_dt_lint_rule(index).as_ref() }).map(Rule::from_raw)
}

/// Something that breaks a rule. As text, a line that says what is wrong, and two indented ones with its effect and its cure.
#[derive(Debug)]
pub struct Finding<'f> {
    raw: &'f sys::gunyah_dt_finding,
}

impl<'f> Finding<'f> {
    /// Returns the rule.
    pub fn rule(&self) -> Rule {
        // SAFETY: rules live for ever.
        Rule::from_raw(unsafe { &*self.raw.rule })
    }

    /// Returns the worst of the generations that were asked about.
    pub fn severity(&self) -> Severity {
        Severity::from_raw(self.raw.severity)
    }

    /// Returns the bits of the generations that have the rule, of those that were asked about.
    pub fn generations(&self) -> u32 {
        self.raw.generations
    }

    /// Returns the path of the node.
    pub fn path(&self) -> &'f str {
        // SAFETY: it lives as long as the finding.
        unsafe { text::borrowed(self.raw.path) }
    }

    /// Returns the name of the property; none, if this is about the node itself.
    pub fn property(&self) -> Option<&'f str> {
        // SAFETY: as above.
        Some(unsafe { text::borrowed(self.raw.property) }).filter(|name| !name.is_empty())
    }

    /// Returns what is wrong with the value that is there, as one clause.
    pub fn text(&self) -> &'f str {
        // SAFETY: as above.
        unsafe { text::borrowed(self.raw.text) }
    }
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut room = [0; 2048];
        // SAFETY: what does not fit is cut off, before a 0.
        f.write_str(unsafe {
            sys::gunyah_dt_finding_format(self.raw, room.as_mut_ptr(), room.len());
            text::borrowed(room.as_ptr())
        })
    }
}

/// What a tree is checked for.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct LintOptions {
    raw: sys::gunyah_dt_lint_options,
}

impl Default for LintOptions {
    fn default() -> LintOptions {
        LintOptions { raw: sys::GUNYAH_DT_LINT_OPTIONS_INIT }
    }
}

impl LintOptions {
    /// All generations, and addresses of 36 bits.
    pub fn new() -> LintOptions {
        LintOptions::default()
    }

    /// The generations that the VM is for: [`RM_2023`], [`RM_LATER`], or both.
    pub fn generations(mut self, generations: u32) -> Self {
        self.raw.generations = generations;
        self
    }

    /// Width of an address in the VM's address space.
    pub fn ipa_bits(mut self, bits: u32) -> Self {
        self.raw.ipa_bits = bits;
        self
    }

    /// Bytes of the region, from the tree on, that the Resource Manager is told.
    pub fn region_size(mut self, bytes: u64) -> Self {
        self.raw.region_size = bytes;
        self
    }

    /// The platform authenticates this VM, so that it may have what others may not.
    pub fn trusted(mut self) -> Self {
        self.raw.trusted = true;
        self
    }
}

/// How many findings there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LintSum {
    /// Errors.
    pub errors: u32,
    /// Warnings.
    pub warnings: u32,
    /// Notes.
    pub notes: u32,
}

/// Checks a device tree as a VMM hands it over, and reports each finding, in the order of the tree. The bytes are aligned to 8.
/// When the report panics, this does.
///
/// # Errors
/// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment); [`Option`](crate::ErrorKind::Option), no generation, an unknown
/// one, or a width that is not 32 to 52. A tree that cannot be read is a finding.
pub fn lint<F: FnMut(&Finding<'_>)>(bytes: &[u8], options: LintOptions, mut report: F) -> Result<LintSum> {
    let context = &mut report as *mut F as *mut c_void;
    let raw = sys::gunyah_dt_lint_options { report: Some(call::<F>), context, ..options.raw };
    // SAFETY: all zero is a value of this struct.
    let mut linter: sys::gunyah_dt_linter = unsafe { zeroed() };
    // SAFETY: bytes and context live till the end of this.
    let error = unsafe { sys::gunyah_dt_lint(bytes.as_ptr().cast(), bytes.len(), &raw, &mut linter) };

    panics::resume();
    Error::check(error, "gunyah_dt_lint")?;
    Ok(LintSum { errors: linter.errors, warnings: linter.warnings, notes: linter.notes })
}

unsafe extern "C" fn call<F: FnMut(&Finding<'_>)>(context: *mut c_void, finding: *const sys::gunyah_dt_finding) {
    let report = &mut *(context as *mut F);

    panics::catch((), || report(&Finding { raw: &*finding }));
}
