// SPDX-License-Identifier: BSD-3-Clause
// VMs with memory of a contiguous area of the kernel.
#include "emulate.h"

#define BROKEN (-EOPNOTSUPP)

static void emulate_area(const char *script, int (*program)(void *), void *context)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;

    options.flavour = "a16";
    options.script = script;
    options.cma_name = AREA_NAME;
    options.cma_size = AREA_SIZE;
    emulate_with(&options, program, context);
}

static int create_area(void)
{
    const int area = open("/dev/" AREA_NAME, O_RDWR | O_CLOEXEC);
    const int memory = ioctl(area, CREATE_CMA, 0);

    EXPECT(area >= 0 && memory >= 0);
    EXPECT(fcntl(memory, F_GETFD) == FD_CLOEXEC);
    close(area);
    return memory;
}

// All but VM_START, with as much of the area mapped. Authenticated by the platform: all of it is the image.
static void prepare_area(struct guest *guest, size_t mapped, bool authenticated)
{
    struct map_cma map = {.guest_addr = BASE, .flags = 0x17, .size = IMAGE_SIZE};
    struct qtvm_arg trusted = {29, 28, BASE, IMAGE_SIZE};
    struct auth_desc desc = {QCOM_TRUSTED_VM, sizeof(trusted), (uintptr_t)&trusted};
    struct range dtb = {BASE + DTB_OFFSET, DTB_SIZE};

    guest->device = open_node();
    guest->vm = create_vm(guest->device);
    guest->memory_fd = create_area();
    map.guest_mem_fd = (uint32_t)guest->memory_fd;
    EXPECT(call(guest->vm, MAP_CMA, &map) == 0);
    if (mapped != 0) {
        guest->memory = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, guest->memory_fd, 0);
        EXPECT(guest->memory != MAP_FAILED);
        load_tree(guest->memory);
    }
    EXPECT(call(guest->vm, SET_DTB, &dtb) == 0);
    EXPECT(!authenticated || call(guest->vm, SET_AUTH, &desc) == 0);
    guest->vcpu = add_vcpu(guest->vm, 0);
    guest->page = map_page(guest->vcpu);
}

static int run_trusted(void *context)
{
    struct guest guest;
    char byte = 0;

    (void)context;
    prepare_area(&guest, IMAGE_SIZE, true);
    guest.memory[1] = 7;
    EXPECT(pread(guest.memory_fd, &byte, 1, 1) == 1 && byte == 7);
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    EXPECT(pread(guest.memory_fd, &byte, 1, 1) < 0 && errno == EACCES);
    EXPECT(read(guest.memory_fd, &byte, 1) < 0 && errno == EACCES);
    expect_end(&guest, 1);
    EXPECT(pread(guest.memory_fd, &byte, 1, 1) < 0 && errno == EACCES);
    // The VM is gone with its last file.
    munmap(guest.page, PAGE);
    close(guest.vcpu);
    close(guest.vm);
    EXPECT(pread(guest.memory_fd, &byte, 1, 0x3000) == 1 && byte == 9);
    return 0;
}

Test(cma, authenticated)
{
    emulate_area("read 0x80000001 1 7\n"
                 "write 0x80003000 1 9\n"
                 "poweroff\n",
                 run_trusted, NULL);
}

// Nothing of it comes later: what is not the pages of the tree is not there.
static int run_tree(void *context)
{
    struct guest guest;

    (void)context;
    prepare_area(&guest, IMAGE_SIZE, false);
    guest.memory[DTB_OFFSET + DTB_SIZE - 1] = 5;
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    for (int i = 0; i < 2; i++) {
        EXPECT(run(&guest) == 0);
        EXPECT(guest.page->exit_reason == EXIT_PAGE_FAULT);
        EXPECT(guest.page->page_fault.phys_addr == BASE + DTB_OFFSET + (i == 0 ? -UINT64_C(8) : DTB_SIZE));
        EXPECT(guest.page->page_fault.attempt == BROKEN);
        guest.page->page_fault.resume_action = 1;
    }
    expect_end(&guest, 1);
    finish(&guest);
    return 0;
}

Test(cma, not_authenticated)
{
    emulate_area("read 0x80013fff 1 5\n"
                 "abort-read 0x8000fff8 8\n"
                 "abort-write 0x80014000 1 1\n"
                 "poweroff\n",
                 run_tree, NULL);
}

// Memory of a VM that starts elsewhere: no part of the area is the image.
static int run_beside(void *context)
{
    struct map_cma map = {.guest_addr = 0xa0000000, .flags = 0x17, .size = PAGE};
    struct guest guest;

    (void)context;
    prepare(&guest);
    map.guest_mem_fd = (uint32_t)create_area();
    EXPECT(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, (int)map.guest_mem_fd, 0) != MAP_FAILED);
    EXPECT(call(guest.vm, MAP_CMA, &map) == 0);
    EXPECT(call(guest.vm, VM_START, NULL) == 0);
    EXPECT(run(&guest) == 0);
    EXPECT(guest.page->exit_reason == EXIT_PAGE_FAULT && guest.page->page_fault.attempt == BROKEN);
    guest.page->page_fault.resume_action = 1;
    expect_end(&guest, 1);
    finish(&guest);
    return 0;
}

Test(cma, beside_the_image)
{
    emulate_area("abort-read 0xa0000000 1\npoweroff\n", run_beside, NULL);
}

// Pages are there when they are mapped.
static int start_unmapped(void *context)
{
    const size_t *mapped = context;
    struct guest guest;

    prepare_area(&guest, *mapped, *mapped != DTB_OFFSET + DTB_SIZE - PAGE);
    EXPECT(call(guest.vm, VM_START, NULL) == EINVAL);
    return 0;
}

Test(cma, not_mapped)
{
    size_t sizes[] = {0, IMAGE_SIZE - PAGE, DTB_OFFSET + DTB_SIZE - PAGE};

    for (int i = 0; i < 3; i++)
        emulate_area(NULL, start_unmapped, &sizes[i]);
}

static int nothing(void *context)
{
    (void)context;
    return 0;
}

static void expect_refused(const char *flavour, const char *name, uint64_t size, const char *problem)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    options.flavour = flavour;
    options.cma_name = name;
    options.cma_size = size;
    cr_expect_eq(gunyah_emu_call(&options, nothing, NULL, &result), GUNYAH_ERR_OPTION, "%s", problem);
    cr_expect(strstr(result.problem, problem) != NULL, "%s", result.problem);
}

Test(cma, options)
{
    char name[65];

    memset(name, 'a', sizeof(name));
    name[64] = 0;
    expect_refused("a15", AREA_NAME, PAGE, "flavour \"a15\" has no contiguous areas");
    expect_refused("a16", "", PAGE, "called");
    expect_refused("a16", "a/b", PAGE, "called");
    expect_refused("a16", "gunyah", PAGE, "called");
    expect_refused("a16", name, PAGE, "called");
    expect_refused("a16", NULL, PAGE, "name");
    expect_refused("a16", AREA_NAME, 0, "some pages");
    expect_refused("a16", AREA_NAME, PAGE + 8, "some pages");
    expect_refused("a16", AREA_NAME, UINT64_C(1) << 41, "some pages");
}
