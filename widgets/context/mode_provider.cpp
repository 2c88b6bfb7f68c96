#include "widgets/context/mode_provider.h"

#include "widgets/context/background.h"
#include "widgets/context/remembered_modes.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kKeptResults = 16;
constexpr double kReadingShare = 0.4; ///< of the whole time, about

MapModes modesOfParts(const Capture& capture, const ModesRequest& request, std::vector<MapChoice> parts,
                      const GoOn& goOn)
{
    const GoOn reading = [&](double done) { return !goOn || goOn(done * kReadingShare); };
    const GoOn computing = [&](double done) { return !goOn || goOn(kReadingShare + done * (1 - kReadingShare)); };
    MapModes result{readStackedMap(capture, std::move(parts), request.withoutSpecial, reading), {}};
    const std::int64_t most = mostTriplets(result.map.rows(), result.map.columns());
    result.modes = svdModes(result.map.values, result.map.rows(), result.map.columns(), std::min(request.count, most),
                            request.centring, computing);
    result.map.values = {};
    return result;
}

/// Multiplications behind one weight of a map.
double costOfWeight(const Capture& capture, const MapChoice& part)
{
    const AttentionSite& site = capture.site(part.site);
    double cost = site.storesWeights() ? 1 : static_cast<double>(capture.tensor(site.queries).shape.back());
    if (part.first)
        cost += static_cast<double>(capture.queryAxis(part.site).length);
    const double heads = part.set ? static_cast<double>(part.set->members.size())
                                  : (part.head.isMean() ? static_cast<double>(site.heads) : 1.0);
    return cost * heads;
}

} // namespace

ModesResult computeModes(const Capture& capture, const ModesRequest& request, const GoOn& goOn)
{
    ModesResult result;
    if (!request.separately) {
        result.push_back(modesOfParts(capture, request, request.parts, goOn));
        return result;
    }
    const double step = 1 / static_cast<double>(request.parts.size());
    for (const MapChoice& part : request.parts) {
        const double before = static_cast<double>(result.size()) * step;
        const GoOn partly = [&](double done) { return !goOn || goOn(before + done * step); };
        result.push_back(modesOfParts(capture, request, {part}, partly));
    }
    return result;
}

double costOfModes(const Capture& capture, const ModesRequest& request)
{
    double cost = 0;
    for (const MapChoice& part : request.parts) {
        const double rows = static_cast<double>(queryAxisOf(capture, part).length);
        const double columns = static_cast<double>(keyAxisOf(capture, part).length);
        cost += rows * columns * (std::min({rows, columns, 400.0}) + costOfWeight(capture, part));
    }
    return cost;
}

double sizeOfModes(const Capture& capture, const ModesRequest& request)
{
    double size = 0;
    for (const MapChoice& part : request.parts) {
        const double rows = static_cast<double>(queryAxisOf(capture, part).length);
        const double columns = static_cast<double>(keyAxisOf(capture, part).length);
        size += (rows + columns) * std::min({rows, columns, static_cast<double>(request.count)}) * sizeof(double);
    }
    return size;
}

ModeProvider::ModeProvider(SelectionModel& selection, QObject* parent) : QObject(parent), m_selection(selection)
{
    connect(&selection, &SelectionModel::captureChanged, this, &ModeProvider::forget);
}

ModeProvider::~ModeProvider()
{
    drop();
}

/// The work under way is told that nobody waits for it any more.
void ModeProvider::drop()
{
    if (m_work)
        m_work->isUnwanted = true;
    m_work = nullptr;
}

/// Whoever asks first after the capture changed, a view or the signal: what was known of another one is forgotten.
void ModeProvider::forget()
{
    if (m_capture == m_selection.capture())
        return;
    m_capture = m_selection.capture();
    drop();
    m_results.clear();
    m_stopped.reset();
    m_failure.clear();
}

std::shared_ptr<const ModesResult> ModeProvider::known(const ModesRequest& request) const
{
    const auto found = std::ranges::find(m_results, request, [](const auto& entry) { return entry.first; });
    return found == m_results.end() ? nullptr : found->second;
}

std::shared_ptr<const ModesResult> ModeProvider::modes(const ModesRequest& request)
{
    forget();
    if (auto result = known(request))
        return result;
    if (m_stopped == request || (m_work && m_work->request == request))
        return nullptr;
    drop();
    m_stopped.reset();
    m_failure.clear();
    try {
        if (costOfModes(*m_capture, request) > m_immediateCost) {
            begin(request);
            return nullptr;
        }
        keep(request, computeModes(*m_capture, request));
        return m_results.front().second;
    } catch (const Error& error) {
        fail(request, error);
    } catch (const std::bad_alloc&) {
        fail(request, Error(ErrorKind::TooLarge, "There is not enough memory to take this map apart."));
    }
    return nullptr;
}

void ModeProvider::begin(const ModesRequest& request)
{
    auto work = std::make_shared<Work>();
    work->request = request;
    m_work = work;
    runInBackground(
        this,
        [work, capture = m_capture] {
            return rememberedModes(ResultCache(*capture), *capture, work->request, [&](double done) {
                work->done = done;
                return !work->isUnwanted;
            });
        },
        [this, work](ModesResult result) {
            if (m_work != work)
                return;
            m_work = nullptr;
            keep(work->request, std::move(result));
            emit arrived();
        },
        [this, work](const Error& error) {
            if (m_work != work)
                return;
            m_work = nullptr;
            fail(work->request, error);
            emit arrived();
        },
        WorkLength::Long);
}

void ModeProvider::keep(const ModesRequest& request, ModesResult result)
{
    m_results.emplace_front(request, std::make_shared<const ModesResult>(std::move(result)));
    if (m_results.size() > kKeptResults)
        m_results.pop_back();
}

void ModeProvider::fail(const ModesRequest& request, const Error& error)
{
    m_stopped = request;
    m_failure = QString::fromStdString(error.what());
}

void ModeProvider::cancel()
{
    if (!m_work)
        return;
    m_stopped = m_work->request;
    m_failure.clear();
    drop();
    emit arrived();
}

void ModeProvider::dropAllBut(std::span<const ModesRequest> wanted)
{
    if (m_work && std::ranges::find(wanted, m_work->request) == wanted.end())
        drop();
}

void ModeProvider::retry()
{
    m_stopped.reset();
    m_failure.clear();
}

} // namespace heedmap
