#pragma once

#include "core/analysis/spoken_words.h"
#include "core/capture/attention.h"
#include "widgets/context/sound_windows.h"

#include <QObject>
#include <QString>

#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace heedmap {

/// Which heads say when the tokens of a window were spoken.
struct TimedBy
{
    Alignment alignment;
    TimingRows rows = TimingRows::Predicting; ///< those that are shown as the tokens'
    QString heads;                            ///< for people: "L3 · H0", "6 alignment heads"
    QString names;                            ///< which these are, where `heads` counts them
};

/// When the tokens of a window were spoken.
struct SoundTimes
{
    std::vector<TokenSeconds> tokens; ///< one per CaptureOutput::tokens; empty where nothing says so
    QString heads;                    ///< whose attention was warped
    QString names;                    ///< as TimedBy
    QString reason;                   ///< why there are none
};

/// Rows of one map over a window's sound.
struct HeardRows
{
    std::vector<std::int64_t> rows; ///< queries
    std::int64_t keys = 0;
    std::vector<float> weights; ///< [rows, keys]
};

/// Heads that say when the tokens of a window were spoken: the alignment heads that the model names, where the capture
/// holds them all; else those of a map that shows the window.
TimedBy timedBy(const Capture& capture, const SoundWindow& window, const MapChoice& map);

/// Reads what is dear on workers, one thing of a kind at a time, and keeps what it read last: whoever hears arrived()
/// asks again for what was not there. Lives in the GUI thread.
class SoundReader : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Null: on its way.
    std::shared_ptr<const SoundTimes> times(const std::shared_ptr<const Capture>& capture, const SoundWindow& window,
                                            const TimedBy& by);
    /// Null: on its way, not readable, or more than kMostWeights.
    std::shared_ptr<const HeardRows> rows(const std::shared_ptr<const Capture>& capture, const MapChoice& map,
                                          const std::vector<std::int64_t>& queries, bool withoutSpecial);

    /// Multiplications done at once. Tests set 0 to take the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

    static constexpr std::int64_t kMostWeights = std::int64_t{1} << 21;

signals:
    void arrived();

private:
    struct TimesKey
    {
        std::shared_ptr<const Capture> capture;
        std::string output;
        std::vector<Alignment::Head> heads;
        int medianWidth = 0;
        TimingRows rows = TimingRows::Predicting;
        bool operator==(const TimesKey&) const = default;
    };
    struct RowsKey
    {
        std::shared_ptr<const Capture> capture;
        MapChoice map;
        std::vector<std::int64_t> queries;
        bool withoutSpecial = false;
        bool operator==(const RowsKey&) const = default;
    };
    template <typename Key, typename Value>
    struct Known
    {
        std::size_t most = 1;
        std::deque<std::pair<Key, std::shared_ptr<const Value>>> entries = {}; ///< newest first
        bool isReading = false;
    };

    template <typename Key, typename Value, typename Read>
    std::shared_ptr<const Value> known(Known<Key, Value>& all, const Key& key, double cost, Read read);

    double m_immediateCost = 3e6;
    Known<TimesKey, SoundTimes> m_times{512}; // of every window of hours, for some heads
    Known<RowsKey, HeardRows> m_rows{4};
};

} // namespace heedmap
