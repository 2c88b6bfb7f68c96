#pragma once

#include "widgets/context/sound_features.h"
#include "widgets/context/sound_reader.h"
#include "widgets/context/sound_source.h"
#include "widgets/image/sound_scene.h"
#include "widgets/views/view.h"

#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

class Playback;
class RangeControl;
class SoundCanvas;
struct SoundPlace;

/// The recording over time: waveform, log-mel, the shown row as a curve, all heads of the group and the map over all
/// tokens where wanted, and the tokens below with the times at which they were spoken. Hovering a token shows its
/// curve, hovering a moment colours tokens by how much they look at it; a marked span can be listened to.
class SoundView : public View
{
    Q_OBJECT

public:
    explicit SoundView(ViewContext& context, QWidget* parent = nullptr);
    ~SoundView() override;

    SoundCanvas& canvas() { return *m_canvas; }
    RangeControl& range() { return *m_range; }
    SoundReader& reader() { return *m_reader; }
    SoundFeatures& features() { return *m_features; }
    QPushButton& playButton() { return *m_play; }
    QToolButton& headsButton() { return *m_heads; }           ///< all heads of the group, a row each
    QToolButton& mapButton() { return *m_map; }               ///< tokens by time, with the path times come from
    QToolButton& smoothButton() { return *m_smooth; }         ///< the curves' running median
    QString statement() const { return m_statement->text(); } ///< of the marked span, else whose the times are
    QString playText() const { return m_playText->text(); }

    bool isWanted() const override;
    std::optional<Figure> figure() override; ///< what is in sight now
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void speechChanged() override;
    void selectionChanged() override;
    void recordingChanged() override;

private:
    QLayout* buildControls();
    void connectCanvas();
    void connectPlayback();
    void showPlayback();
    void play();

    /// What depends on the capture alone.
    struct Spoken
    {
        std::shared_ptr<const Capture> capture;
        bool predictingRow = true;
        std::vector<SoundWindow> windows;
        std::vector<std::optional<TimedBy>> timedBy; ///< of each window: timedByModel
        std::vector<SoundScene::Token> tokens;
    };
    void readSpoken();
    std::shared_ptr<const Capture> soundCapture() const; ///< null: none with sound
    void chooseSource();
    bool isOfSpeech() const; ///< the capture shown has no sound, but its question was spoken
    std::optional<std::size_t> shownWindow(const ShownMap& shown) const;

    void rebuild();
    SoundScene makeScene();
    void addRecording(SoundScene& scene);
    void addMap(SoundScene& scene);
    void addCurves(SoundScene& scene, const ShownMap& shown);
    bool addComposed(SoundScene& scene);
    void addHeads(SoundScene& scene, const ShownMap& shown);
    void addTokenMap(SoundScene& scene, const ShownMap& shown, const SoundWindow& window);
    void addTimes(SoundScene& scene, const ShownMap& shown);
    void addMoment(SoundScene& scene, const ShownMap& shown);
    void markTokens(SoundScene& scene);
    void showScale();
    void showStatement();
    int medianWidth() const;
    std::vector<float> smoothed(std::vector<float> row) const;
    TimedBy timing(std::size_t window, const ShownMap& shown) const;
    std::optional<TimeSpan> timeOfRow(const SoundWindow& window, std::int64_t row) const;

    void point(const SoundPlace& place);
    void click(const SoundPlace& place, bool besideOthers);
    Hover hoverAt(const SoundPlace& place) const;
    std::optional<AxisPosition> momentAt(double seconds) const;
    void stepToken(int by);
    void stepMoment(int by);
    void stepHead(int by);
    QString tipAt(const SoundPlace& place);
    QStringList tokenTip(std::size_t token);
    QStringList momentTip(const AxisPosition& moment);

    /// A row that is drawn, with whose it is.
    struct Row
    {
        std::int64_t query = 0;
        QString name;
        QColor color;
        std::vector<float> weights; ///< [keys], as recorded or renormalised, never smoothed
    };
    double massWithin(const Row& row, const TimeSpan& span) const;
    QString spanText() const;
    QStringList captionLines() const;

    /// What the token map was coloured from.
    struct MapKey
    {
        std::shared_ptr<const HeardRows> rows;
        ValueScale unit;
        const ColorMap* colors = nullptr;
        std::shared_ptr<const SoundTimes> times;
    };

    std::unique_ptr<SoundSource> m_source;
    SoundReader* m_reader;
    SoundFeatures* m_features;
    SoundCanvas* m_canvas;
    RangeControl* m_range;
    QPushButton* m_play;
    QLabel* m_playText;
    QLabel* m_statement;
    QToolButton* m_heads;
    QToolButton* m_map;
    QToolButton* m_smooth;
    Spoken m_spoken;
    std::vector<Row> m_rows; ///< that are drawn as curves
    ValueScale m_scale;      ///< they are drawn with
    std::optional<SoundPositions> m_positions;
    std::shared_ptr<const SoundTimes> m_times; ///< of the shown window
    std::optional<MapKey> m_mapKey;
    std::shared_ptr<const SoundScene::Map> m_tokenMap;
};

} // namespace heedmap
