#include "widgets/context/strip_provider.h"

#include "core/base/error.h"
#include "widgets/context/background.h"
#include "widgets/context/row_cost.h"

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::size_t kMostBytes = std::size_t{192} << 20;
constexpr int kSettleMilliseconds = 30;
constexpr std::size_t kMostMaps = 24;
constexpr std::int64_t kSampledWeights = std::int64_t{1} << 18;

} // namespace

StripProvider::StripProvider(QObject* parent) : QObject(parent)
{
    m_settling.setSingleShot(true);
    m_settling.setInterval(kSettleMilliseconds);
    connect(&m_settling, &QTimer::timeout, this, &StripProvider::readNext);
}

StripProvider::~StripProvider()
{
    giveUp();
}

void StripProvider::setMap(const std::optional<StripsKey>& key)
{
    if (!key) {
        giveUp();
        m_settling.stop();
        m_known.clear();
        m_current.reset();
        m_last = m_first - 1;
        return;
    }
    if (m_current && m_current->key == *key)
        return;
    giveUp();
    m_stopped = false;
    m_last = m_first - 1;
    std::erase_if(m_known, [&](const auto& known) { return known->key.capture != key->capture; });
    const auto found = std::ranges::find_if(m_known, [&](const auto& known) { return known->key == *key; });
    if (found == m_known.end()) {
        m_current = std::make_shared<Known>();
        m_current->key = *key;
    } else {
        m_current = *found;
        m_known.erase(found);
    }
    m_known.push_front(m_current);
    makeRoom();
}

void StripProvider::want(const CellSize& cell, std::int64_t first, std::int64_t last)
{
    if (!m_current)
        return;
    if (cell != m_cell || first != m_first || last != m_last)
        m_stopped = false; // of another window
    m_cell = cell;
    m_first = first;
    m_last = last;
    const bool isWanted = m_runningStrip && m_runningStrip->first == cell && m_runningStrip->second >= first &&
                          m_runningStrip->second <= last;
    if (m_runningStrip && !isWanted)
        giveUp();
    if (last < first || readAtOnce())
        m_settling.stop();
    else if (!m_settling.isActive()) // never put off: a hand that goes on moving would see nothing new
        m_settling.start();
}

/// Whether everything that is missing is so little that it was read here and now.
bool StripProvider::readAtOnce()
{
    const StripsKey& key = m_current->key;
    const std::int64_t missing = wantedCount() - readCount();
    const double row = costOfRow(*key.capture, key.map);
    const double keys = static_cast<double>(keyAxisOf(*key.capture, key.map).length);
    const double queries = static_cast<double>(queryAxisOf(*key.capture, key.map).length);
    double cost = row * std::min(queries, static_cast<double>(missing * kStripRows * m_cell.queries()));
    if (!m_current->sample)
        cost += row * std::min(queries, std::max(1.0, static_cast<double>(kSampledWeights) / keys));
    if (cost > m_immediateCost || m_running)
        return cost == 0;
    try {
        if (!m_current->sample)
            m_current->sample = sampleRows(*key.capture, key.map, key.withoutSpecial, kSampledWeights);
        while (const std::optional<std::int64_t> band = nextBand())
            keep(*m_current, std::make_shared<const MapStrip>(*readMapStrip(*key.capture, key.map, key.withoutSpecial,
                                                                            m_cell, *band, [] { return false; })));
    } catch (const Error& error) {
        m_stopped = true;
        emit failed(QString::fromStdString(error.what()));
    }
    return true;
}

std::optional<std::int64_t> StripProvider::nextBand() const
{
    for (std::int64_t band = m_first; band <= m_last; ++band)
        if (!strip(m_cell, band))
            return band;
    return std::nullopt;
}

void StripProvider::readNext()
{
    if (m_running || m_stopped || !m_current || wantedCount() == 0)
        return;
    if (!m_current->sample)
        readSample();
    else if (const std::optional<std::int64_t> band = nextBand())
        readStrip(*band);
}

void StripProvider::readSample()
{
    m_running = true;
    runInBackground(
        this, [key = m_current->key] { return sampleRows(*key.capture, key.map, key.withoutSpecial, kSampledWeights); },
        [this, known = m_current](SampledRows rows) {
            known->sample = std::move(rows);
            ended();
        },
        [this, known = m_current](const Error& error) { failedOf(*known, error); });
}

void StripProvider::readStrip(std::int64_t band)
{
    m_running = true;
    m_runningStrip = StripKey{m_cell, band};
    m_isStale = std::make_shared<std::atomic<bool>>(false);
    runInBackground(
        this,
        [key = m_current->key, cell = m_cell, band, isStale = m_isStale] {
            return readMapStrip(*key.capture, key.map, key.withoutSpecial, cell, band,
                                [isStale] { return isStale->load(); });
        },
        [this, known = m_current](std::optional<MapStrip> strip) {
            if (strip)
                keep(*known, std::make_shared<const MapStrip>(std::move(*strip)));
            ended();
        },
        [this, known = m_current](const Error& error) { failedOf(*known, error); });
}

void StripProvider::failedOf(const Known& map, const Error& error)
{
    if (&map == m_current.get()) { // what was looked at before stops nothing
        m_stopped = true;          // the same would fail again
        emit failed(QString::fromStdString(error.what()));
    }
    ended();
}

void StripProvider::ended()
{
    m_running = false;
    m_runningStrip.reset();
    m_isStale.reset();
    readNext();
    emit arrived();
}

void StripProvider::giveUp()
{
    if (m_isStale)
        m_isStale->store(true);
}

void StripProvider::setStopped(bool stopped)
{
    m_stopped = stopped;
    m_settling.stop();
    if (stopped)
        giveUp();
    else
        readNext();
    emit arrived();
}

std::shared_ptr<const MapStrip> StripProvider::strip(const CellSize& cell, std::int64_t band) const
{
    if (!m_current)
        return nullptr;
    const auto found = m_current->strips.find({cell, band});
    return found == m_current->strips.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const MapStrip>> StripProvider::coarser(const CellSize& cell) const
{
    std::vector<std::shared_ptr<const MapStrip>> strips;
    if (!m_current)
        return strips;
    for (const auto& [key, strip] : m_current->strips)
        if (key.first != cell && key.first.rowLevel >= cell.rowLevel && key.first.columnLevel >= cell.columnLevel)
            strips.push_back(strip);
    std::ranges::stable_sort(strips, [](const auto& a, const auto& b) {
        return a->cell.rowLevel + a->cell.columnLevel > b->cell.rowLevel + b->cell.columnLevel;
    });
    return strips;
}

const SampledRows* StripProvider::sample() const
{
    return m_current && m_current->sample ? &*m_current->sample : nullptr;
}

std::int64_t StripProvider::readCount() const
{
    std::int64_t count = 0;
    for (std::int64_t band = m_first; band <= m_last; ++band)
        count += strip(m_cell, band) ? 1 : 0;
    return count;
}

void StripProvider::keep(Known& known, std::shared_ptr<const MapStrip> strip)
{
    known.strips[{strip->cell, strip->band}] = std::move(strip);
    makeRoom();
}

/// Other maps go first, the oldest ones before; then what is neither wanted nor the coarsest of this one.
void StripProvider::makeRoom()
{
    const auto bytesOf = [](const Known& known) {
        std::size_t bytes = known.sample ? known.sample->weights.size() * sizeof(float) : 0;
        for (const auto& [key, strip] : known.strips)
            bytes += strip->byteCount();
        return bytes;
    };
    std::size_t bytes = 0;
    for (const auto& known : m_known)
        bytes += bytesOf(*known);
    while (m_known.size() > 1 && (bytes > kMostBytes || m_known.size() > kMostMaps)) {
        bytes -= bytesOf(*m_known.back());
        m_known.pop_back();
    }
    if (bytes <= kMostBytes || !m_current || m_current->strips.empty())
        return;
    const CellSize coarsest = m_current->strips.rbegin()->first.first;
    std::erase_if(m_current->strips, [&](const auto& item) {
        const auto& [cell, band] = item.first;
        return cell != coarsest && !(cell == m_cell && band >= m_first && band <= m_last);
    });
}

} // namespace heedmap
