// How long the window takes from a mouse event to the last repaint it causes: tokens, stage and head grid as the main
// window lays them out, hovered with real events; 12 layers of 12 heads.
//
//   heedmap_hover_bench FOLDER HOVERS
//
// FOLDER takes the captures that are looked at, and is cleared of them. Prints one JSON list, an entry a case. Every
// hover asks for rows that are not in memory yet. Three times: the stage's first repaint; the last repaint, with every
// thumbnail in sight; and the longest that anything else had to wait for the window's thread meanwhile.

#include "core/base/error.h"
#include "tests/bench/hover/hover_capture.h"
#include "tests/bench/hover/hover_window.h"

#include <fmt/format.h>
#include <QApplication>

#include <algorithm>
#include <filesystem>

namespace heedmap::bench {
namespace {

std::string entry(const char* storage, std::int64_t keys, const std::vector<Repaint>& repaints)
{
    return fmt::format(R"({{"storage": "{}", "keys": {}, "hovers": {}, {}}})", storage, keys, repaints.size(),
                       summaryOf(repaints));
}

std::string measureTokens(const std::shared_ptr<const Capture>& capture, int hovers)
{
    HoverWindow window(capture, "question_picture");
    window.hoverToken(0);
    std::vector<Repaint> repaints;
    for (int i = 1; i <= hovers; ++i)
        repaints.push_back(window.hoverToken(i % kQuestionLength));
    return entry("weights", capture->manifest().axis("picture").length, repaints);
}

std::string measurePatches(const std::shared_ptr<const Capture>& capture, int hovers)
{
    constexpr int kStride = 37; // scattered, and no patch again before all others
    HoverWindow window(capture, "vision_self");
    const auto patches = static_cast<int>(capture->manifest().axis("picture").length - 1);
    window.hoverPatch(0);
    std::vector<Repaint> repaints;
    for (int i = 1; i <= hovers; ++i)
        repaints.push_back(window.hoverPatch(i * kStride % patches));
    return entry("queries and keys", capture->manifest().axis("picture").length, repaints);
}

int run(int argc, char** argv)
{
    QApplication application(argc, argv);
    application.setStyle("Fusion");
    if (argc != 3)
        throw Error(ErrorKind::InvalidRequest, "usage: heedmap_hover_bench FOLDER HOVERS");
    const int hovers = std::max(1, std::atoi(argv[2]));
    std::string entries;
    for (const int side : {24, 64}) {
        const std::filesystem::path path = std::filesystem::path(argv[1]) / fmt::format("hover-{}.heed", side);
        const std::shared_ptr<const Capture> capture = makeHoverCapture(path, side);
        std::filesystem::remove(path); // the mapping stays
        entries += fmt::format("{}{},\n{}", entries.empty() ? "" : ",\n", measureTokens(capture, hovers),
                               measurePatches(capture, hovers));
    }
    fmt::print("[{}]\n", entries);
    return 0;
}

} // namespace
} // namespace heedmap::bench

int main(int argc, char** argv)
{
    try {
        return heedmap::bench::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "heedmap_hover_bench: {}\n", error.what());
        return 1;
    }
}
