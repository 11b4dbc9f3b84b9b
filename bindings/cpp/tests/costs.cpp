// SPDX-License-Identifier: BSD-3-Clause
// Pairs of functions that do the same in C and in C++: costs.py compares their instructions. A handle is a member of something, as in
// a program.
#include <gunyah/gunyah.hpp>

#include <chrono>

namespace
{

struct c_side {
    gunyah_doorbell *bell;
    gunyah_msgqueue *queue;
    gunyah_rm *rm;
};

struct cpp_side {
    gh::doorbell bell;
    gh::msgqueue queue;
    gh::resource_manager rm;
};

} // namespace

extern "C" {

void consume(const char *message, std::size_t size);
bool c_ring(c_side *side, std::uint64_t flags);
bool cpp_ring(cpp_side *side, std::uint64_t flags);
std::uint64_t c_ring_and_look(c_side *side, std::uint64_t flags);
std::uint64_t cpp_ring_and_look(cpp_side *side, std::uint64_t flags);
std::uint64_t c_flags(c_side *side);
std::uint64_t cpp_flags(cpp_side *side);
gunyah_error c_send(c_side *side, const char *message, std::size_t size);
gunyah_error cpp_send(cpp_side *side, const char *message, std::size_t size);
std::size_t c_receive(c_side *side, char (&buffer)[240]);
std::size_t cpp_receive(cpp_side *side, char (&buffer)[240]);
bool c_pass_on(c_side *side);
bool cpp_pass_on(cpp_side *side);
bool c_wait(c_side *side);
bool cpp_wait(cpp_side *side);
std::uint16_t c_self(c_side *side);
std::uint16_t cpp_self(cpp_side *side);

bool c_ring(c_side *side, std::uint64_t flags)
{
    return gunyah_doorbell_send(side->bell, flags, nullptr) == GUNYAH_OK;
}

bool cpp_ring(cpp_side *side, std::uint64_t flags)
{
    return bool(side->bell.send(flags));
}

std::uint64_t c_ring_and_look(c_side *side, std::uint64_t flags)
{
    std::uint64_t old = 0;

    return gunyah_doorbell_send(side->bell, flags, &old) == GUNYAH_OK ? old : 0;
}

std::uint64_t cpp_ring_and_look(cpp_side *side, std::uint64_t flags)
{
    std::uint64_t old = 0;

    return side->bell.send(flags, &old) ? old : 0;
}

std::uint64_t c_flags(c_side *side)
{
    std::uint64_t flags = 0;

    return gunyah_doorbell_receive(side->bell, 0xff, &flags) == GUNYAH_OK ? flags : 0;
}

std::uint64_t cpp_flags(cpp_side *side)
{
    return side->bell.receive(0xff).value_or(0);
}

gunyah_error c_send(c_side *side, const char *message, std::size_t size)
{
    return gunyah_msgqueue_send(side->queue, message, size, 0, nullptr);
}

gunyah_error cpp_send(cpp_side *side, const char *message, std::size_t size)
{
    return side->queue.send({message, size}).error();
}

std::size_t c_receive(c_side *side, char (&buffer)[240])
{
    std::size_t size = 0;

    return gunyah_msgqueue_receive(side->queue, buffer, sizeof(buffer), &size, nullptr) == GUNYAH_OK ? size : 0;
}

std::size_t cpp_receive(cpp_side *side, char (&buffer)[240])
{
    return side->queue.receive(buffer).value_or(0);
}

bool c_pass_on(c_side *side)
{
    char buffer[240];
    std::size_t size = 0;

    if (gunyah_msgqueue_receive(side->queue, buffer, sizeof(buffer), &size, nullptr) != GUNYAH_OK)
        return false;
    consume(buffer, size);
    return true;
}

bool cpp_pass_on(cpp_side *side)
{
    char buffer[240];

    const auto size = side->queue.receive(buffer);
    if (!size)
        return false;
    consume(buffer, *size);
    return true;
}

bool c_wait(c_side *side)
{
    return gunyah_msgqueue_wait_not_empty(side->queue, UINT64_C(5000000)) == GUNYAH_OK;
}

bool cpp_wait(cpp_side *side)
{
    return bool(side->queue.wait_not_empty(std::chrono::milliseconds(5)));
}

std::uint16_t c_self(c_side *side)
{
    gunyah_vmid_t vm = {0};

    return gunyah_vm_self(side->rm, &vm) == GUNYAH_OK ? vm.value : std::uint16_t{0};
}

std::uint16_t cpp_self(cpp_side *side)
{
    const auto vm = side->rm.self();

    return vm ? vm->value : std::uint16_t{0};
}
}
