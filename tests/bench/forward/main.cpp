// Runs one model on one picture and text, over and over, on command: the driver (bench.py) asks this process and the
// reference's in turn, so that what else happens on the machine happens to both.
//
//   heedmap_forward_bench MODEL PICTURE TEXT MOST_NEW_TOKENS
//
// First line out: the threads in effect, as JSON. Then for every line in ("without", "with") one line out: the
// milliseconds of a run from pixel values to answer, without and with every attention site kept in memory as a capture
// stores it (weights, or queries and keys, whichever is smaller).

#include "app/engine/loaded_models.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/media/image.h"
#include "core/runtime/threads.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace heedmap {
namespace {

RunRequest requestFor(const LoadedModel& loaded, const std::string& picture, const std::string& text,
                      std::int64_t mostNewTokens)
{
    RunRequest request;
    request.pixels = loaded.preprocessor->apply(decodeImage(readFile(picture, kMaxImageBytes), picture).upright);
    request.text = loaded.tokenizer->encode(text);
    request.maxNewTokens = mostNewTokens;
    return request;
}

void keepSmaller(RecordedSite& site)
{
    const std::size_t weights = site.weights.values.size();
    if (weights <= site.queries.values.size() + site.keys.values.size())
        site.queries = site.keys = {};
    else
        site.weights = {};
}

double millisecondsOf(const Model& model, RunRequest request, bool capture)
{
    std::vector<RecordedSite> kept;
    request.capture.sites = capture;
    request.capture.sink = [&kept](const std::string&, RecordedSite&& site) {
        keepSmaller(site);
        kept.push_back(std::move(site));
    };
    const auto start = std::chrono::steady_clock::now();
    const RunResult result = model.run(request, {}, {});
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void say(const std::string& line)
{
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

void serve(int argc, char** argv)
{
    if (argc != 5)
        throw Error(ErrorKind::InvalidRequest, "usage: heedmap_forward_bench MODEL PICTURE TEXT MOST_NEW_TOKENS");
    const ThreadPolicy threads = configureThreads();
    LoadedModels models;
    const LoadedModel& loaded = models.open(argv[1]);
    const RunRequest request = requestFor(loaded, argv[2], argv[3], std::stoll(argv[4]));
    say(Json{{"elementwise_threads", threads.elementwise},
             {"matrix_threads", threads.matrixProducts},
             {"blas", threads.blas}}
            .dump());
    for (std::string command; std::getline(std::cin, command);) {
        if (command != "with" && command != "without")
            throw Error(ErrorKind::InvalidRequest, "\"{}\" is no command; say \"with\" or \"without\"", command);
        say(fmt::format("{:.4f}", millisecondsOf(*loaded.model, request, command == "with")));
    }
}

} // namespace
} // namespace heedmap

int main(int argc, char** argv)
{
    try {
        heedmap::serve(argc, argv);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "heedmap_forward_bench: {}\n", error.what());
        return 1;
    }
}
