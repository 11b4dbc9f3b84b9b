// SPDX-License-Identifier: BSD-3-Clause
// Lines of a plan about requests to the Resource Manager: what each of them adds is what gunyah_sim_add_rm_fault() adds.

#include "sim_rm.h"

#include <gunyah/sim_hostile.h>

#define ALWAYS 0

static struct gunyah_sim *machine(void)
{
    struct gunyah_sim *sim = new_sim(1);

    new_vm(sim, 1);
    new_vm(sim, 2);
    return sim;
}

static struct gunyah_sim_rm_fault fault(uint32_t message, enum gunyah_sim_rm_mischief mischief, uint64_t value)
{
    struct gunyah_sim_rm_fault made = GUNYAH_SIM_RM_FAULT_INIT;

    made.message = message;
    made.mischief = mischief;
    made.value = value;
    made.count = ALWAYS;
    return made;
}

static void good(struct gunyah_sim *sim, const char *text)
{
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;

    cr_assert(eq(int, gunyah_sim_add_plan(sim, text, strlen(text), &problem), GUNYAH_OK), "%s: %s", text, problem.text);
    cr_assert(eq(uint, problem.line, 0));
}

// Equal machines have equal bytes, and faults are part of them.
static void same(struct gunyah_sim *one, struct gunyah_sim *other, const char *text)
{
    const size_t size = gunyah_sim_save_size(one);
    unsigned char *bytes = malloc(2 * size);

    cr_assert(eq(sz, gunyah_sim_save_size(other), size), "%s", text);
    cr_assert(eq(int, gunyah_sim_save(one, bytes, size), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_save(other, bytes + size, size), GUNYAH_OK));
    cr_assert(memcmp(bytes, bytes + size, size) == 0, "%s", text);
    free(bytes);
}

static void means(const char *text, struct gunyah_sim_rm_fault what, uint16_t vmid)
{
    struct gunyah_sim *planned = machine();
    struct gunyah_sim *told = machine();

    if (vmid != 0)
        cr_assert(eq(int, gunyah_sim_find_vm(told, gunyah_vmid(vmid), &what.vm), GUNYAH_OK));
    cr_assert(eq(int, gunyah_sim_add_rm_fault(told, &what), GUNYAH_OK));
    good(planned, text);
    same(planned, told, text);
    gunyah_sim_destroy(&planned);
    gunyah_sim_destroy(&told);
}

Test(sim_plan_rm, each_kind)
{
    static const struct {
        const char *kind;
        enum gunyah_sim_rm_mischief mischief;
        uint64_t value; // where the line says none, nobody looks at it
    } kinds[] = {
        {"fail", GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_DENIED},
        {"fail value=BUSY", GUNYAH_SIM_RM_FAIL, GUNYAH_RMERR_BUSY},
        {"fail value=UNIMPLEMENTED", GUNYAH_SIM_RM_FAIL, UINT32_MAX},
        {"fail value=RM_NOMEM", GUNYAH_SIM_RM_FAIL, 22},
        {"fail value=4294967295", GUNYAH_SIM_RM_FAIL, UINT32_MAX},
        {"fail value=1000", GUNYAH_SIM_RM_FAIL, 1000},
        {"ignore", GUNYAH_SIM_RM_IGNORE, GUNYAH_RMERR_DENIED},
        {"lose-reply", GUNYAH_SIM_RM_LOSE_REPLY, GUNYAH_RMERR_DENIED},
        {"repeat-reply", GUNYAH_SIM_RM_REPEAT_REPLY, GUNYAH_RMERR_DENIED},
        {"stale-reply", GUNYAH_SIM_RM_STALE_REPLY, GUNYAH_RMERR_DENIED},
        {"other-reply", GUNYAH_SIM_RM_OTHER_REPLY, GUNYAH_RMERR_DENIED},
        {"late-reply value=5ms", GUNYAH_SIM_RM_LATE_REPLY, 5000000},
        {"cut-reply value=2", GUNYAH_SIM_RM_CUT_REPLY, 2},
        {"pad-reply value=0", GUNYAH_SIM_RM_PAD_REPLY, 0},
        {"garbage", GUNYAH_SIM_RM_GARBAGE, GUNYAH_RMERR_DENIED},
        {"flood value=18446744073709551615", GUNYAH_SIM_RM_FLOOD, UINT64_MAX},
        {"no-interrupt", GUNYAH_SIM_RM_NO_INTERRUPT, GUNYAH_RMERR_DENIED},
        {"die", GUNYAH_SIM_RM_DIE, GUNYAH_RMERR_DENIED},
        {"die-midway", GUNYAH_SIM_RM_DIE_MIDWAY, GUNYAH_RMERR_DENIED},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char line[80] = "rm-fault VM_START kind=";
        means(strcat(line, kinds[i].kind), fault(0x56000004, kinds[i].mischief, kinds[i].value), 0);
    }
}

Test(sim_plan_rm, each_option)
{
    const uint64_t denied = GUNYAH_RMERR_DENIED;
    struct gunyah_sim_rm_fault what = fault(GUNYAH_SIM_RM_ANY_MESSAGE, GUNYAH_SIM_RM_IGNORE, denied);

    means("rm-fault any kind=ignore", what, 0);
    means("\trm-fault any vm=vm2 kind=ignore\r\n", what, 2);
    means("rm-fault any kind=ignore vm=vm1 # a comment", what, 1);
    what.chance = 25000;
    means("rm-fault any chance=2.5% kind=ignore", what, 0);
    what.nth = 3;
    what.count = 1;
    means("rm-fault any kind=ignore nth=3 chance=25000ppm", what, 0);
    what.count = 4;
    means("rm-fault any kind=ignore nth=3 count=4 chance=2.5%", what, 0);
    what = fault(0x51000012, GUNYAH_SIM_RM_LATE_REPLY, 7000);
    means("rm-fault MEM_LEND value=7us kind=late-reply", what, 0);
    what = fault(0x560000b0, GUNYAH_SIM_RM_FAIL, 6);
    what.count = 2;
    means("rm-fault IPA_RESERVE value=ARGUMENT_INVALID kind=fail count=2", what, 0);
}

// By the name that the table has for it, whatever message it is.
Test(sim_plan_rm, each_request)
{
    static const uint32_t groups[] = {0x51000000, 0x51100000, 0x56000000, 0x56100000};
    unsigned requests = 0;

    for (uint32_t i = 0; i < 4 * 0x1000; i++) {
        const uint32_t id = groups[i / 0x1000] + i % 0x1000;
        const struct gunyah_rm_message_shape *message = gunyah_rm_message_info(id);
        char line[80];
        if (message == NULL || message->notification)
            continue;
        snprintf(line, sizeof(line), "rm-fault %s kind=ignore", message->name);
        means(line, fault(id, GUNYAH_SIM_RM_IGNORE, GUNYAH_RMERR_DENIED), 0);
        requests++;
    }
    cr_assert(gt(uint, requests, 60));
}

Test(sim_plan_rm, a_client_sees_it)
{
    struct rm_end hlos;
    struct gunyah_sim *sim = rm_machine(&hlos, GUNYAH_RM_GENERATION_2023);

    good(sim, "rm-fault VM_ALLOCATE kind=fail value=BUSY nth=2\n"
              "rm-fault VM_GET_STATE kind=flood value=2 count=1\n"
              "rm-fault VM_DEALLOCATE kind=fail value=VM_STATE vm=root\n");
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "05000000", "00000000");
    rm_request(&hlos, GUNYAH_RM_VM_ALLOCATE, (const unsigned char[4]){6}, 4);
    char reply[64];
    cr_assert(rm_reply(&hlos, reply));
    cr_assert(eq(str, reply, "05000000"));
    rm_ask(&hlos, GUNYAH_RM_VM_ALLOCATE, "06000000", "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_DEALLOCATE, "06000000", "00000000");
    rm_ask(&hlos, GUNYAH_RM_VM_GET_STATE, "05000000", "00000000 05000000");
    cr_assert(eq(uint, hlos.count, 2));
    rm_forget(&hlos);
    gunyah_sim_destroy(&sim);
}

static void bad(struct gunyah_sim *sim, const char *text, const char *why)
{
    struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;
    char plan[160] = "fault any error=BUSY\n\nrm-fault ";

    strcat(plan, text);
    cr_assert(eq(int, gunyah_sim_add_plan(sim, plan, strlen(plan), &problem), GUNYAH_ERR_ARGUMENT_INVALID), "%s", text);
    cr_assert(eq(uint, problem.line, 3), "%s", text);
    cr_assert(eq(str, (char *)problem.text, (char *)why), "%s", text);
}

Test(sim_plan_rm, what_is_wrong_is_told_and_nothing_is_added)
{
    const char *const an_error = "expected an error of the Resource Manager, such as BUSY, ";
    struct gunyah_sim *sim = machine();
    char text[160];

    bad(sim, "", "expected a request to the Resource Manager, such as VM_START, or any, and the line ends");
    bad(sim, "VM_DANCE kind=die",
        "expected a request to the Resource Manager, such as VM_START, or any, not \"VM_DANCE\"");
    bad(sim, "VM_STATUS kind=die",
        "expected a request to the Resource Manager, such as VM_START, or any, not \"VM_STATUS\"");
    bad(sim, "VM_START", "expected kind=");
    bad(sim, "VM_START value=BUSY", "expected kind=");
    bad(sim, "VM_START kind=", "expected a kind of fault, such as fail or late-reply, and the line ends");
    bad(sim, "VM_START kind=evil", "expected a kind of fault, such as fail or late-reply, not \"evil\"");
    bad(sim, "VM_START kind=die kind=die", "kind= is there twice");
    bad(sim, "VM_START kind=fail value=1 value=1", "value= is there twice");
    strcat(strcpy(text, an_error), "not \"OK\"");
    bad(sim, "VM_START kind=fail value=OK", text);
    strcat(strcpy(text, an_error), "not \"MSGQUEUE_FULL\"");
    bad(sim, "VM_START kind=fail value=MSGQUEUE_FULL", text);
    strcat(strcpy(text, an_error), "not \"0\"");
    bad(sim, "VM_START kind=fail value=0", text);
    strcat(strcpy(text, an_error), "not \"4294967296\"");
    bad(sim, "VM_START value=4294967296 kind=fail", text);
    strcat(strcpy(text, an_error), "and the line ends");
    bad(sim, "VM_START kind=fail value=", text);
    bad(sim, "VM_START kind=late-reply", "expected value=");
    bad(sim, "VM_START kind=late-reply value=5", "expected a duration, such as 50ms, in ns, us, ms or s, not \"5\"");
    bad(sim, "VM_START kind=late-reply value=BUSY",
        "expected a duration, such as 50ms, in ns, us, ms or s, not \"BUSY\"");
    bad(sim, "VM_START kind=cut-reply", "expected value=");
    bad(sim, "VM_START kind=cut-reply value=5ms", "expected a number, not \"5ms\"");
    bad(sim, "VM_START kind=pad-reply", "expected value=");
    bad(sim, "VM_START kind=pad-reply value=-1", "expected a number, not \"-1\"");
    bad(sim, "VM_START kind=flood", "expected value=");
    bad(sim, "VM_START kind=flood value=18446744073709551616", "expected a number, not \"18446744073709551616\"");
    bad(sim, "VM_START kind=ignore value=1", "value= is nothing that kind=ignore has");
    bad(sim, "VM_START value=1 kind=die-midway", "value= is nothing that kind=die-midway has");
    bad(sim, "VM_START kind=die error=BUSY", "error= is nothing that this kind of line has");
    bad(sim, "VM_START kind=die after=1s", "after= is nothing that this kind of line has");
    bad(sim, "VM_START kind=die nth=0", "nth is 0: the next one is 1");
    bad(sim, "VM_START kind=die chance=0%", "expected a chance above 0, such as 2.5% or 100ppm, not \"0%\"");
    bad(sim, "VM_START kind=die vm=bob", "expected the name of a VM of this machine, not \"bob\"");
    bad(sim, "VM_START kind=die often", "expected an option, such as nth=2, or the end of the line, not \"often\"");
    cr_assert(eq(uint, vm_failures(gunyah_sim_root(sim), GUNYAH_HYPERCALL_SCHEDULER_YIELD, 3, GUNYAH_HVERR_BUSY), 0));
    gunyah_sim_destroy(&sim);
}

// In other lines they are nothing.
Test(sim_plan_rm, its_options_are_of_no_other_line)
{
    static const char *const lines[] = {"fault any error=BUSY kind=die", "lost any kind=die", "heap-empty kind=die"};
    struct gunyah_sim *sim = machine();

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct gunyah_sim_plan_problem problem = GUNYAH_SIM_PLAN_PROBLEM_INIT;
        cr_assert(eq(int, gunyah_sim_add_plan(sim, lines[i], strlen(lines[i]), &problem), GUNYAH_ERR_ARGUMENT_INVALID));
        cr_assert(eq(str, (char *)problem.text, "kind= is nothing that this kind of line has"));
    }
    gunyah_sim_destroy(&sim);
}
