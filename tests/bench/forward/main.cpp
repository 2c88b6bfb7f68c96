// Runs one model on one picture and text, over and over, on command: the driver (bench.py) asks this process and the
// reference's in turn, so that what else happens on the machine happens to both.
//
//   heedmap_forward_bench MODEL PICTURE TEXT MOST_NEW_TOKENS
//
// First line out: the threads in effect, as JSON. Then for every line in ("without", "with") one line out: the
// milliseconds of a run from pixel values to answer, without and with every attention site recorded in memory.

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

double millisecondsOf(const Model& model, const RunRequest& request)
{
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
    RunRequest request = requestFor(loaded, argv[2], argv[3], std::stoll(argv[4]));
    say(Json{{"elementwise_threads", threads.elementwise},
             {"matrix_threads", threads.matrixProducts},
             {"blas", threads.blas}}
            .dump());
    for (std::string command; std::getline(std::cin, command);) {
        if (command != "with" && command != "without")
            throw Error(ErrorKind::InvalidRequest, "\"{}\" is no command; say \"with\" or \"without\"", command);
        request.capture.sites = command == "with";
        say(fmt::format("{:.4f}", millisecondsOf(*loaded.model, request)));
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
