// SPDX-License-Identifier: BSD-3-Clause
// The functions of emu.h, the language of scripts, and the tool's way to a program.
#include "emulate.h"
#include "signed.h"

#include <signal.h>

static int exit_seven(void *context)
{
    (void)context;
    return 7;
}

static enum gunyah_error call_with(const struct gunyah_emu_options *options, struct gunyah_emu_result *result)
{
    return gunyah_emu_call(options, exit_seven, NULL, result);
}

Test(emu, arguments)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    char *nothing[] = {NULL};

    cr_expect_eq(gunyah_emu_call(NULL, NULL, NULL, &result), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_emu_call(NULL, exit_seven, NULL, NULL), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_emu_run(NULL, NULL, &result), GUNYAH_ERR_NULL);
    cr_expect_eq(gunyah_emu_run(NULL, nothing, &result), GUNYAH_ERR_NULL);
    options.size--;
    cr_expect_eq(call_with(&options, &result), GUNYAH_ERR_OPTION);
    options.size++;
    options.flavour = "a13";
    cr_expect_eq(call_with(&options, &result), GUNYAH_ERR_OPTION);
    cr_expect_str_eq(result.problem, "there is no flavour \"a13\"");
    result.size++;
    cr_expect_eq(call_with(NULL, &result), GUNYAH_ERR_OPTION);
}

Test(emu, flavours)
{
    for (size_t i = 0; i < FLAVOURS; i++)
        cr_expect_str_eq(gunyah_emu_get_flavour(i)->name, flavours[i]);
    for (size_t i = 0; i < SIGNED_FLAVOURS; i++)
        cr_expect_str_eq(gunyah_emu_get_flavour(FLAVOURS + i)->name, signed_flavours[i]);
    cr_expect_null(gunyah_emu_get_flavour(FLAVOURS + SIGNED_FLAVOURS));
}

Test(emu, status)
{
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    char *works[] = {"sh", "-c", "exit 3", NULL};
    char *is_killed[] = {"sh", "-c", "kill -9 $$", NULL};
    char *is_missing[] = {"/no/such/program", NULL};

    cr_assert_eq(call_with(NULL, &result), GUNYAH_OK);
    cr_expect(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 7);
    cr_assert_eq(gunyah_emu_run(NULL, works, &result), GUNYAH_OK);
    cr_expect(WIFEXITED(result.status) && WEXITSTATUS(result.status) == 3);
    cr_assert_eq(gunyah_emu_run(NULL, is_killed, &result), GUNYAH_OK);
    cr_expect(WIFSIGNALED(result.status) && WTERMSIG(result.status) == SIGKILL);
    cr_expect_eq(gunyah_emu_run(NULL, is_missing, &result), GUNYAH_ERR_NOT_FOUND);
    cr_expect_str_eq(result.problem, "the program cannot be executed: No such file or directory");
}

static int inside(void *context)
{
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;

    (void)context;
    return gunyah_emu_call(NULL, exit_seven, NULL, &result) == GUNYAH_ERR_UNSUPPORTED ? 0 : 1;
}

Test(emu, one_in_the_other)
{
    emulate("a14", NULL, inside, NULL);
}

static int count_fds(void)
{
    int count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

// Nothing is left in the caller, whatever happened.
Test(emu, leaves_nothing)
{
    struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
    struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
    char *is_missing[] = {"/no/such/program", NULL};
    const int before = count_fds();

    call_with(NULL, &result);
    gunyah_emu_run(NULL, is_missing, &result);
    options.script = "nonsense";
    call_with(&options, &result);
    cr_expect_eq(count_fds(), before);
    cr_expect(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

Test(emu, script_errors)
{
    static const struct {
        const char *script;
        const char *problem;
    } bad[] = {
        {"dance\n", "line 1 of the script: no such instruction"},
        {"# fine\n\nwait 1 2\n", "line 3 of the script: a wrong number of words"},
        {"read 0x1000\n", "line 1 of the script: a wrong number of words"},
        {"read here 4\n", "line 1 of the script: not a number"},
        {"read -1 4\n", "line 1 of the script: not a number"},
        {"read 0x1ffffffffffffffff 4\n", "line 1 of the script: not a number"},
        {"read 0 3\n", "line 1 of the script: a width is 1, 2, 4 or 8"},
        {"wait 0x100000000\n", "line 1 of the script: a number that is too large"},
        {"exit 65536\n", "line 1 of the script: a code has 16 bits"},
        {"fail ENOENT\n", "line 1 of the script: RUN fails with EACCES, EBUSY, EIO, ENOMEM, EOPNOTSUPP or EINVAL"},
        {"text 0x1000\n", "line 1 of the script: an address and a text are wanted"},
        {"end\n", "line 1 of the script: nothing to end"},
        {"repeat 2\nwait\n", "line 3 of the script: a loop has no end"},
        {"repeat 2\nvcpu 1\nend\n", "line 2 of the script: a loop has no end"},
        {"vcpu one\n", "line 1 of the script: vcpu wants an index"},
    };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
        options.script = bad[i].script;
        cr_expect_eq(call_with(&options, &result), GUNYAH_ERR_ARGUMENT_INVALID, "%s", bad[i].script);
        cr_expect_str_eq(result.problem, bad[i].problem);
    }
}

// Runs to the end, and answers each read with 5.
static int answer_five(void *context)
{
    uint64_t *writes = context;
    struct guest guest;

    launch(&guest);
    do {
        EXPECT(run(&guest) == 0);
        if (guest.page->exit_reason == EXIT_MMIO && guest.page->mmio.is_write)
            *writes = *writes << 4 | guest.page->mmio.data[0];
        else
            memcpy(guest.page->mmio.data, "\5\0\0\0\0\0\0\0", 8);
    } while (guest.page->exit_reason != EXIT_STATUS);
    return 0;
}

static uint64_t writes_of(const char *script)
{
    uint64_t *writes = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    cr_assert(writes != MAP_FAILED);
    emulate("a14", script, answer_five, writes);
    return *writes;
}

Test(emu, script_loops)
{
    static const char nested[] = "repeat 2\n"
                                 "  write 0 1 1\n"
                                 "  repeat 3\n"
                                 "    write 0 1 2\n"
                                 "  end\n"
                                 "  repeat 0\n"
                                 "    write 0 1 3\n"
                                 "  end\n"
                                 "end\n"
                                 "vcpu 1\n"
                                 "write 0 1 4\n"
                                 "vcpu 0\n"
                                 "write 0 1 5\n"
                                 "poweroff\n";

    cr_expect_eq(writes_of(nested), 0x122212225);
    cr_expect_eq(writes_of("text 0 \x1\x2\\n\npoweroff\n"), 0x12a);
}

Test(emu, script_finds_fault)
{
    static const struct {
        const char *script;
        const char *problem;
    } wrong[] = {
        {"read 0x1000 4 5\nread 0x1000 4 6\npoweroff\n", "line 2 of the script: 0x5 was read at 0x1000, not 0x6"},
        {"write 0xa0000000 4 1\npoweroff\n", "line 1 of the script: the access to 0xa0000000 ended in an abort"},
        {"abort-read 0x80000000 4\npoweroff\n",
         "line 1 of the script: the access to 0x80000000 did not end in an abort"},
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct gunyah_emu_options options = GUNYAH_EMU_OPTIONS_INIT;
        struct gunyah_emu_result result = GUNYAH_EMU_RESULT_INIT;
        uint64_t writes = 0;
        options.script = wrong[i].script;
        cr_assert_eq(gunyah_emu_call(&options, answer_five, &writes, &result), GUNYAH_OK);
        cr_expect_eq(result.status, 0);
        cr_expect_eq(result.failures, 1);
        cr_expect_str_eq(result.problem, wrong[i].problem);
    }
}

static int use_access(void *context)
{
    (void)context;
    EXPECT(access("/dev/gunyah", R_OK | W_OK) == 0);
    EXPECT(access("/dev/gunyah2", R_OK) < 0 && errno == ENOENT);
    EXPECT(open("/dev/gunyah/", O_RDWR) < 0);
    EXPECT(open("/dev/gunyah", O_RDONLY | O_DIRECTORY) < 0 && errno == ENOTDIR);
    EXPECT((fcntl(open("/dev/gunyah", O_RDONLY), F_GETFL) & O_ACCMODE) == O_RDONLY);
    EXPECT(create_vm(open("/dev/gunyah", O_RDONLY)) >= 0);
    return 0;
}

Test(emu, paths)
{
    emulate("a14", NULL, use_access, NULL);
}
