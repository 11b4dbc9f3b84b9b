// SPDX-License-Identifier: BSD-3-Clause
// What the files of the emulated node share. One thread runs all of it: the supervisor of the program.
#ifndef GUNYAH_EMU_INTERNAL_H
#define GUNYAH_EMU_INTERNAL_H

#include <gunyah/emu.h>
#include <gunyah/gunyah.h>
#include <gunyah/sim_rm.h>

#include <sys/types.h>

#define EMU_LINE 200
#define EMU_PAGE UINT64_C(4096)
#define EMU_RESTART 512        // ERESTARTSYS: EINTR, or the call once more, as the signal's handler wants.
#define EMU_ANSWERED INT64_MIN // What a handler returns that has answered itself, or will.
#define EMU_WINDOW_SIZE UINT64_C(0x40000000) // Accesses below go to the VMM: the Resource Manager's window of devices.

struct emu;
struct emu_vm;
struct emu_vcpu;

// ---- files: what the program holds -------------------------------------------------------------------------------

// Those of Qualcomm's driver have calls of their own.
enum emu_kind { EMU_DEVICE, EMU_VM, EMU_VCPU, EMU_MEMORY, EMU_AREA, EMU_SIGNED_DEVICE, EMU_SIGNED_VM, EMU_SIGNED_VCPU };

static inline bool is_vm_kind(enum emu_kind kind)
{
    return kind == EMU_VM || kind == EMU_SIGNED_VM;
}

static inline bool is_vcpu_kind(enum emu_kind kind)
{
    return kind == EMU_VCPU || kind == EMU_SIGNED_VCPU;
}

// An open file of the program. It is a memfd, whose inode tells which one an ioctl means, whatever became of its number.
struct emu_file {
    struct emu_file *next;
    enum emu_kind kind;
    void *object; // struct emu_vm or emu_vcpu; of EMU_MEMORY, struct emu_memory.
    ino_t inode;
    dev_t device;
    int watch;  // Tells when the last reference has gone.
    int memory; // Our own description of the same memory.
};

// ---- requests ----------------------------------------------------------------------------------------------------

// An ioctl that waits for its answer.
struct emu_request {
    uint64_t id;
    pid_t thread;
    pid_t process;
    uint32_t command;
    uint64_t argument;
    struct emu_file *file;
};

typedef int64_t emu_ioctl_fn(struct emu *emu, struct emu_request *request);

// ---- flavours ----------------------------------------------------------------------------------------------------

// In what flavours differ.
enum emu_feature {
    EMU_USER_MEMORY = 1 << 0,      // Memory by address: 'G',1.
    EMU_LEND = 1 << 1,             // 'A',0x11.
    EMU_FIRMWARE = 1 << 2,         // 'A',0x12.
    EMU_BOOT_CONTEXT = 1 << 3,     // 'G',0xa; exits have a resume_action.
    EMU_GUEST_MEMORY = 1 << 4,     // Memory by file: 'G',8 and 'G',9.
    EMU_TENTATIVE = 1 << 5,        // 'A',0x10.
    EMU_PAGE_FAULTS = 1 << 6,      // A page that is not there is an exit.
    EMU_MMIO_RETRY = 1 << 7,       // An MMIO exit may be retried.
    EMU_EARLY_VMID = 1 << 8,       // CREATE_VM asks for it, not VM_START.
    EMU_CHECKS_WRAP = 1 << 9,      // A range that wraps around is EOVERFLOW. Others mean to check it, and do not.
    EMU_PLAIN_FUNCTIONS = 1 << 10, // Functions are told apart by all of their bytes; removing none is 0.
    EMU_EXACT_IOEVENTFD = 1 << 11, // REMOVE_FUNCTION of an ioeventfd compares more than the address.
    EMU_VCPU_ENOTTY = 1 << 12,     // An unknown ioctl of a vCPU is ENOTTY, not EINVAL.
    EMU_RUN_OWNER = 1 << 13,       // Only the process that made the VM may RUN.
    EMU_ANY_PROCESS = 1 << 14,     // Memory may come from a process that did not make the VM.
    EMU_RECLAIM = 1 << 15,         // 'A',0x13.
    EMU_AUTHENTICATION = 1 << 16,  // 'A',0x16; registers are for VMs that nobody authenticates.
    EMU_EXTENSIONS = 1 << 17,      // 'A',0x17.
    EMU_LATE_PINNING = 1 << 18,    // Memory is looked at when the VM starts or touches it; labels may be the same.
    EMU_WHOLE_REGISTER = 1 << 19,  // Bits of a register's number that mean nothing are refused.
    EMU_ROUNDS_TREE = 1 << 20,     // SET_DTB_CONFIG rounds up to pages, all of which have to be in one region.
    EMU_TREE_PAGES = 1 << 21,      // The image is the pages of the device tree, its size rounded down; not its region.
    EMU_POINTERS = 1 << 22,        // Values of registers are kept as pointers, some of which mean something else.
    EMU_CMA = 1 << 23,             // 'A',0x15, and areas with 'A',0x14.
    EMU_SIGNED = 1 << 24,          // The driver is Qualcomm's: VMs are signed firmware.
    EMU_SIGNED_BESIDE = 1 << 25,   // Qualcomm's driver has a node of its own.
    EMU_SIGNED_LATER = 1 << 26,    // 0xB2,0x02, 0x44 and 0x45; a reset of a virtio device lets go of its eventfds.
    EMU_SIGNED_REASON = 1 << 27,   // RUN tells why a VM ended, also one whose vCPUs the VMM runs.
    EMU_SIGNED_DEAF = 1 << 28,     // No signal ends the RUN of a VM that the hypervisor runs.
};

struct emu_flavour {
    struct gunyah_emu_flavour named;
    uint32_t features;
};

// ---- memory of a VM ----------------------------------------------------------------------------------------------

// Memory of EMU_GUEST_MEMORY, or of an area.
struct emu_memory {
    int fd;
    uint32_t references; // Of the file, and of each binding.
    uint64_t size;
    uint64_t mapped;           // Of an area, what the program has mapped: 0, none yet.
    struct emu_memory **place; // Who has to know when it is gone; or null.
};

struct emu_region {
    struct emu_region *next;
    uint32_t label;
    uint32_t rights; // enum emu_rights.
    bool lent;
    uint64_t address; // In the guest.
    uint64_t size;
    pid_t process;             // By address: whose ...
    uint64_t user;             // ... and where there.
    struct emu_memory *memory; // By file, or null.
    uint64_t offset;
    char *hlos; // The addresses that stand for it at the Resource Manager, from VM_START on; null before.
};

enum emu_rights { EMU_ALLOW_READ = 1, EMU_ALLOW_WRITE = 2, EMU_ALLOW_EXEC = 4, EMU_ALLOW_ALL = 7 };

// ---- functions of a VM -------------------------------------------------------------------------------------------

enum emu_function_type { EMU_FN_VCPU = 1, EMU_FN_IRQFD = 2, EMU_FN_IOEVENTFD = 3 };

#define EMU_MAX_ARGUMENT 256

struct emu_function {
    struct emu_function *next;
    enum emu_function_type type;
    uint32_t size;
    unsigned char argument[32]; // As it came.
    struct emu_vm *vm;
    struct emu_vcpu *vcpu;
    int eventfd; // Ours; -1: none.
    bool rings;  // It rang, and the guest has not taken it.
};

struct emu_irqfd {
    uint32_t fd;
    uint32_t label;
    uint32_t flags;
    uint32_t padding;
};

struct emu_ioeventfd {
    uint64_t datamatch;
    uint64_t address;
    uint32_t length;
    int32_t fd;
    uint32_t flags;
    uint32_t padding;
};

// ---- vCPUs -------------------------------------------------------------------------------------------------------

// The page that a vCPU shares with the VMM.
struct emu_run_page {
    uint8_t immediate_exit;
    uint8_t padding[7];
    uint32_t exit_reason;
    uint32_t padding2;
    union {
        struct {
            uint64_t address;
            uint8_t data[8];
            uint32_t length;
            uint8_t is_write;
            uint8_t resume_action;
        } mmio;
        struct {
            uint32_t status;
            uint16_t type;
            uint16_t padding;
            uint32_t reason_size;
            uint8_t reason[8];
        } status;
        struct {
            uint64_t address;
            int32_t attempt;
            uint8_t resume_action;
        } page_fault;
    };
};

enum emu_exit { EMU_EXIT_UNKNOWN, EMU_EXIT_MMIO, EMU_EXIT_STATUS, EMU_EXIT_PAGE_FAULT };
enum gunyah_internal_emu_resume { EMU_RESUME_HANDLED, EMU_RESUME_FAULT, EMU_RESUME_RETRY };

// Where a script is: loops that it is inside of.
#define EMU_MAX_LOOPS 8
struct emu_cursor {
    uint32_t index; // Of the instruction.
    uint32_t depth;
    uint64_t left[EMU_MAX_LOOPS];
    uint32_t character; // Within a text that is written byte by byte.
    bool began;         // The instruction there is under way.
};

enum emu_vcpu_state {
    EMU_READY,
    EMU_IN_EXIT, // The VMM has an exit of it to answer.
    EMU_DOWN,    // The VM is over, and the VMM knows.
};

struct emu_vcpu {
    struct emu_vm *vm;
    uint32_t id;
    uint32_t references; // Its function and its file.
    struct emu_run_page *page;
    struct emu_waiter *waiters; // RUNs, the first of which runs.
    bool removed;               // Its function has gone.
    bool bound;                 // VM_START found it in the device tree.
    bool swallow;
    bool faulted; // Its exit is a page fault.
    enum emu_vcpu_state state;
    bool has_step; // step is still to be done.
    struct gunyah_emu_step step;
    struct emu_cursor cursor;
};

// A call that has not been answered yet.
struct emu_waiter {
    struct emu_waiter *next;
    bool doubtful;       // A signal was there that another thread may take.
    emu_ioctl_fn *again; // Of a sleeper: looks whether it can be answered now.
    struct emu_request request;
};

// ---- VMs ---------------------------------------------------------------------------------------------------------

enum emu_vm_state { EMU_NEW, EMU_RUNNING, EMU_FAILED, EMU_OVER };

#define EMU_MAX_REGISTERS 36
#define EMU_MAX_VDEVICES 64
struct emu_register {
    uint32_t id;
    uint64_t value;
};

struct emu_range {
    uint64_t address;
    uint64_t size;
};

// What the Resource Manager is given as the image: a part of a region.
struct emu_image {
    struct emu_region *region;
    struct emu_range range; // In the guest.
};

// A VM that the platform authenticates: its VMID, the number of its image, and where that is.
struct emu_platform {
    uint16_t vmid;
    uint32_t pas_id;
    struct emu_range image;
};

struct emu_virtio;

struct emu_vm {
    struct emu_vm *next;
    uint32_t serial;
    pid_t process;
    uint32_t references; // Files: its own and those of its vCPUs.
    enum emu_vm_state state;
    bool stirred;   // Something happened that a vCPU may have waited for.
    bool is_signed; // Of Qualcomm's driver.
    bool tried;     // Its first RUN, which starts it.
    struct emu_region *regions;
    struct emu_function *functions;
    struct emu_image image; // From VM_START on, or SET_FW_NAME.
    struct emu_range dtb;
    struct emu_range firmware;
    enum gunyah_vm_auth authentication;
    struct emu_platform platform; // Of GUNYAH_VM_AUTH_PLATFORM.
    struct emu_register registers[EMU_MAX_REGISTERS];
    uint32_t register_count;
    uint16_t exit_type;
    uint32_t exit_reason_size;
    uint8_t exit_reason[8];
    uint32_t vcpus;                   // As the Resource Manager has made them.
    uint32_t bells[EMU_MAX_VDEVICES]; // Labels of its doorbells.
    uint32_t bell_count;
    uint64_t on;          // Of them, a bit each.
    bool proxy;           // The VMM runs them.
    struct gunyah_vm *vm; // At the Resource Manager; null: not there.

    // Of signed firmware alone:
    const struct gunyah_emu_firmware *made_of; // or null: not yet
    struct emu_virtio *devices;                // As many as the firmware has.
};

// ---- all of it ---------------------------------------------------------------------------------------------------

struct emu_script;

// The Resource Manager and HLOS, whose client the driver is.
struct emu_rm {
    enum gunyah_rm_generation generation;
    struct gunyah_sim *sim;
    struct gunyah_sim_vm *hlos;
    struct gunyah *g;
    struct gunyah_rm *rm;
};

struct emu {
    const struct gunyah_emu_options *options;
    struct gunyah_emu_result *result;
    const struct emu_flavour *flavour;
    struct emu_script *script;
    struct emu_rm rm;
    struct emu_file *files;
    struct emu_vm *vms;
    struct emu_memory *area;     // The one of the area, or null.
    struct emu_waiter *sleepers; // Calls other than RUN that wait for something.
    uint32_t serials;
    int listener;
    int poll;
    int notices; // inotify(7): ends of files.
    int bells;   // epoll(7): eventfds of irqfds.
};

static inline bool has(const struct emu *emu, uint32_t feature)
{
    return (emu->flavour->features & feature) != 0;
}

// supervisor.c
void gunyah_internal_emu_supervise(struct emu *emu, int child, pid_t pid);
void gunyah_internal_emu_reap(struct emu *emu, pid_t pid);
bool gunyah_internal_emu_is_waiting(const struct emu *emu, const struct emu_request *request);
bool gunyah_internal_emu_answer(const struct emu *emu, const struct emu_request *request, int64_t value);

// filter.c
int gunyah_internal_emu_install_filter(bool with_area);

// process.c: the program's memory and limits. Addresses are the program's.
pid_t gunyah_internal_emu_process_of(pid_t thread);
enum emu_signal { EMU_NO_SIGNAL, EMU_PERHAPS_SIGNAL, EMU_SIGNAL };
enum emu_signal gunyah_internal_emu_pending_signal(pid_t thread);
bool gunyah_internal_emu_read(pid_t process, void *to, uint64_t from, size_t size);
bool gunyah_internal_emu_write(pid_t process, uint64_t to, const void *from, size_t size);
void gunyah_internal_emu_read_path(pid_t process, uint64_t from, char *path, size_t size);
bool gunyah_internal_emu_is_mapped(pid_t process, uint64_t address, uint64_t size, bool writable);
bool gunyah_internal_emu_may_lock(pid_t process, uint64_t size);
int gunyah_internal_emu_take_fd(pid_t process, int fd);
bool gunyah_internal_emu_is_eventfd(int fd);
bool gunyah_internal_emu_has_fd(pid_t thread, int fd);

// waits.c: calls that are answered later
bool gunyah_internal_emu_add_waiter(struct emu_waiter **waiters, const struct emu_request *request,
                                    emu_ioctl_fn *again);
void gunyah_internal_emu_drop_waiter(struct emu_waiter **waiters);
void gunyah_internal_emu_mind_waiters(const struct emu *emu, struct emu_waiter **waiters);
int64_t gunyah_internal_emu_sleep(struct emu *emu, const struct emu_request *request, emu_ioctl_fn *again);
void gunyah_internal_emu_wake_sleepers(struct emu *emu);
void gunyah_internal_emu_end_sleepers(struct emu *emu, const struct emu_file *file);

// files.c
int gunyah_internal_emu_make_file(struct emu *emu, const char *name, uint64_t size, int flags, struct emu_file **file);
void gunyah_internal_emu_drop_file(struct emu *emu, struct emu_file *file);
bool gunyah_internal_emu_give_file(struct emu *emu, const struct emu_request *request, int fd, int flags);
int gunyah_internal_emu_hand_over(const struct emu *emu, const struct emu_request *request, int fd);
struct emu_file *gunyah_internal_emu_find_file(struct emu *emu, pid_t thread, int fd);
void gunyah_internal_emu_close_ended(struct emu *emu);
void gunyah_internal_emu_close_all(struct emu *emu);

// flavour.c
const struct emu_flavour *gunyah_internal_emu_find_flavour(const char *name);
void gunyah_internal_emu_handle_ioctl(struct emu *emu, struct emu_request *request);

// driver_device.c
void gunyah_internal_emu_open_node(struct emu *emu, const struct emu_request *request, enum emu_kind kind, int flags);
emu_ioctl_fn gunyah_internal_emu_create_vm;
emu_ioctl_fn gunyah_internal_emu_tentative;
void gunyah_internal_emu_forget_vm(struct emu *emu, struct emu_vm *vm);

// driver_memory.c
emu_ioctl_fn gunyah_internal_emu_share_memory;
emu_ioctl_fn gunyah_internal_emu_lend_memory;
emu_ioctl_fn gunyah_internal_emu_reclaim_memory;
int64_t gunyah_internal_emu_add_region(const struct emu *emu, const struct emu_request *request,
                                       const struct emu_region *wanted);
void gunyah_internal_emu_free_region(struct emu_region *region);

// driver_guest_memory.c
emu_ioctl_fn gunyah_internal_emu_create_memory;
emu_ioctl_fn gunyah_internal_emu_map_memory;
int64_t gunyah_internal_emu_give_memory(struct emu *emu, const struct emu_request *request, const char *name,
                                        struct emu_memory *memory, bool cloexec);
void gunyah_internal_emu_release_memory(struct emu_memory *memory);

// driver_area.c. Checks are of calls that the kernel does: 0, or -errno.
emu_ioctl_fn gunyah_internal_emu_create_area_memory;
emu_ioctl_fn gunyah_internal_emu_map_area;
bool gunyah_internal_emu_is_area(const struct emu *emu, const struct emu_memory *memory);
int gunyah_internal_emu_check_area_read(const struct emu *emu);
int gunyah_internal_emu_check_area_mapping(struct emu *emu, uint64_t size);

// access.c: a VM's memory
struct emu_region *gunyah_internal_emu_find_region(struct emu_vm *vm, struct emu_range range);
bool gunyah_internal_emu_is_within(const struct emu_region *region, const struct emu_range *range);
bool gunyah_internal_emu_read_region(const struct emu_region *region, uint64_t offset, void *data, size_t size);
bool gunyah_internal_emu_write_region(const struct emu_region *region, uint64_t offset, const void *data, size_t size);

// driver_vm.c
emu_ioctl_fn gunyah_internal_emu_set_dtb;
emu_ioctl_fn gunyah_internal_emu_set_firmware;
emu_ioctl_fn gunyah_internal_emu_set_boot_context;
emu_ioctl_fn gunyah_internal_emu_set_authentication;
emu_ioctl_fn gunyah_internal_emu_check_extension;
emu_ioctl_fn gunyah_internal_emu_start_vm;
void gunyah_internal_emu_begin(struct emu *emu, struct emu_vm *vm);

// What the other files have to know of Qualcomm's driver; the rest is in signed.h.
bool gunyah_internal_emu_check_firmware(struct emu *emu);
void gunyah_internal_emu_unload_firmware(struct emu *emu, struct emu_vm *vm);
int64_t gunyah_internal_emu_reason(const struct emu *emu, struct emu_vm *vm);
void gunyah_internal_emu_interrupt_virtio(const struct emu_vm *vm, uint32_t label);
bool gunyah_internal_emu_access_virtio(struct emu_vm *vm, struct gunyah_emu_step *step);

// driver_function.c
emu_ioctl_fn gunyah_internal_emu_add_function;
emu_ioctl_fn gunyah_internal_emu_remove_function;
void gunyah_internal_emu_free_function(struct emu *emu, struct emu_function *function);
void gunyah_internal_emu_ring_all(struct emu *emu, const struct emu_function *except);
bool gunyah_internal_emu_signal_ioeventfd(const struct emu_vm *vm, uint64_t address, uint32_t width, uint64_t value);
struct emu_function *gunyah_internal_emu_find_irqfd(struct emu_vm *vm, uint32_t label);
struct emu_function *gunyah_internal_emu_make_function(struct emu_vm *vm, enum emu_function_type type,
                                                       const void *argument);
int64_t gunyah_internal_emu_add_vcpu(struct emu *emu, const struct emu_request *request, struct emu_function *function);
void gunyah_internal_emu_add_irqfd(struct emu *emu, struct emu_function *function);
void gunyah_internal_emu_signal(int eventfd);

// driver_vcpu.c
emu_ioctl_fn gunyah_internal_emu_run_vcpu;
int64_t gunyah_internal_emu_enter(struct emu_vcpu *vcpu, const struct emu_request *request);
emu_ioctl_fn gunyah_internal_emu_vcpu_mmap_size;
void gunyah_internal_emu_turn_all(struct emu *emu);
bool gunyah_internal_emu_has_work(const struct emu *emu);
bool gunyah_internal_emu_is_run(const struct emu *emu);
void gunyah_internal_emu_mind_signals(struct emu *emu);
void gunyah_internal_emu_release_vcpu(struct emu_vcpu *vcpu);

bool gunyah_internal_emu_init_vcpu(struct emu_vcpu *vcpu, struct emu_vm *vm, const struct emu_file *file);
void gunyah_internal_emu_bind_vcpu(struct emu_vcpu *vcpu);

// guest.c: steps
enum emu_outcome {
    EMU_DONE,  // Go on.
    EMU_WAITS, // Later.
    EMU_EXITS, // The page is filled.
    EMU_FAILS, // RUN answers the errno `label` of the step.
};
enum emu_outcome gunyah_internal_emu_do_step(struct emu *emu, struct emu_vcpu *vcpu);
int gunyah_internal_emu_resume(const struct emu *emu, struct emu_vcpu *vcpu);

// script.c, player.c
enum emu_word {
    EMU_SAY_READ,
    EMU_SAY_WRITE,
    EMU_SAY_TEXT,
    EMU_SAY_REPEAT,
    EMU_SAY_END,
    EMU_SAY_STEP, // Any other: `step` as it is.
};

struct emu_instruction {
    enum emu_word word;
    uint32_t line;
    uint32_t vcpu;
    bool checked;                // READ: of what `step.value` says.
    bool aborts;                 // The access has to end in an abort.
    uint64_t count;              // Of REPEAT.
    struct gunyah_emu_step step; // Its text is the script's.
};

struct emu_script {
    struct emu_instruction *instructions;
    uint32_t count;
    char *text; // Cut into words and strings.
};

struct emu_script *gunyah_internal_emu_parse_script(const char *text, char *problem, size_t size,
                                                    enum gunyah_error *error);
void gunyah_internal_emu_free_script(struct emu_script *script);
void gunyah_internal_emu_play(struct emu *emu, struct emu_vcpu *vcpu);

// rm_side.c
enum gunyah_error gunyah_internal_emu_open_rm(struct emu *emu);
void gunyah_internal_emu_close_rm(struct emu *emu);
int gunyah_internal_emu_allocate_at_rm(struct emu *emu, struct emu_vm *vm);
int gunyah_internal_emu_load_at_rm(struct emu *emu, struct emu_vm *vm, const struct emu_image *image);
int gunyah_internal_emu_start_at_rm(struct emu *emu, struct emu_vm *vm, const struct emu_image *image);
void gunyah_internal_emu_end_at_rm(struct emu *emu, struct emu_vm *vm);
void gunyah_internal_emu_destroy_at_rm(struct emu *emu, struct emu_vm *vm);

// trace.c
__attribute__((format(printf, 2, 3))) void gunyah_internal_emu_trace(const struct emu *emu, const char *format, ...);
__attribute__((format(printf, 2, 3))) void gunyah_internal_emu_fail(struct emu *emu, const char *format, ...);

#endif
