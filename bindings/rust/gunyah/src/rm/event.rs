// SPDX-License-Identifier: BSD-3-Clause
//! Notifications of the Resource Manager.

use crate::memory::Transaction;
use crate::vm::{ExitType, OsStatus, StopReason, VmState, VmStatus};
use crate::{sys, Vmid};
use core::cell::Cell;
use core::fmt;
use core::slice;

/// A notification. There is one at a time: [`Rm::next_event`](crate::rm::Rm::next_event) refuses the next one until this is
/// dropped.
pub struct Event<'r> {
    raw: sys::gunyah_rm_event,
    is_reading: &'r Cell<bool>,
}

/// What a notification says. What it borrows lives as long as its [`Event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice<'e> {
    /// A VM of ours, or a peer, changed its state.
    VmStatus {
        /// Which VM.
        vmid: Vmid,
        /// What it is doing.
        status: VmStatus,
    },
    /// A VM of ours ended.
    VmExited {
        /// Which VM.
        vmid: Vmid,
        /// How.
        exit_type: ExitType,
        /// 16 bits of flags and 16 of code; for SYSTEM_RESET2 its type and its cookie too.
        reason: &'e [u8],
    },
    /// The owner of this VM asks it to end.
    VmShutdown {
        /// Why.
        reason: StopReason,
    },
    /// Somebody offers memory. The lists of rights, sizes and attributes are in [`Event::payload`].
    MemShared {
        /// Handle of the parcel.
        parcel: u32,
        /// Registers of devices rather than memory.
        is_io: bool,
        /// How it is offered.
        transaction: Transaction,
        /// `GUNYAH_RM_MEM_SHARED_FLAG_*`.
        flags: u8,
        /// Whose it is.
        owner: Vmid,
        /// What the device tree calls it.
        label: u32,
        /// A number of the two sides' own.
        tag: u32,
    },
    /// Somebody accepted a parcel of ours.
    MemAccepted {
        /// Handle of the parcel.
        parcel: u32,
        /// Who.
        vmid: Vmid,
        /// A number of the two sides' own.
        tag: u32,
    },
    /// Somebody released a parcel of ours.
    MemReleased {
        /// Handle of the parcel.
        parcel: u32,
        /// Who.
        vmid: Vmid,
        /// A number of the two sides' own.
        tag: u32,
    },
    /// The owner wants its memory back.
    MemRecall {
        /// Handle of the parcel.
        parcel: u32,
        /// A number of the two sides' own.
        tag: u32,
    },
    /// Somebody offers an interrupt.
    IrqLent {
        /// Whose it is.
        owner: Vmid,
        /// For [`Irq::open`](crate::irq::Irq::open).
        handle: u32,
        /// A number of the two sides' own.
        label: u32,
    },
    /// The borrower accepted an interrupt of ours.
    IrqAccepted {
        /// Which.
        handle: u32,
    },
    /// The borrower released an interrupt of ours.
    IrqReleased {
        /// Which.
        handle: u32,
    },
    /// Somebody wrote to a console.
    Console {
        /// The VM whose console it is; none: our own.
        vmid: Option<Vmid>,
        /// What was written.
        text: &'e [u8],
    },
    /// Something else; there are [`Event::id`] and [`Event::payload`].
    Other,
}

impl<'r> Event<'r> {
    pub(super) fn new(raw: sys::gunyah_rm_event, is_reading: &'r Cell<bool>) -> Event<'r> {
        Event { raw, is_reading }
    }

    /// Returns which notification it is: `GUNYAH_RM_NOTIFY_*`.
    pub fn id(&self) -> u32 {
        self.raw.id
    }

    /// Returns the notification as it came.
    pub fn payload(&self) -> &[u8] {
        // SAFETY: it stays where it is until the next one is asked for.
        unsafe { piece(self.raw.payload.cast(), self.raw.size) }
    }

    /// Returns what it says.
    pub fn notice(&self) -> Notice<'_> {
        let of = &self.raw.of_kind;
        // SAFETY: the id says which field the library filled in; pointers as for the payload.
        unsafe {
            match self.raw.id {
                sys::GUNYAH_RM_NOTIFY_VM_STATUS => vm_status(&of.vm_status),
                sys::GUNYAH_RM_NOTIFY_VM_EXITED => Notice::VmExited {
                    vmid: Vmid::new(of.vm_exited.vmid.value),
                    exit_type: ExitType::from_code(of.vm_exited.r#type.into()),
                    reason: piece(of.vm_exited.reason, of.vm_exited.reason_size as usize),
                },
                sys::GUNYAH_RM_NOTIFY_VM_SHUTDOWN => Notice::VmShutdown { reason: StopReason::from_code(of.vm_shutdown.reason) },
                sys::GUNYAH_RM_NOTIFY_MEM_SHARED => mem_shared(&of.mem_shared),
                sys::GUNYAH_RM_NOTIFY_MEM_ACCEPTED => {
                    let mem = of.mem;
                    Notice::MemAccepted { parcel: mem.parcel, vmid: Vmid::new(mem.vmid.value), tag: mem.tag }
                }
                sys::GUNYAH_RM_NOTIFY_MEM_RELEASED => {
                    let mem = of.mem;
                    Notice::MemReleased { parcel: mem.parcel, vmid: Vmid::new(mem.vmid.value), tag: mem.tag }
                }
                sys::GUNYAH_RM_NOTIFY_MEM_RECALL => Notice::MemRecall { parcel: of.mem_recall.parcel, tag: of.mem_recall.tag },
                sys::GUNYAH_RM_NOTIFY_VM_IRQ_LENT => Notice::IrqLent {
                    owner: Vmid::new(of.irq_lent.owner.value),
                    handle: of.irq_lent.handle,
                    label: of.irq_lent.label,
                },
                sys::GUNYAH_RM_NOTIFY_VM_IRQ_ACCEPTED => Notice::IrqAccepted { handle: of.irq.handle },
                sys::GUNYAH_RM_NOTIFY_VM_IRQ_RELEASED => Notice::IrqReleased { handle: of.irq.handle },
                sys::GUNYAH_RM_NOTIFY_VM_CONSOLE_CHARS => Notice::Console {
                    vmid: Vmid::from_raw(of.console.vmid),
                    text: piece(of.console.text.cast(), of.console.size.into()),
                },
                _ => Notice::Other,
            }
        }
    }
}

fn vm_status<'e>(of: &sys::gunyah_rm_vm_status_event) -> Notice<'e> {
    let status = VmStatus {
        state: VmState::from_code(of.state.into()),
        os: OsStatus::from_code(of.os.into()),
        application: of.application,
    };
    Notice::VmStatus { vmid: Vmid::new(of.vmid.value), status }
}

fn mem_shared<'e>(of: &sys::gunyah_rm_mem_shared_event) -> Notice<'e> {
    Notice::MemShared {
        parcel: of.parcel,
        is_io: u32::from(of.r#type) == sys::GUNYAH_MEMPARCEL_TYPE_IO,
        transaction: Transaction::from_code(of.transaction.into()),
        flags: of.flags,
        owner: Vmid::new(of.owner.value),
        label: of.label,
        tag: of.tag,
    }
}

/// # Safety
/// So many bytes are there, unless there are none, and stay as they are.
unsafe fn piece<'e>(bytes: *const u8, size: usize) -> &'e [u8] {
    if size == 0 {
        return &[];
    }
    slice::from_raw_parts(bytes, size)
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("id", &self.id()).field("notice", &self.notice()).finish()
    }
}

impl Drop for Event<'_> {
    fn drop(&mut self) {
        self.is_reading.set(false);
    }
}
