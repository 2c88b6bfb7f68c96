#pragma once

#include "core/analysis/spoken_words.h"
#include "core/capture/attention.h"
#include "widgets/context/sound_windows.h"

#include <QObject>
#include <QString>

#include <list>
#include <memory>
#include <optional>
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

/// The alignment heads that the model names; none where the capture does not hold them all.
std::optional<TimedBy> timedByModel(const Capture& capture, const SoundWindow& window);
/// The heads of a map that shows a window.
TimedBy timedByMap(const Capture& capture, const MapChoice& map);

/// Reads what is dear on workers, one thing of a kind at a time, and keeps what it read last: whoever hears arrived()
/// asks again for what was not there. Lives in the GUI thread.
class SoundReader : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// To be read from now on, by so many windows; what was read of another capture is forgotten.
    void setCapture(std::shared_ptr<const Capture> capture, std::size_t windows);

    /// Null: on its way. A capture must be set.
    std::shared_ptr<const SoundTimes> times(const SoundWindow& window, const TimedBy& by);
    /// Null: on its way, not readable, or more than kMostWeights. A capture must be set.
    std::shared_ptr<const HeardRows> rows(const MapChoice& map, const std::vector<std::int64_t>& queries,
                                          bool withoutSpecial);
    /// All rows of a map that the capture holds, as they were recorded: always read on a worker, so that whoever points
    /// at one place after another waits for no file. Null and errors as rows().
    std::shared_ptr<const HeardRows> wholeMap(const MapChoice& map);

    /// Multiplications done at once for things of a kind, together until the event loop goes round. Tests set 0 to take
    /// the other path.
    void setImmediateCost(double cost) { m_immediateCost = cost; }

    static constexpr std::int64_t kMostWeights = std::int64_t{1} << 21;

signals:
    void arrived();

private:
    struct TimesKey
    {
        std::string output;
        std::vector<Alignment::Head> heads;
        int medianWidth = 0;
        TimingRows rows = TimingRows::Predicting;
        bool operator==(const TimesKey&) const = default;
    };
    struct RowsKey
    {
        MapChoice map;
        std::vector<std::int64_t> queries;
        bool withoutSpecial = false;
        bool operator==(const RowsKey&) const = default;
    };
    template <typename Key, typename Value>
    struct Known
    {
        std::size_t most = 1;
        std::list<std::pair<Key, std::shared_ptr<const Value>>> entries = {}; ///< newest first
        bool isReading = false;
        double spent = 0; ///< of what is done at once, since the event loop went round
    };

    template <typename Key, typename Value, typename Read>
    std::shared_ptr<const Value> known(Known<Key, Value>& all, const Key& key, double cost, Read read);

    bool isDoneAtOnce(double& spent, double cost);

    static constexpr std::size_t kLeastTimes = 512; // of the windows for some heads; a rebuild asks for all in sight

    std::shared_ptr<const Capture> m_capture;
    double m_immediateCost = 3e6;
    Known<TimesKey, SoundTimes> m_times{kLeastTimes};
    Known<RowsKey, HeardRows> m_rows{4};
    Known<RowsKey, HeardRows> m_maps{4};
};

} // namespace heedmap
