// SPDX-License-Identifier: BSD-3-Clause
// Finding out which driver is behind a node.
#include "kernel.h"

#include <gunyah/linux.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Any file will do as the node: kernel.c answers.
static enum gunyah_error open_node(struct gunyah_linux **node, struct gunyah_error_info *info)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;

    options.path = "/dev/null";
    options.error = info;
    return gunyah_linux_open(&options, node);
}

static struct gunyah_error_info fail_to_open(const char *path, enum gunyah_error error)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_error_info info = {0};
    struct gunyah_linux *node = (struct gunyah_linux *)&options;
    const unsigned before = open_files();

    options.path = path;
    options.error = &info;
    cr_expect_eq(gunyah_linux_open(&options, &node), error, "%s", path);
    cr_expect(node == NULL);
    cr_expect_eq(info.error, error);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_BACKEND);
    cr_expect(strlen(info.text) > 10 && strlen(info.advice) > 10);
    cr_expect_eq(open_files(), before);
    return info;
}

static void expect_failure(const char *path, enum gunyah_error error, const char *call, int number)
{
    const struct gunyah_error_info info = fail_to_open(path, error);

    cr_expect_eq(info.code, number, "%s: %d", path, (int)info.code);
    cr_expect_str_eq(info.call, call);
}

Test(linux_open, every_flavour)
{
    for (size_t i = 0; i < KERNEL_FLAVOURS; i++) {
        const struct flavour *flavour = &kernel_flavours[i];
        struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
        struct gunyah_error_info error = {.error = GUNYAH_ERR_UNKNOWN, .domain = GUNYAH_DOMAIN_BACKEND};
        struct gunyah_linux *node = NULL;
        const unsigned before = open_files();
        const unsigned inherited = inherited_files();

        kernel_is(flavour);
        cr_assert_eq(open_node(&node, &error), GUNYAH_OK, "%s", flavour->name);
        cr_expect_eq(error.error, GUNYAH_OK);
        cr_expect_eq(error.domain, GUNYAH_DOMAIN_NONE);
        cr_expect_eq(open_files(), before + 1, "%s: the VM is closed again", flavour->name);
        cr_expect_eq(inherited_files(), inherited);
        cr_expect_eq(gunyah_linux_get_info(node, &info), GUNYAH_OK);
        cr_expect_str_eq(info.name, flavour->found, "%s: %s", flavour->name, info.name);
        cr_expect_eq(info.capabilities, flavour->capabilities, "%s: 0x%x", flavour->name, info.capabilities);
        cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
        cr_expect_eq(open_files(), before);
    }
}

// What the kernels have in common with no other one.
Test(linux_open, a_set_of_calls_that_nobody_has)
{
    struct flavour strange = {"strange", ENOTTY, 0, {0x40204701, 0x4010470a}, false, false, "unknown", 0};
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_linux *node = NULL;

    kernel_is(&strange);
    cr_assert_eq(open_node(&node, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_linux_get_info(node, &info), GUNYAH_OK);
    cr_expect_eq(info.flavour, GUNYAH_LINUX_UNKNOWN);
    cr_expect_str_eq(info.name, "unknown");
    cr_expect_eq(info.capabilities, (uint32_t)(GUNYAH_LINUX_SHARE | GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME));
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
}

// It takes every number, and does not look at arguments: what is not refused for its argument is not used.
Test(linux_open, a_driver_newer_than_this_library)
{
    struct flavour newer = kernel_flavours[A15];
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_linux *node = NULL;
    const unsigned before = open_files();

    newer.newer = true;
    kernel_is(&newer);
    cr_assert_eq(open_node(&node, NULL), GUNYAH_OK);
    cr_expect_eq(open_files(), before + 1, "what it made for a question is closed again");
    cr_expect_eq(gunyah_linux_get_info(node, &info), GUNYAH_OK);
    cr_expect_eq(info.flavour, GUNYAH_LINUX_ANDROID_15);
    cr_expect_eq(info.capabilities, kernel_flavours[A15].capabilities, "0x%x", info.capabilities);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
    cr_expect_eq(open_files(), before);

    // The number that nobody has is taken, too: then nothing can be said of the others.
    newer.unknown = 0;
    expect_failure("/dev/null", GUNYAH_ERR_NOT_GUNYAH, "ioctl", 0);
}

// A capability is there only if its call was refused for its arguments.
Test(linux_open, calls_that_a_policy_forbids)
{
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_linux *node = NULL;

    kernel_is(&kernel_flavours[A14]);
    kernel_refuses(0x40204111, EACCES);
    cr_assert_eq(open_node(&node, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_linux_get_info(node, &info), GUNYAH_OK);
    cr_expect_eq(info.capabilities, (uint32_t)(GUNYAH_LINUX_SHARE | GUNYAH_LINUX_FIRMWARE));
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
}

Test(linux_open, no_vm_can_be_made)
{
    static const struct {
        int number;
        enum gunyah_error error;
    } rows[] = {
        {ENOTTY, GUNYAH_ERR_NOT_GUNYAH}, {EINVAL, GUNYAH_ERR_NOT_GUNYAH},   {EPERM, GUNYAH_ERR_DENIED},
        {EACCES, GUNYAH_ERR_DENIED},     {EMFILE, GUNYAH_ERR_NO_RESOURCES}, {ENFILE, GUNYAH_ERR_NO_RESOURCES},
        {ENOMEM, GUNYAH_ERR_NO_MEMORY},  {EIO, GUNYAH_ERR_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        kernel_is(&kernel_flavours[A14]);
        kernel_refuses(0x4700, rows[i].number);
        expect_failure("/dev/null", rows[i].error, "CREATE_VM", rows[i].number);
    }
}

// It answers EINVAL to what nobody knows, as Qualcomm's driver does, and cannot make a VM.
Test(linux_open, a_driver_like_that_of_qualcomm)
{
    static const struct flavour other = {.name = "other", .unknown = EINVAL};

    kernel_is(&other);
    expect_failure("/dev/null", GUNYAH_ERR_NOT_GUNYAH, "CREATE_VM (Qualcomm)", EINVAL);
    kernel_is(&kernel_flavours[Q1]);
    kernel_refuses(0xb201, EACCES);
    expect_failure("/dev/null", GUNYAH_ERR_DENIED, "CREATE_VM (Qualcomm)", EACCES);
}

Test(linux_open, the_node_may_not_be_used)
{
    kernel_is(&kernel_flavours[A14]);
    kernel_refuses(0x477f, EACCES);
    expect_failure("/dev/null", GUNYAH_ERR_DENIED, "ioctl", EACCES);
    kernel_refuses(0x477f, ENODEV);
    expect_failure("/dev/null", GUNYAH_ERR_NOT_GUNYAH, "ioctl", ENODEV);
}

// These answer by themselves: no driver, one that knows no ioctl, one that answers as Qualcomm's until it is asked for a VM. With
// which errno, depends on who carries system calls: qemu-aarch64 has one of its own.
Test(linux_open, nodes_of_this_machine)
{
    kernel_is(NULL);
    expect_failure("/dev/no-such-node", GUNYAH_ERR_NO_BACKEND, "open", ENOENT);
    fail_to_open("/dev/null", GUNYAH_ERR_NOT_GUNYAH);
    fail_to_open("/dev/urandom", GUNYAH_ERR_NOT_GUNYAH);
    expect_failure("/", GUNYAH_ERR_NOT_GUNYAH, "open", EISDIR);
    expect_failure("/dev", GUNYAH_ERR_NOT_GUNYAH, "open", EISDIR);
}

// A node of another hypervisor's, which has VMs, too. Where there is none, that is what is told.
Test(linux_open, the_node_of_kvm)
{
    struct gunyah_error_info info = {0};
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_linux *node = NULL;

    kernel_is(NULL);
    options.path = "/dev/kvm";
    options.error = &info;
    if (access("/dev/kvm", R_OK | W_OK) == 0) {
        fail_to_open("/dev/kvm", GUNYAH_ERR_NOT_GUNYAH);
        return;
    }
    fprintf(stderr, "/dev/kvm: this machine has none that this process may open\n");
    const enum gunyah_error error = gunyah_linux_open(&options, &node);
    cr_expect(error == GUNYAH_ERR_NO_BACKEND || error == GUNYAH_ERR_DENIED, "%s", gunyah_error_name(error));
    cr_expect(info.text[0] != '\0' && info.advice[0] != '\0');
}

Test(linux_open, a_regular_file)
{
    char path[] = "/tmp/gunyah-test-XXXXXX";
    const int fd = mkstemp(path);

    kernel_is(NULL);
    cr_assert(fd >= 0);
    fail_to_open(path, GUNYAH_ERR_NOT_GUNYAH);
    close(fd);
    unlink(path);
}

Test(linux_open, a_file_that_this_process_may_not_open)
{
    char path[] = "/tmp/gunyah-test-XXXXXX";
    const int fd = mkstemp(path);

    kernel_is(NULL);
    cr_assert(fd >= 0);
    cr_assert_eq(fchmod(fd, 0), 0);
    // Root may open everything.
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
    expect_failure(path, GUNYAH_ERR_DENIED, "open", EACCES);
    if (getuid() == 0)
        cr_assert_eq(seteuid(0), 0);
    close(fd);
    unlink(path);
}

Test(linux_open, the_usual_paths)
{
    struct gunyah_error_info info = {0};
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_linux *node = NULL;

    kernel_is(NULL);
    if (access("/dev/gunyah", F_OK) == 0 || access("/dev/qgunyah", F_OK) == 0)
        return; // a machine that has one
    options.error = &info;
    cr_expect_eq(gunyah_linux_open(&options, &node), GUNYAH_ERR_NO_BACKEND);
    cr_expect_eq(info.code, ENOENT);
    cr_expect_eq(gunyah_linux_open(NULL, &node), GUNYAH_ERR_NO_BACKEND);
}

Test(linux_open, an_open_node_stays_the_caller_s)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_error_info info = {0};
    struct gunyah_linux *node = NULL;
    const int fd = open("/dev/null", O_RDWR);
    const unsigned before = open_files();
    const unsigned inherited = inherited_files();

    kernel_is(&kernel_flavours[A15]);
    options.fd = fd;
    options.error = &info;
    cr_assert_eq(gunyah_linux_open(&options, &node), GUNYAH_OK);
    cr_expect_eq(open_files(), before + 1);
    cr_expect_eq(inherited_files(), inherited);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
    cr_expect_eq(open_files(), before);
    close(fd);
    cr_expect_eq(gunyah_linux_open(&options, &node), GUNYAH_ERR_OPTION);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_BACKEND);
    cr_expect_eq(info.code, EBADF);
    cr_expect_str_eq(info.call, "fcntl");
}

Test(linux_open, options_that_are_not_understood)
{
    struct {
        struct gunyah_linux_options options;
        uint64_t newer;
    } larger = {GUNYAH_LINUX_OPTIONS_INIT, 0};
    struct gunyah_error_info info = {.code = 7};
    struct gunyah_linux *node = NULL;

    kernel_is(&kernel_flavours[A14]);
    larger.options.error = &info;
    larger.options.path = "/dev/null";
    larger.options.size--;
    cr_expect_eq(gunyah_linux_open(&larger.options, &node), GUNYAH_ERR_OPTION);
    cr_expect_eq(info.code, 7, "where the pointer is was not known");

    larger.options.size = sizeof(larger);
    cr_expect_eq(gunyah_linux_open(&larger.options, &node), GUNYAH_OK);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
    larger.newer = 1;
    cr_expect_eq(gunyah_linux_open(&larger.options, &node), GUNYAH_ERR_OPTION);
    cr_expect_eq(info.error, GUNYAH_ERR_OPTION);
    cr_expect_eq(info.domain, GUNYAH_DOMAIN_LIBRARY);

    larger.options.size = sizeof(larger.options);
    larger.options.fd = 0;
    info.error = GUNYAH_OK;
    cr_expect_eq(gunyah_linux_open(&larger.options, &node), GUNYAH_ERR_OPTION);
    cr_expect_eq(info.error, GUNYAH_ERR_OPTION);
    cr_expect(node == NULL);
}

static void *allocate_nothing(void *context, size_t size)
{
    (void)size;
    ++*(unsigned *)context;
    return NULL;
}

static void release_nothing(void *context, void *memory, size_t size)
{
    (void)memory;
    (void)size;
    *(unsigned *)context += 100;
}

Test(linux_open, no_memory)
{
    struct gunyah_linux_options options = GUNYAH_LINUX_OPTIONS_INIT;
    struct gunyah_error_info info = {0};
    unsigned asked = 0;
    const struct gunyah_allocator allocator = {&asked, allocate_nothing, release_nothing};
    struct gunyah_linux *node = NULL;
    const unsigned before = open_files();

    kernel_is(&kernel_flavours[A14]);
    options.path = "/dev/null";
    options.allocator = &allocator;
    options.error = &info;
    cr_expect_eq(gunyah_linux_open(&options, &node), GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_eq(info.error, GUNYAH_ERR_OUT_OF_MEMORY);
    cr_expect_eq(asked, 1u);
    cr_expect_eq(open_files(), before);
}

Test(linux_open, arguments)
{
    struct gunyah_linux_info info = GUNYAH_LINUX_INFO_INIT;
    struct gunyah_linux *node = NULL;

    kernel_is(&kernel_flavours[A14]);
    cr_expect_eq(gunyah_linux_open(NULL, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_linux_close(NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_ERR_HANDLE);
    cr_assert_eq(open_node(&node, NULL), GUNYAH_OK);
    cr_expect_eq(gunyah_linux_get_info(NULL, &info), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_linux_get_info(node, NULL), GUNYAH_ERR_NULL);
    info.size--;
    cr_expect_eq(gunyah_linux_get_info(node, &info), GUNYAH_ERR_OPTION);
    cr_expect_eq(info.capabilities, 0u);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_OK);
    cr_expect(node == NULL);
    cr_expect_eq(gunyah_linux_close(&node), GUNYAH_ERR_HANDLE);
}
