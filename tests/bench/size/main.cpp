// A large capture in the window: how long a hovered token takes, beside plainly reading the same bytes, and how much
// memory it costs to look at every head.
//
//   heedmap_size_bench CAPTURE HOVERS
//
// CAPTURE has one group of sites over one sequence, stored as queries and keys (heedmap synth). Every hover asks for
// rows that are not in memory yet. After each, the keys of the group are read as numbers are read that nothing is done
// with, on as many threads, so that what else happens on the machine happens to both. Prints one JSON object.

#include "core/base/error.h"
#include "tests/bench/hover/hover_window.h"

#include <fmt/format.h>
#include <QApplication>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <future>
#include <numeric>

namespace heedmap::bench {
namespace {

/// In MiB; "RssAnon" of /proc/self/status.
double anonymousMebibytes()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:"))
            return std::stod(line.substr(8)) / 1024;
    throw Error(ErrorKind::Internal, "/proc/self/status does not say RssAnon");
}

std::uint64_t sumOfWords(std::span<const std::byte> bytes)
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + sizeof(std::uint64_t) <= bytes.size(); i += sizeof(std::uint64_t)) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i, sizeof word);
        sum += word;
    }
    return sum;
}

struct PlainReading
{
    double milliseconds;
    std::uint64_t sum; ///< so that no compiler leaves the reading out
};

PlainReading readPlainly(const Capture& capture, const std::vector<std::size_t>& sites)
{
    QElapsedTimer timer;
    timer.start();
    std::atomic<std::size_t> next = 0;
    const auto readSites = [&] {
        std::uint64_t sum = 0;
        for (std::size_t i = next++; i < sites.size(); i = next++)
            sum += sumOfWords(capture.tensor(capture.site(sites[i]).keys).bytes);
        return sum;
    };
    std::vector<std::future<std::uint64_t>> helpers;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
        helpers.push_back(std::async(std::launch::async, readSites));
    std::uint64_t sum = readSites();
    for (std::future<std::uint64_t>& helper : helpers)
        sum += helper.get();
    return {static_cast<double>(timer.nsecsElapsed()) / 1e6, sum};
}

/// Words of the sequence, from its end backwards: their rows are the longest.
std::vector<std::int64_t> lastWords(const TokenAxis& axis, int count)
{
    std::vector<std::int64_t> words;
    for (std::int64_t position = axis.length - 1; position >= 0 && std::ssize(words) < count; --position)
        if (axis.segmentAt(position).kind == SegmentKind::Text && !axis.isSpecial(position))
            words.push_back(position);
    return words;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values.at(values.size() / 2);
}

/// Shows one head after the other; gives the most anonymous memory in use meanwhile.
double visitEveryHead(HoverWindow& window, const Capture& capture, const std::vector<std::size_t>& sites)
{
    double most = anonymousMebibytes();
    for (const std::size_t site : sites)
        for (int head = 0; head < capture.site(site).heads; ++head) {
            window.context().selection().selectHead(site, HeadChoice{head});
            QApplication::processEvents();
            most = std::max(most, anonymousMebibytes());
        }
    return most;
}

int run(int argc, char** argv)
{
    QApplication application(argc, argv);
    application.setStyle("Fusion");
    if (argc != 3)
        throw Error(ErrorKind::InvalidRequest, "usage: heedmap_size_bench CAPTURE HOVERS");
    const std::shared_ptr<const Capture> capture = Capture::open(argv[1]);
    const std::string group = capture->manifest().groups.at(0).id;
    const std::vector<std::size_t> sites = capture->manifest().sitesOfGroup(group);
    const TokenAxis& axis = capture->queryAxis(sites.at(0));
    const std::size_t bytes = std::accumulate(sites.begin(), sites.end(), std::size_t{0}, [&](auto sum, auto site) {
        return sum + capture->tensor(capture->site(site).keys).bytes.size();
    });
    HoverWindow window(capture, group);
    std::vector<Repaint> repaints;
    std::vector<double> readings;
    std::vector<double> ratios;
    std::uint64_t sum = 0;
    for (const std::int64_t word : lastWords(axis, 3 + std::max(1, std::atoi(argv[2])))) {
        const Repaint repaint = window.hover({axis.id, word});
        const PlainReading reading = readPlainly(*capture, sites);
        sum += reading.sum;
        repaints.push_back(repaint);
        readings.push_back(reading.milliseconds);
        ratios.push_back(repaint.allMs / reading.milliseconds);
    }
    for (auto* times : {&readings, &ratios})
        times->erase(times->begin(), times->begin() + 3); // the first bring the pages into the page table
    repaints.erase(repaints.begin(), repaints.begin() + 3);
    const double most = visitEveryHead(window, *capture, sites);
    int heads = 0;
    for (const std::size_t site : sites)
        heads += capture->site(site).heads;
    fmt::print(R"({{"keys": {}, "heads": {}, "hovers": {}, "read_bytes": {}, "sum": {}, "plain_read_ms": {:.3f}, )"
               R"("grid_to_read": {:.3f}, "anonymous_mib": {:.1f}, {}}})"
               "\n",
               axis.length, heads, repaints.size(), bytes, sum, median(readings), median(ratios), most,
               summaryOf(repaints));
    return 0;
}

} // namespace
} // namespace heedmap::bench

int main(int argc, char** argv)
{
    try {
        return heedmap::bench::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "heedmap_size_bench: {}\n", error.what());
        return 1;
    }
}
