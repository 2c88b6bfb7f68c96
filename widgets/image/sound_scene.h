#pragma once

#include "core/capture/map_choice.h"
#include "core/render/color_map.h"
#include "core/render/value_scale.h"
#include "widgets/context/sound_features.h"
#include "widgets/context/sound_windows.h"

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>
#include <QStringList>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

struct FigureStyle;

/// Colours over the positions of an axis of sound: rows × positions, as places on a colour map.
struct SoundHeat
{
    std::size_t rows = 0;
    std::vector<float> places; ///< [rows, positions], 0 to 1; NaN: nothing
    const ColorMap* colors = nullptr;
};

/// All that is drawn over the time of a recording. Plain data, cheap to copy.
struct SoundScene
{
    TimeSpan whole;              ///< what can be looked at: what was heard, silence appended included
    double recordingEnd = 0;     ///< behind it nothing was recorded
    bool isBelowPicture = false; ///< little room: the lanes that say how a spoken question became its words
    std::shared_ptr<const Recording> recording;
    std::shared_ptr<const SoundEnvelope> envelope;
    std::shared_ptr<const SoundMel> mel;
    QString noWaveform; ///< why there is none
    QString noMel;

    struct Window
    {
        TimeSpan heard;
        bool isShown = false; ///< with its words; several are where a chain goes through them
    };
    std::vector<Window> windows;
    SoundPositions positions; ///< of the shown map; none where it has no side of sound

    struct Curve
    {
        QString name;
        QColor color;
        std::vector<float> heights; ///< one per position, 0 to 1 as on the colour bar; NaN: nothing
        std::optional<SoundPositions> positions = std::nullopt; ///< absent: those of the scene
    };
    std::vector<Curve> curves;
    std::vector<ValueScale::Tick> heightTicks;
    QString attentionNote; ///< beside the curves, or why there are none

    struct Heads
    {
        std::vector<SiteHead> heads;
        QStringList names;
        SoundHeat heat;
        std::vector<bool> isShown;
    };
    std::shared_ptr<const Heads> heads; ///< null: not shown
    struct Map
    {
        std::vector<std::size_t> tokens; ///< index among SoundScene::tokens of each row
        QStringList names;
        SoundHeat heat;
        std::vector<std::optional<TimeSpan>> path; ///< when each row's token was spoken
    };
    std::shared_ptr<const Map> map; ///< null: not shown

    struct Token
    {
        QString text;
        SoundTokenKind kind = SoundTokenKind::Word;
        std::size_t window = 0;
        bool isOfShownWindow = true;
        std::optional<TimeSpan> time;
        std::optional<AxisPosition> query; ///< the row that is shown for it
        std::optional<std::size_t> generated;
        QColor fill;  ///< by how much it looks at the moment asked about; invalid: none
        QColor frame; ///< of a kept or hovered one; invalid: none
    };
    std::vector<Token> tokens;
    struct HeldLabel
    {
        std::size_t token = 0; ///< index among `tokens`
        QRectF place;          ///< as layoutSoundTokens found it before
    };
    std::optional<HeldLabel> heldLabel; ///< stays where it is: the pointer rests on it
    QString timesNote;                  ///< whose attention the times are of, or why there are none
    std::optional<TimeSpan> moment;     ///< the position asked about
    std::optional<TimeSpan> chosen;     ///< a span somebody marked
    std::optional<double> cursor;       ///< what is heard now
};

/// Colours of the window's theme, or of paper.
struct SoundInk
{
    QColor ink;
    QColor fainter;
    QColor ground; ///< of lanes
    QColor accent;
    QColor mark;

    static SoundInk fromPalette(const QPalette& palette);
    static SoundInk fromStyle(const FigureStyle& style);
};

} // namespace heedmap
