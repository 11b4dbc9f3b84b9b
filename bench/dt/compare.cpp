// SPDX-License-Identifier: BSD-3-Clause
// Building and reading device trees: the library, libfdt by hand, and the programs that come with libfdt, in one run.
// trees-compare <real.dtb>: a tree with a Resource Manager below /hypervisor.
#include "trees.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char **environ;

namespace
{

constexpr std::size_t room = 16384;

std::vector<std::uint64_t> real; // words, so that it is aligned
std::size_t real_size;
std::string folder;
std::string real_path;
std::string node;

void must(bool good, const char *what)
{
    if (!good) {
        std::perror(what);
        std::exit(1);
    }
}

// Runs a program, whose output goes to a file.
void run(std::vector<std::string> words, const std::string &output)
{
    std::vector<char *> arguments;
    for (std::string &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = 0;
    int status = -1;
    must(posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ) == 0, arguments[0]);
    must(waitpid(pid, &status, 0) == pid && status == 0, arguments[0]);
    posix_spawn_file_actions_destroy(&actions);
}

void build_with(benchmark::State &state, std::size_t (*build)(void *, std::size_t))
{
    static std::uint64_t buffer[room / 8];
    for (auto _ : state)
        must(build(buffer, sizeof(buffer)) > 0, "build");
}
BENCHMARK_CAPTURE(build_with, library, build_by_library)->Name("build 16 vdevices/library");
BENCHMARK_CAPTURE(build_with, hand, build_by_hand)->Name("build 16 vdevices/libfdt by hand");

void build_dtc(benchmark::State &state)
{
    for (auto _ : state)
        run({"dtc", "-q", "-q", "-I", "dts", "-O", "dtb", folder + "/built.dts"}, "/dev/null");
}
BENCHMARK(build_dtc)->Name("build 16 vdevices/dtc, a process")->UseRealTime();

void discover_with(benchmark::State &state, int (*discover)(const void *, std::size_t, struct found *))
{
    struct found found {
    };
    for (auto _ : state) {
        must(discover(real.data(), real_size, &found) != 0, "discover");
        benchmark::DoNotOptimize(found);
    }
}
BENCHMARK_CAPTURE(discover_with, library, discover_by_library)->Name("find the Resource Manager/library");
BENCHMARK_CAPTURE(discover_with, hand, discover_by_hand)->Name("find the Resource Manager/libfdt by hand");

void discover_fdtget(benchmark::State &state)
{
    for (auto _ : state) {
        run({"fdtget", "-t", "x", real_path, node, "reg"}, "/dev/null");
        run({"fdtget", "-t", "x", real_path, node, "interrupts"}, "/dev/null");
    }
}
BENCHMARK(discover_fdtget)->Name("find the Resource Manager/fdtget, two processes")->UseRealTime();

std::string read_file(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    must(file.good(), path.c_str());
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// What the programs work on: the source of the tree that is built, and the name of the node that is found.
void prepare(const char *path)
{
    real_path = path;
    const std::string bytes = read_file(real_path);
    real_size = bytes.size();
    real.resize(real_size / 8 + 1);
    bytes.copy(reinterpret_cast<char *>(real.data()), real_size);

    std::vector<std::uint64_t> buffer(room / 8);
    const std::size_t size = build_by_library(buffer.data(), room);
    std::ofstream(folder + "/built.dtb", std::ios::binary)
        .write(reinterpret_cast<const char *>(buffer.data()), static_cast<std::streamsize>(size));
    run({"dtc", "-q", "-q", "-I", "dtb", "-O", "dts", folder + "/built.dtb"}, folder + "/built.dts");

    run({"fdtget", "-l", real_path, "/hypervisor"}, folder + "/nodes");
    const std::string nodes = read_file(folder + "/nodes");
    const std::size_t at = nodes.find("qcom,resource-m");
    must(at != std::string::npos, "no Resource Manager below /hypervisor");
    node = "/hypervisor/" + nodes.substr(at, nodes.find('\n', at) - at);
}

} // namespace

int main(int argc, char **argv)
{
    char made[] = "/tmp/libgunyah-bench-XXXXXX";
    benchmark::Initialize(&argc, argv);
    if (argc != 2)
        return std::fputs("usage: trees-compare REAL.dtb\n", stderr), 2;
    must(mkdtemp(made) != nullptr, "mkdtemp");
    folder = made;
    prepare(argv[1]);
    benchmark::RunSpecifiedBenchmarks();
    for (const char *name : {"/built.dtb", "/built.dts", "/nodes"})
        unlink((folder + name).c_str());
    rmdir(made);
    return 0;
}
