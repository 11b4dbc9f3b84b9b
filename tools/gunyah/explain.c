// SPDX-License-Identifier: BSD-3-Clause
// gunyah explain: what a number means, and what to do about it.
#include "commands.h"
#include "json.h"

#include <gunyah/abi/names.h>

static void print_call(const struct gunyah_call_shape *call)
{
    printf("%s\n", call->name);
}

static int explain_run(struct cli *cli)
{
    const struct gunyah_call_shape *call;
    uint64_t number;

    cli_no_options(cli);
    cli_arguments(cli, 1, 1);
    if (!cli_number(cli->argv[cli->first], &number))
        cli_misused(cli, "%s: not a number", cli->argv[cli->first]);
    call = gunyah_call_info((uint32_t)number & 0xff);
    if (call == NULL)
        cli_fail(cli, "%s: no call has this number", cli->argv[cli->first]);
    if (cli->json) {
        struct json json = JSON_INIT(stdout);

        json_object(&json, NULL);
        json_text(&json, "name", call->name);
        json_end(&json);
    } else {
        print_call(call);
    }
    return 0;
}

const struct cli_command explain_command = {
    .name = "explain",
    .summary = "Says what a number or a name means, and what to do about an error.",
    .arguments = "WHAT",
    .run = explain_run,
    .has_json = true,
};
