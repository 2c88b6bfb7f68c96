#include "app/verbs/synth_verb.h"

#include "app/verbs/interrupt_watch.h"
#include "app/verbs/storage_type.h"
#include "core/base/byte_text.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/capture/synthetic_capture.h"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <unistd.h>

namespace heedmap {

namespace {

struct SynthArguments
{
    SyntheticSize size;
    std::optional<int> keyValueHeads;
    std::string grid = "24x24";
    std::string dtype = "f16";
    std::string out;
    bool json = false;
};

/// "24x32": rows × columns.
void readGrid(const std::string& text, SyntheticSize& size)
{
    const char* const end = text.data() + text.size();
    const auto rows = std::from_chars(text.data(), end, size.gridRows);
    if (rows.ec == std::errc() && rows.ptr != end && *rows.ptr == 'x') {
        const auto columns = std::from_chars(rows.ptr + 1, end, size.gridColumns);
        if (columns.ec == std::errc() && columns.ptr == end)
            return;
    }
    throw Error(ErrorKind::InvalidRequest, "\"{}\" is no grid; write ROWSxCOLUMNS, for instance 24x32", text);
}

SyntheticSize sizeOf(const SynthArguments& arguments)
{
    SyntheticSize size = arguments.size;
    size.keyValueHeads = arguments.keyValueHeads.value_or(size.heads);
    readGrid(arguments.grid, size);
    size.dtype = storageTypeFromText(arguments.dtype);
    checkSyntheticSize(size);
    return size;
}

void clearProgress()
{
    if (isatty(STDERR_FILENO))
        fmt::print(stderr, "\r\033[K");
}

void showProgress(int done, int total)
{
    if (isatty(STDERR_FILENO))
        fmt::print(stderr, "\r\033[Klayer {} of {}", done, total);
}

int synth(const SynthArguments& arguments)
{
    const SyntheticSize size = sizeOf(arguments);
    const InterruptWatch watch;
    const auto progress = [&](int done, int total) {
        if (watch.interrupted()) {
            clearProgress();
            throw Error(ErrorKind::Cancelled, "stopped; {} was not written", arguments.out);
        }
        showProgress(done, total);
    };
    writeSyntheticCapture(arguments.out, size, progress);
    clearProgress();
    const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(arguments.out));
    if (arguments.json)
        fmt::print("{}\n", Json{{"path", arguments.out}, {"byte_count", bytes}}.dump(2));
    else
        fmt::print("{}: {}, {} layers of {} heads over {} tokens\n", arguments.out, byteText(bytes), size.layers,
                   size.heads, size.tokens);
    return kDone;
}

void declareSize(CLI::App& verb, SynthArguments& arguments)
{
    SyntheticSize& size = arguments.size;
    verb.add_option("--layers", size.layers, "Attention modules, one a layer")->capture_default_str();
    verb.add_option("--heads", size.heads, "Heads of each")->capture_default_str();
    verb.add_option("--kv-heads", arguments.keyValueHeads,
                    "Heads that have keys of their own; the others share them. Without it: all");
    verb.add_option("--tokens", size.tokens, "Length of the sequence, patches included")->capture_default_str();
    verb.add_option("--grid", arguments.grid, "ROWSxCOLUMNS of patches of the picture")->capture_default_str();
    verb.add_option("--head-dim", size.headDim, "Length of a query or key")->capture_default_str();
    declareStorageType(verb, arguments.dtype)->capture_default_str();
    verb.add_option("--seed", size.seed, "Another number makes another capture")->capture_default_str();
}

} // namespace

Verb synthVerb()
{
    return {"synth", "Write a large made-up capture, for tests and benchmarks", VerbApplication::Core,
            [](CLI::App& verb) {
                const auto arguments = std::make_shared<SynthArguments>();
                declareSize(verb, *arguments);
                verb.add_option("--out", arguments->out, "Capture file to write (.heed)")->required();
                verb.add_flag("--json", arguments->json, "Print the file's name and size as JSON");
                return [arguments] { return synth(*arguments); };
            }};
}

} // namespace heedmap
