// SPDX-License-Identifier: BSD-3-Clause
//! The device tree that a VM is made from: a whole one, or one that exists with the VM's configuration added.

// An error says where it is, which takes room; a tree is built once.
#![allow(clippy::result_large_err)]

use super::texts::Texts;
use super::{Blob, TreeError};
use crate::{sys, ErrorKind, Virq};
use core::marker::PhantomData;
use core::mem::zeroed;
use core::ptr;
use std::fmt;

enumeration! {
    /// How vCPUs are scheduled.
    Affinity {
        /// The VMM runs them.
        Proxy = GUNYAH_DT_AFFINITY_PROXY,
        /// By the hypervisor, on one CPU each.
        Static = GUNYAH_DT_AFFINITY_STATIC,
        /// By the hypervisor, on the CPU where it ran before.
        Sticky = GUNYAH_DT_AFFINITY_STICKY,
        /// By the hypervisor, and it stays on its CPU.
        Pinned = GUNYAH_DT_AFFINITY_PINNED,
    }
}

/// What the Resource Manager is told of the VM as such. By default a VM called "vm" with 256 MiB at 2 GiB, whose vCPUs the VMM
/// runs.
#[derive(Clone, Copy, Debug)]
pub struct Config<'c> {
    /// The VM's name, 1 to 79 characters.
    pub image_name: &'c str,
    /// No other one than "linux" has an effect.
    pub os_type: Option<&'c str>,
    /// 1 to 79 characters.
    pub uri: Option<&'c str>,
    /// Hexadecimal, 8-4-4-4-12.
    pub guid: Option<&'c str>,
    /// IPA of the VM's memory, a multiple of 2 MiB.
    pub base_address: u64,
    /// Bytes of it, a multiple of 4 KiB.
    pub memory_size: u64,
    /// Bytes that are memory, now or later; 0: `memory_size`.
    pub size_max: u64,
    /// IPA of firmware in a parcel of its own, and bytes of it (0: 4 MiB).
    pub firmware: Option<(u64, u64)>,
    /// The rest is for what is not [`Affinity::Proxy`].
    pub affinity: Affinity,
    /// Physical CPU of each vCPU.
    pub affinity_map: &'c [u32],
    /// Offset from the owner's, -63 to -1.
    pub priority: i32,
    /// Microseconds, 100 to 100000.
    pub timeslice: u32,
}

impl Default for Config<'_> {
    fn default() -> Self {
        let raw = sys::GUNYAH_DT_CONFIG_OPTIONS_INIT;
        Config {
            image_name: "vm",
            os_type: Some("linux"),
            uri: None,
            guid: None,
            base_address: raw.base_address,
            memory_size: raw.memory_size,
            size_max: raw.size_max,
            firmware: None,
            affinity: Affinity::from_code(raw.affinity),
            affinity_map: &[],
            priority: raw.priority,
            timeslice: raw.timeslice,
        }
    }
}

impl Config<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_config_options, TreeError> {
        let (firmware_address, firmware_size_max) = self.firmware.unwrap_or((0, 0));
        Ok(sys::gunyah_dt_config_options {
            image_name: texts.add(Some(self.image_name))?,
            os_type: texts.add(self.os_type)?,
            uri: texts.add(self.uri)?,
            guid: texts.add(self.guid)?,
            base_address: self.base_address,
            memory_size: self.memory_size,
            size_max: self.size_max,
            has_firmware: self.firmware.is_some(),
            firmware_address,
            firmware_size_max,
            affinity: self.affinity.code(),
            affinity_map: self.affinity_map.as_ptr(),
            affinity_count: self.affinity_map.len(),
            priority: self.priority,
            timeslice: self.timeslice,
            ..sys::GUNYAH_DT_CONFIG_OPTIONS_INIT
        })
    }
}

/// The rest of a whole tree. By default one vCPU, and the interrupt controller where crosvm has it.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'c> {
    /// 1 to 64. The first one boots.
    pub vcpu_count: u32,
    /// GICv3, distributor, a multiple of 64 KiB.
    pub gicd_address: u64,
    /// Redistributors, a multiple of 64 KiB; 0: right below.
    pub gicr_address: u64,
    /// PPIs, 16 to 31: secure, physical, virtual, and hypervisor's timer.
    pub timer_virq: [Virq; 4],
    /// IPA of its first byte, and behind its last one.
    pub initrd: Option<(u64, u64)>,
    /// The kernel's command line.
    pub bootargs: Option<&'c str>,
}

impl Default for Machine<'_> {
    fn default() -> Self {
        let raw = sys::GUNYAH_DT_MACHINE_OPTIONS_INIT;
        Machine {
            vcpu_count: raw.vcpu_count,
            gicd_address: raw.gicd_address,
            gicr_address: raw.gicr_address,
            timer_virq: raw.timer_virq.map(|virq| Virq::new(virq.value)),
            initrd: None,
            bootargs: None,
        }
    }
}

impl Machine<'_> {
    fn raw(&self, texts: &mut Texts) -> Result<sys::gunyah_dt_machine_options, TreeError> {
        let (initrd_start, initrd_end) = self.initrd.unwrap_or((0, 0));
        Ok(sys::gunyah_dt_machine_options {
            vcpu_count: self.vcpu_count,
            gicd_address: self.gicd_address,
            gicr_address: self.gicr_address,
            timer_virq: self.timer_virq.map(Virq::raw),
            initrd_start,
            initrd_end,
            bootargs: texts.add(self.bootargs)?,
            ..sys::GUNYAH_DT_MACHINE_OPTIONS_INIT
        })
    }
}

/// A device tree that is being written, in memory that grows with it. Kinds of nodes come in this order: virtual devices;
/// emulated devices; reserved memory. A call that fails leaves the tree as it was.
pub struct Builder<'t> {
    build: sys::gunyah_dt_build,
    buffer: Vec<u64>,
    original: PhantomData<&'t [u8]>,
}

impl<'t> Builder<'t> {
    /// Begins a whole tree.
    ///
    /// # Errors
    /// [`ArgumentAlignment`](crate::ErrorKind::ArgumentAlignment), an address or size;
    /// [`ArgumentInvalid`](crate::ErrorKind::ArgumentInvalid), anything else that is not as the structs say.
    pub fn new(machine: &Machine<'_>, config: &Config<'_>) -> Result<Builder<'t>, TreeError> {
        let mut texts = Texts::default();
        let (machine, config) = (machine.raw(&mut texts)?, config.raw(&mut texts)?);
        // SAFETY: the options live till the end of this.
        Builder::begun("gunyah_dt_build_begin", |build, buffer, size| unsafe {
            sys::gunyah_dt_build_begin(build, buffer.cast(), size, &machine, &config)
        })
    }

    /// Begins with a tree that exists, aligned to 8. All of it is kept; a configuration is added, or (none) it has one already,
    /// to which virtual devices are added.
    ///
    /// # Errors
    /// Those of [`Builder::new`]; [`DeviceTree`](crate::ErrorKind::DeviceTree), as [`Tree::open`](super::Tree::open);
    /// [`NotFound`](crate::ErrorKind::NotFound), the tree has no GICv3, or no configuration;
    /// [`InUse`](crate::ErrorKind::InUse), it has one.
    pub fn edit(tree: &'t [u8], config: Option<&Config<'_>>) -> Result<Builder<'t>, TreeError> {
        let mut texts = Texts::default();
        let config = config.map(|config| config.raw(&mut texts)).transpose()?;
        let config = config.as_ref().map_or(ptr::null(), |config| config);
        // SAFETY: the tree stays as it is as long as it is borrowed, the rest lives till the end of this.
        Builder::begun("gunyah_dt_build_edit", |build, buffer, size| unsafe {
            sys::gunyah_dt_build_edit(build, buffer.cast(), size, tree.as_ptr().cast(), tree.len(), config)
        })
    }

    fn begun(
        call: &'static str,
        begin: impl Fn(*mut sys::gunyah_dt_build, *mut u64, usize) -> sys::gunyah_error,
    ) -> Result<Builder<'t>, TreeError> {
        let mut buffer = vec![0; 1024];
        loop {
            // SAFETY: all zero is a value of this struct.
            let mut build: sys::gunyah_dt_build = unsafe { zeroed() };
            let error = begin(&mut build, buffer.as_mut_ptr(), buffer.len() * 8);
            // SAFETY: it was begun, or tells why not.
            let room = unsafe { sys::gunyah_dt_build_room(&build) };
            match error {
                sys::GUNYAH_OK => return Ok(Builder { build, buffer, original: PhantomData }),
                sys::GUNYAH_ERR_OUT_OF_MEMORY if room > buffer.len() * 8 => buffer = vec![0; room / 8 + 1],
                _ => return Err(problem(&build, error, call)),
            }
        }
    }

    /// Completes the tree.
    ///
    /// # Errors
    /// None that is known: the memory grows as it has to.
    pub fn finish(mut self) -> Result<Blob, TreeError> {
        let mut size = 0;
        // SAFETY: it was begun.
        self.attempt("gunyah_dt_build_finish", |build| unsafe { sys::gunyah_dt_build_finish(build, &mut size) })?;
        Ok(Blob::from_words(self.buffer, size))
    }

    /// A function that may need more memory.
    pub(super) fn attempt(
        &mut self,
        call: &'static str,
        mut function: impl FnMut(*mut sys::gunyah_dt_build) -> sys::gunyah_error,
    ) -> Result<(), TreeError> {
        loop {
            let error = function(&mut self.build);
            // SAFETY: it was begun.
            let room = unsafe { sys::gunyah_dt_build_room(&self.build) };
            match error {
                sys::GUNYAH_OK => return Ok(()),
                sys::GUNYAH_ERR_OUT_OF_MEMORY if room > self.buffer.len() * 8 => self.grow(room)?,
                _ => return Err(problem(&self.build, error, call)),
            }
        }
    }

    fn grow(&mut self, room: usize) -> Result<(), TreeError> {
        let mut buffer = vec![0; (room / 8 + 1).max(2 * self.buffer.len())];
        // SAFETY: the old one is there until the tree is in the new one.
        let error = unsafe { sys::gunyah_dt_build_grow(&mut self.build, buffer.as_mut_ptr().cast(), buffer.len() * 8) };
        if error != sys::GUNYAH_OK {
            return Err(problem(&self.build, error, "gunyah_dt_build_grow"));
        }
        self.buffer = buffer;
        Ok(())
    }
}

fn problem(build: &sys::gunyah_dt_build, error: sys::gunyah_error, call: &'static str) -> TreeError {
    // SAFETY: not null for one that there is.
    TreeError::new(error, call, unsafe { &*sys::gunyah_dt_build_last_problem(build) })
}

impl fmt::Debug for Builder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// Returns how much memory a tree of this size needs in a VM's image: what [`VmImage::dtb`](crate::vm::VmImage::dtb) is told.
///
/// # Errors
/// [`ArgumentSize`](crate::ErrorKind::ArgumentSize), 1 GiB or more.
pub fn region_size(size: usize) -> crate::Result<usize> {
    // SAFETY: a pure function.
    match unsafe { sys::gunyah_dt_region_size(size) } {
        0 => Err(crate::Error::refused(ErrorKind::ArgumentSize, "gunyah_dt_region_size")),
        region => Ok(region),
    }
}
