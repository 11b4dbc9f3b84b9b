// SPDX-License-Identifier: BSD-3-Clause
// The drivers that there are.
#include "kernel.h"

#include <gunyah/linux.h>

#include <errno.h>

enum { ANDROID_14 = GUNYAH_LINUX_SHARE | GUNYAH_LINUX_LEND };
enum { ANDROID_15 = ANDROID_14 | GUNYAH_LINUX_FIRMWARE | GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME };
enum { ANDROID_16 = ANDROID_15 | GUNYAH_LINUX_RECLAIM | GUNYAH_LINUX_CMA | GUNYAH_LINUX_AUTHENTICATION };

#define MEMORY_14 0x40204701, 0x40204111
#define FIRMWARE 0x40104112
#define BOOT 0x4010470a
#define LATER_16 0x40104113, 0x40284115, 0x40104116

const struct flavour kernel_flavours[KERNEL_FLAVOURS] = {
    [A14E] = {"a14e", ENOTTY, 0, {MEMORY_14, 0x4110}, false, false, "Android 14, early (6.1)", ANDROID_14},
    [A14E_WITH_FIRMWARE] = {"a14e with firmware",
                            ENOTTY,
                            0,
                            {MEMORY_14, FIRMWARE, 0x4110},
                            false,
                            false,
                            "Android 14, early (6.1)",
                            ANDROID_14 | GUNYAH_LINUX_FIRMWARE},
    [A14] =
        {"a14", ENOTTY, 0, {MEMORY_14, FIRMWARE}, false, false, "Android 14 (6.1)", ANDROID_14 | GUNYAH_LINUX_FIRMWARE},
    [A14_OPPO] = {"a14 of Oppo",
                  ENOTTY,
                  ENODEV,
                  {MEMORY_14, FIRMWARE},
                  false,
                  false,
                  "Android 14 (6.1)",
                  ANDROID_14 | GUNYAH_LINUX_FIRMWARE},
    [U10] = {"u10", ENOTTY, 0, {0x40204701}, false, false, "upstream, v10 to v14", GUNYAH_LINUX_SHARE},
    [A15] = {"a15", ENOTTY, 0, {MEMORY_14, FIRMWARE, BOOT}, false, false, "Android 15 (6.6)", ANDROID_15},
    [A16] = {"a16", ENOTTY, 0, {MEMORY_14, FIRMWARE, BOOT, LATER_16}, false, false, "Android 16 (6.12)", ANDROID_16},
    [A16_EXTENSIONS] = {"a16 without an extension",
                        ENOTTY,
                        0,
                        {MEMORY_14, FIRMWARE, BOOT, LATER_16, 0x4117},
                        false,
                        false,
                        "Android 16 (6.12)",
                        ANDROID_16},
    [A16_2026] = {"a16 of 2026",
                  ENOTTY,
                  0,
                  {MEMORY_14, FIRMWARE, BOOT, LATER_16, 0x4117},
                  true,
                  false,
                  "Android 16 (6.12)",
                  ANDROID_16 | GUNYAH_LINUX_TIMER_WAKEUP},
    [U15] = {"u15",
             ENOTTY,
             0,
             {0x40404708, 0x40204709, BOOT},
             false,
             false,
             "upstream, v15 to v17",
             GUNYAH_LINUX_GUEST_MEMORY | GUNYAH_LINUX_BOOT_REGISTERS | GUNYAH_LINUX_RESUME},
    [Q0] = {"q0", EINVAL, 0, {0xb201}, false, false, "Qualcomm", GUNYAH_LINUX_SIGNED_FIRMWARE},
    [Q1] = {"q1", EINVAL, 0, {0xb201, 0xb243}, false, false, "Qualcomm", GUNYAH_LINUX_SIGNED_FIRMWARE},
    [Q1_LE] =
        {"q1-le", EINVAL, 0, {0xb201, 0xb243, 0xc014b202}, false, false, "Qualcomm", GUNYAH_LINUX_SIGNED_FIRMWARE},
};
