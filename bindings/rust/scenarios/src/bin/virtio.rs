// SPDX-License-Identifier: BSD-3-Clause
//! What virtio devices refuse, and how they end, in the emulated node.

use gunyah::linux::{Node, VirtioDevice, VirtioInput, VirtioInputSelect, VirtioOptions, VirtioPlayer};
use gunyah::vm::Vm;
use gunyah::{Error, ErrorKind, Result, Session, Timeout};
use std::os::unix::io::RawFd;
use std::path::Path;
use std::thread;

fn expect<T>(answer: Result<T>, kind: ErrorKind, call: &str) {
    let error = answer.err().expect("it was not refused");
    assert_eq!((error.kind(), error.call()), (kind, call), "{}", error);
    assert!(!error.advice().is_empty(), "{}", error);
}

fn is_open(fd: RawFd) -> bool {
    Path::new(&format!("/proc/self/fd/{fd}")).exists()
}

/// The device is of another type, which late drivers can tell, and early ones have no call for.
fn misuse_input(player: &VirtioPlayer<'_>) {
    let (too_many, call) = (VirtioInput { axes: 65, ..VirtioInput::default() }, "gunyah_linux_virtio_set_input_data");

    expect(player.set_input(&too_many), ErrorKind::ArgumentInvalid, "gunyah_linux_virtio_set_input");
    expect(player.set_input_data(VirtioInputSelect::Events(32), b"!"), ErrorKind::ArgumentInvalid, call);
    expect(player.set_input_data(VirtioInputSelect::Axis(0), b"!"), ErrorKind::ArgumentSize, call);
    let kinds = [
        player.set_input(&VirtioInput::default()).expect_err("it was not refused").kind(),
        player.set_input_data(VirtioInputSelect::Name, b"pen").expect_err("it was not refused").kind(),
    ];
    let late = [ErrorKind::ObjectConfig, ErrorKind::WrongObjectType];
    assert!(kinds == late || kinds == [ErrorKind::Unsupported; 2], "{:?}", kinds);
}

fn misuse(device: &mut VirtioDevice<'_>) -> Result<[RawFd; 2]> {
    let (player, _) = device.split();
    let mut data = [1; 4100];

    expect(player.set_queue_max(16, 1), ErrorKind::ArgumentInvalid, "gunyah_linux_virtio_set_queue_max");
    expect(player.queue(16), ErrorKind::ArgumentInvalid, "gunyah_linux_virtio_get_queue");
    expect(player.kick_fd(16), ErrorKind::ArgumentInvalid, "gunyah_linux_virtio_get_kick");
    for size in [0, 7, 4100] {
        expect(player.set_config(&data[..size]), ErrorKind::ArgumentSize, "gunyah_linux_virtio_set_config");
    }
    expect(player.config(&mut data), ErrorKind::ArgumentSize, "gunyah_linux_virtio_get_config");
    player.set_config(&[0; 4096])?;
    let again = player.set_config(&[0; 4]).expect_err("it was not refused");
    assert_eq!((again.kind(), again.code()), (ErrorKind::InUse, 16)); // EBUSY
    player.config(&mut data[..8])?;
    assert_eq!(data[..9], [0, 0, 0, 0, 0, 0, 0, 0, 1]);
    misuse_input(&player);
    let queue = player.queue(0)?;
    assert!(!queue.ready && queue.entries == 0);
    let (memory, same) = (player.map()?, player.map()?);
    assert!(memory.len() >= 0x4000 && !memory.is_empty() && memory.as_ptr() == same.as_ptr());
    let fds = [player.kick_fd(15)?, player.irq_fd()?];
    assert_eq!(fds, [player.kick_fd(15)?, player.irq_fd()?]);
    Ok(fds)
}

/// Any thread waits, and any other one brings it back.
fn come_back(device: &mut VirtioDevice<'_>) {
    let (player, canceller) = device.split();

    canceller.cancel();
    let news = thread::scope(|scope| scope.spawn(move || player.wait()).join().expect("it panicked"));
    assert_eq!(news.map(|news| (news.events, news.data)), Ok((0, 0)));
}

fn main() -> Result<()> {
    let node = Node::open()?;
    let session = Session::open(node.backend())?;
    let vmm = node.vmm(&session)?;
    let vm = Vm::create(&vmm, None)?;
    let options = VirtioOptions::new("trustedvm", 1);

    expect(node.open_virtio(options).map(drop), ErrorKind::NotFound, "gunyah_linux_virtio_open");
    expect(vm.load_firmware("nothing"), ErrorKind::NotFound, "VM_SET_FW_NAME");
    assert_eq!(vm.load_firmware("sixteen letters.").map_err(|error| error.kind()), Err(ErrorKind::ArgumentSize));
    assert_eq!(vm.load_firmware("a\0b").map_err(|error| error.kind()), Err(ErrorKind::ArgumentInvalid));
    vm.load_firmware("trustedvm")?;
    let none = node.open_virtio(VirtioOptions::new("trustedvm", 2)).map_err(|error| error.kind());
    assert_eq!(none.map(drop), Err(ErrorKind::NotFound));
    let mut device = node.open_virtio(options)?;
    come_back(&mut device);
    let fds = misuse(&mut device)?;
    assert!(fds.iter().all(|fd| is_open(*fd)));
    let kept = vm.destroy(Timeout::NOW).expect_err("it was destroyed");
    drop(device);
    assert!(!fds.iter().any(|fd| is_open(*fd)));
    assert_eq!(kept.error.kind(), ErrorKind::InUse);
    drop(kept);
    // With its handle, the VM went with the last device.
    let vm = Vm::create(&vmm, None)?;
    vm.load_firmware("trustedvm")?;
    vm.destroy(Timeout::FOREVER).map_err(Error::from)
}
