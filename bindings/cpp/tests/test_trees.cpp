// SPDX-License-Identifier: BSD-3-Clause
// Device trees: built, found in again, and checked.
#include "check.hpp"

#include <gunyah/dt.hpp>
#include <gunyah/dt_build.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace
{

// A tree with one of each kind that needs nothing else, in as much memory as it takes.
std::vector<std::uint64_t> build()
{
    std::vector<std::uint64_t> memory(8);
    gh::dt_builder builder;
    gh::dt_bell bell;
    gh::dt_msgqueue queue;
    gh::dt_config_options config;

    config.image_name = "built";
    const auto small = builder.begin(memory, gh::dt_machine_options(), config);
    CHECK(small.error() == GUNYAH_ERR_OUT_OF_MEMORY && builder.room() > memory.size() * 8);
    memory.resize(1024);
    CHECK(bool(builder.begin(memory, gh::dt_machine_options(), config)));
    CHECK(bool(builder.add(gh::dt_rm_rpc())));
    bell.label = 1;
    CHECK(bool(builder.add(bell)));
    CHECK(builder.add(bell).error() == GUNYAH_ERR_IN_USE && builder.last_problem().text != nullptr);
    bell.label = 2;
    CHECK(bool(builder.add_source(bell)));
    queue.label = 3;
    CHECK(bool(builder.add(queue)));
    const auto size = builder.finish();
    CHECK(bool(size) && gh::dt_region_size(*size) > *size);
    CHECK(builder.finish().error() == GUNYAH_ERR_HANDLE);
    return memory;
}

void is_checked(const std::vector<std::uint64_t> &tree)
{
    auto linter = std::make_unique<gunyah_dt_linter>();
    std::string found;
    const auto note = [&](const gunyah_dt_finding &finding) { found += finding.rule->name; };

    CHECK(bool(gh::dt_lint(tree, *linter, gh::dt_lint_options(), note)));
    CHECK(linter->errors == 0);
    std::vector<std::uint64_t> broken = tree;
    broken[0] = 0;
    found.clear();
    CHECK(bool(gh::dt_lint(broken, *linter, gh::dt_lint_options(), note)));
    CHECK(linter->errors == 1 && found == "malformed");
}

void is_edited(const std::vector<std::uint64_t> &tree)
{
    std::vector<std::uint64_t> memory(2048);
    gh::dt_builder builder;
    gh::dt_shm shm;

    shm.label = 4;
    shm.address = 0xa0000000;
    CHECK(bool(builder.edit(memory, tree)));
    CHECK(bool(builder.add_with_doorbells(shm)));
    CHECK(bool(builder.finish()));
    auto opened = gh::device_tree::open(memory);
    CHECK(bool(opened));
    CHECK(builder.edit(memory, tree, gh::dt_config_options()).error() == GUNYAH_ERR_IN_USE);
}

// What stands in a tree as text, such as the type of a device.
bool has(const std::vector<std::uint64_t> &tree, std::string_view text)
{
    const std::string_view bytes(reinterpret_cast<const char *>(tree.data()), tree.size() * sizeof(tree[0]));

    return bytes.find(text) != std::string_view::npos;
}

void has_what_was_added(const std::vector<std::uint64_t> &tree)
{
    CHECK(has(tree, "rm-rpc") && has(tree, "doorbell-source") && has(tree, "message-queue") && has(tree, "built"));
    CHECK(!has(tree, "virtio-mmio") && !has(tree, "shm"));
}

// No VM has written into it what it has.
void has_no_devices_yet(const std::vector<std::uint64_t> &bytes)
{
    gh::device_tree tree = *gh::device_tree::open(bytes);
    gh::dt_device device;

    CHECK(tree.next(device).error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(tree.vm_info().error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(*tree.psci_conduit() == GUNYAH_CONDUIT_HVC);
    CHECK(tree.find("/nothing").error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(tree.memparcel(1).error() == GUNYAH_ERR_NOT_FOUND);
    CHECK(tree.rm_options().error() == GUNYAH_ERR_NOT_FOUND);
    gh::device_tree closed;
    CHECK(closed.vm_info().error() == GUNYAH_ERR_HANDLE);
}

} // namespace

int main()
{
    const std::vector<std::uint64_t> tree = build();

    has_what_was_added(tree);
    is_checked(tree);
    is_edited(tree);
    has_no_devices_yet(tree);
}
