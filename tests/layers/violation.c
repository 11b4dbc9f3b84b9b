// SPDX-License-Identifier: BSD-3-Clause
// Refers to something of every layer, which no layer may; the check has to notice it in each.

int gunyah_call_name(void);
int gunyah_model_now(void);
int gunyah_sim_now(void);
int gunyah_version(void);
int puts(const char *);
int gunyah_violation(void);

int gunyah_violation(void)
{
    return gunyah_call_name() + gunyah_model_now() + gunyah_sim_now() + gunyah_version() + puts("");
}
