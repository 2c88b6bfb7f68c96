// A large capture in the window: how long a hovered token takes, beside plainly reading the same bytes, and how much
// memory it costs to look at every head.
//
//   heedmap_size_bench CAPTURE HOVERS
//
// CAPTURE has one group of sites over one sequence, stored as queries and keys (heedmap synth). Every hover asks for
// rows that are not in memory yet. After each, the keys of the group are read into a buffer and nothing is done with
// them, so that what else happens on the machine happens to both. Prints one JSON object.

#include "core/base/error.h"
#include "tests/bench/hover/hover_window.h"

#include <fmt/format.h>
#include <QApplication>

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

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

/// The same bytes as a program reads a file: from the page cache into a buffer, one piece after another.
class PlainReader
{
public:
    PlainReader(const Capture& capture, const std::vector<std::size_t>& sites)
        : m_descriptor(::open(capture.path().c_str(), O_RDONLY | O_CLOEXEC))
    {
        for (const std::size_t site : sites) {
            const TensorView& keys = capture.tensor(capture.site(site).keys);
            m_pieces.emplace_back(keys.bytes.data() - keys.file->bytes().data(), keys.bytes.size());
        }
    }
    ~PlainReader() { ::close(m_descriptor); }
    PlainReader(const PlainReader&) = delete;
    PlainReader& operator=(const PlainReader&) = delete;

    std::size_t byteCount() const
    {
        std::size_t bytes = 0;
        for (const auto& [offset, size] : m_pieces)
            bytes += size;
        return bytes;
    }

    double milliseconds()
    {
        QElapsedTimer timer;
        timer.start();
        for (const auto& [offset, size] : m_pieces)
            for (std::size_t done = 0; done < size;) {
                const ssize_t got = ::pread(m_descriptor, m_buffer.data(), std::min(m_buffer.size(), size - done),
                                            static_cast<off_t>(static_cast<std::size_t>(offset) + done));
                if (got <= 0)
                    throw Error(ErrorKind::Io, "the capture cannot be read a second time");
                done += static_cast<std::size_t>(got);
            }
        return static_cast<double>(timer.nsecsElapsed()) / 1e6;
    }

private:
    int m_descriptor;
    std::vector<std::pair<std::ptrdiff_t, std::size_t>> m_pieces;
    std::vector<std::byte> m_buffer = std::vector<std::byte>(std::size_t{1} << 20);
};

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
    PlainReader reader(*capture, sites);
    HoverWindow window(capture, group);
    std::vector<Repaint> repaints;
    std::vector<double> readings;
    std::vector<double> ratios;
    for (const std::int64_t word : lastWords(axis, 3 + std::max(1, std::atoi(argv[2])))) {
        const Repaint repaint = window.hover({axis.id, word});
        repaints.push_back(repaint);
        readings.push_back(reader.milliseconds());
        ratios.push_back(repaint.allMs / readings.back());
    }
    for (auto* times : {&readings, &ratios})
        times->erase(times->begin(), times->begin() + 3); // the first bring the pages into the page table
    repaints.erase(repaints.begin(), repaints.begin() + 3);
    const double most = visitEveryHead(window, *capture, sites);
    int heads = 0;
    for (const std::size_t site : sites)
        heads += capture->site(site).heads;
    fmt::print(R"({{"keys": {}, "heads": {}, "hovers": {}, "read_bytes": {}, "plain_read_ms": {:.3f}, )"
               R"("grid_to_read": {:.3f}, "anonymous_mib": {:.1f}, {}}})"
               "\n",
               axis.length, heads, repaints.size(), reader.byteCount(), median(readings), median(ratios), most,
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
