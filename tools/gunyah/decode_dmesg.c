// SPDX-License-Identifier: BSD-3-Clause
// What the drivers say in the kernel's log.
#include "decode.h"

#include <gunyah/abi/rm_names.h>
#include <gunyah/abi/types.h>
#include <gunyah/rm.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LAST_ERRNO 4095 // Linux has none behind it

// ---- "RM rejected message 56000004. Error: 2" ------------------------------------------------------------------------

static const char rejected[] = "RM rejected message ";

// The errno that drivers make of it.
static int errno_of(uint32_t error)
{
    switch (error) {
    case GUNYAH_RMERR_UNIMPLEMENTED:
        return EOPNOTSUPP;
    case GUNYAH_RMERR_NOMEM:
        return ENOMEM;
    case GUNYAH_RMERR_NORESOURCE:
        return ENODEV;
    case GUNYAH_RMERR_DENIED:
        return EPERM;
    case GUNYAH_RMERR_BUSY:
        return EBUSY;
    default:
        return error <= GUNYAH_RMERR_IRQ_RELEASED ? EINVAL : EBADMSG;
    }
}

static bool decode_rejected(const char *at, struct decoded *decoded)
{
    static const char behind[] = "Error: ";
    struct gunyah_error_info info;
    const char *name;
    uint32_t error;
    char *end;
    const uint32_t id = (uint32_t)strtoul(at + strlen(rejected), &end, 16);

    at = strstr(end, behind);
    if (end == NULL || at == NULL)
        return false;
    error = (uint32_t)strtol(at + strlen(behind), &end, 10);
    if (end == at + strlen(behind))
        return false;
    name = gunyah_rm_error_name(error);
    decode_summary(decoded, "the Resource Manager refused %s: %s",
                   gunyah_rm_message_info(id) != NULL ? gunyah_rm_message_name(id) : "an unknown message",
                   name != NULL ? name : "a code that is not known");
    decode_field_means(decoded, "message", id, gunyah_rm_message_name(id));
    decode_field_means(decoded, "error", error, name != NULL ? name : "");
    decode_field_means(decoded, "errno", (uint64_t)errno_of(error), decode_errno_name(errno_of(error)));
    gunyah_rm_explain(id, error, &info);
    decode_cause(decoded, info.text, info.advice);
    return true;
}

// ---- lines that name a step ------------------------------------------------------------------------------------------

static const char see_before[] = "The line before it names the message and the error.";
static const char raise_memlock[] = "Raise RLIMIT_MEMLOCK (ulimit -l) to the size of the VM.";

static const struct {
    const char *text;
    const char *step;
    const char *cause; // of any errno; NULL: what the errno says
    const char *cure;
} steps[] = {
    {"Failed to allocate parcel for DTB: ", "giving the Resource Manager the memory with the device tree", NULL,
     see_before},
    {"Failed to allocate parcel for the config image: ", "giving the Resource Manager the memory with the device tree",
     NULL, see_before},
    {"Failed to allocate parcel for FW: ", "giving the Resource Manager the memory for the firmware", NULL, see_before},
    {"Failed to share parcel for the fw: ", "giving the Resource Manager the memory for the firmware", NULL,
     see_before},
    {"Failed to share parcel for DTB: ", "giving the Resource Manager the memory with the device tree", NULL,
     see_before},
    {"Failed to configure VM: ", "VM_CONFIG_IMAGE: where the image and the device tree lie", NULL, see_before},
    {"Failed to configure firmware", "VM_SET_FIRMWARE_MEM: the memory for the firmware of a protected VM",
     "the Resource Manager has no firmware for VMs, or not for this place", see_before},
    {"Failed to initialize VM: ", "VM_INIT: the Resource Manager reads the device tree", NULL, see_before},
    {"Failed to get hypervisor resources for VM: ", "VM_GET_HYP_RESOURCES: what the VM shares with this one", NULL,
     see_before},
    {"Failed to set up gmem demand paging: ", "VM_SET_DEMAND_PAGING: memory that comes when it is touched", NULL,
     see_before},
    {"Failed to set up demand paging: ", "VM_SET_DEMAND_PAGING: memory that comes when it is touched", NULL,
     see_before},
    {"Failed to set location of DTB mem parcel: ", "VM_SET_ADDRESS_LAYOUT: where the memory goes in the VM", NULL,
     see_before},
    {"Failed to start VM: ", "VM_START: the VM is put together, and runs", NULL, see_before},
    {"Failed to stop VM: ", "VM_STOP", NULL, see_before},
    {"Failed to reset the vm: ", "VM_RESET: the VM gives back what it has", NULL, see_before},
    {"Failed to deallocate vmid: ", "VM_DEALLOCATE: the VMID is given back", NULL, see_before},
    {"Failed to reclaim parcel: ", "MEM_RECLAIM: memory is taken back",
     "the parcel was never made, or the VM still has it", "If it was never made, nothing is lost; look further up."},
    {"Failed to reclaim firmware parcel: ", "MEM_RECLAIM: memory is taken back",
     "the parcel was never made, or the VM still has it", "If it was never made, nothing is lost; look further up."},
};

static void explain_errno(struct decoded *decoded, const char *cause, const char *cure, const char *text)
{
    const long number = strtol(text, NULL, 10);

    if (number < 0 && number >= -LAST_ERRNO) {
        const char *name = decode_errno_name((int)-number);
        decode_field_means(decoded, "errno", (uint64_t)-number, name != NULL ? name : "");
    }
    if (number == -ENOMEM)
        decode_cause(decoded, "the process may not lock so much memory, or there is none left", raise_memlock);
    else
        decode_cause(decoded, cause, cure);
}

static bool decode_step(const char *line, struct decoded *decoded)
{
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        const char *at = strstr(line, steps[i].text);
        if (at == NULL)
            continue;
        decode_summary(decoded, "the driver failed at %s", steps[i].step);
        explain_errno(decoded, steps[i].cause, steps[i].cure, at + strlen(steps[i].text));
        return true;
    }
    return false;
}

// ---- others ----------------------------------------------------------------------------------------------------------

static bool decode_state(const char *at, struct decoded *decoded)
{
    static const char text[] = "Unknown vCPU state: ";

    at = strstr(at, text);
    if (at == NULL)
        return false;
    decode_summary(decoded, "VCPU_RUN goes round and round: the vCPU is in a state that this driver does not know");
    decode_field(decoded, "state", strtoull(at + strlen(text), NULL, 16), "vcpu_run_state");
    decode_cause(decoded, "a reset of the guest (PSCI SYSTEM_RESET), or a page fault in a driver without them",
                 "After a reset it ends when the Resource Manager tells the exit; a fault needs a newer driver.");
    return true;
}

static bool decode_version(const char *at, struct decoded *decoded)
{
    static const char text[] = "Running under Gunyah hypervisor ";
    char *end;
    uint64_t variant;

    at = strstr(at, text);
    if (at == NULL)
        return false;
    variant = strtoull(at + strlen(text), &end, 16);
    if (strncmp(end, "/v", 2) != 0)
        return false;
    decode_summary(decoded, "this kernel is a VM of Gunyah");
    decode_field(decoded, "variant", variant, "variant");
    decode_field(decoded, "api_version", strtoull(end + 2, NULL, 10), NULL);
    return true;
}

bool decode_dmesg(const char *line, struct decoded *decoded)
{
    const char *at = strstr(line, rejected);

    if (at != NULL)
        return decode_rejected(at, decoded);
    // The other lines could be anybody's, but for the name of the driver.
    if (strstr(line, "unyah") == NULL && strstr(line, "vCPU state") == NULL)
        return false;
    return decode_step(line, decoded) || decode_state(line, decoded) || decode_version(line, decoded);
}
