#include "app/engine/engine.h"
#include "core/runtime/block_cache.h"
#include "core/runtime/threads.h"

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace {

/// Keeps standard output for the protocol: returns a descriptor of it, and points descriptor 1 to standard error, so
/// that whatever a library prints goes to the log.
int keepStandardOutput()
{
    std::fflush(stdout);
    const int protocol = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    return protocol;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 2 && argv[1] == std::string_view("--version")) {
        std::puts("heedmap-engine " HEEDMAP_VERSION);
        return 0;
    }
    if (argc > 1 || ::isatty(STDIN_FILENO)) {
        std::fputs("heedmap-engine takes no arguments: it is started by heedmap and speaks the engine protocol\n"
                   "(core/protocol/PROTOCOL.md) on its standard input and output.\n",
                   stderr);
        return 2;
    }
    std::signal(SIGXFSZ, SIG_IGN); // a file size limit is then an error of the write, which says what to do
    heedmap::configureThreads();
    heedmap::reuseLargeBlocks();
    return heedmap::serveEngine(STDIN_FILENO, keepStandardOutput());
}
