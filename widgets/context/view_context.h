#pragma once

#include "core/render/color_map.h"
#include "core/render/value_scale.h"
#include "widgets/context/chain_model.h"
#include "widgets/context/playback.h"
#include "widgets/context/row_provider.h"
#include "widgets/context/selection_model.h"
#include "widgets/context/statistics_model.h"
#include "widgets/context/what_if_model.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace heedmap {

enum class LimitsMode
{
    Shared, ///< over all heads of the group for the current token
    PerMap
};

/// Whose weights the limits of a scale were taken from.
enum class LimitsSource
{
    AllHeads,
    ThisMap,
    ByHand
};

/// How maps are drawn; not part of the document.
struct DisplayOptions
{
    QString colorMap = "viridis";
    bool timesUniform = true;
    ValueCurve curve = ValueCurve::Logarithmic;
    LimitsMode limits = LimitsMode::Shared;
    LimitsRule limitsRule = LimitsRule::Automatic; ///< of limits nobody set by hand: Automatic or Extremes
    bool withoutSpecial = false;                   ///< rows are renormalised over the keys that are no special tokens
    double opacity = 0.8;                          ///< of the strongest value
    bool interpolated = false;
    bool predictingRow =
        true; ///< generated tokens show the row that predicted them, otherwise the row they were input of
    bool operator==(const DisplayOptions&) const = default;
};

/// What a view is given: the selection, the display options and the reader of rows. Lives in the GUI thread.
class ViewContext : public QObject
{
    Q_OBJECT

public:
    explicit ViewContext(QObject* parent = nullptr);

    SelectionModel& selection() { return m_selection; }
    const SelectionModel& selection() const { return m_selection; }
    RowProvider& rows() { return m_rows; }
    StatisticsModel& statistics() { return m_statistics; }
    WhatIfModel& whatIf() { return m_whatIf; }
    ChainModel& chain() { return m_chain; } ///< of a spoken question with the shown capture
    /// What makes the recording heard; null where nothing can. Views look at it when they are made.
    Playback* playback() const { return m_playback; }
    /// Not owned; must outlive the views, or be gone with this context.
    void setPlayback(Playback* playback) { m_playback = playback; }
    const DisplayOptions& options() const { return m_options; }
    /// When `predictingRow` changes, kept generated tokens stay kept, by their other row.
    void setOptions(const DisplayOptions& options);

    const ColorMap& colorMap() const;
    /// Unit, curve and rule as chosen, limits set by hand where there are any, otherwise limits without meaning.
    ValueScale unitFor(const TokenAxis& keys) const;
    /// The scale of a row of the shown map: limits set by hand, else shared limits where all heads are known, else the
    /// row's own. An empty row gives the unit alone. Worked out once for the same weights.
    ValueScale scaleFor(std::span<const float> row, const TokenAxis& keys);
    /// The scale that the heads of these rows share; all there are yet, where some are still being read.
    ValueScale scaleOfHeads(const std::shared_ptr<const GroupRows>& group, const TokenAxis& keys);
    /// scaleFor a whole map [queries, keys] of the shown group, without regard to other heads.
    ValueScale scaleForWholeMap(std::span<const float> weights, const TokenAxis& keys);
    LimitsSource limitsSource();
    /// Whether scaleFor takes its limits from all heads.
    bool hasSharedLimits() { return limitsSource() == LimitsSource::AllHeads; }

    /// Limits set by hand, in the displayed unit. They hold for all maps of the shown group in the unit and curve they
    /// were set in, with the tokens they were set with (special or without), until they are released; elsewhere they
    /// mean nothing. Not remembered between starts. `low` < `high`.
    void setLimits(double low, double high);
    /// Lets go of the limits set by hand that apply now.
    void releaseLimits();
    /// Why a renormalised row shows nothing, as a sentence; empty where it does.
    QString reasonForNoMap(std::span<const float> row, const TokenAxis& keys) const;
    /// Patch colours of a kept or hovered place; the same in light and dark.
    static QColor markColor();

signals:
    void optionsChanged();

private:
    SelectionModel m_selection;
    RowProvider m_rows;
    StatisticsModel m_statistics;
    WhatIfModel m_whatIf;
    ChainModel m_chain;
    QPointer<Playback> m_playback;
    DisplayOptions m_options;

    struct LimitsByHand
    {
        std::string group;
        bool timesUniform = true;
        ValueCurve curve = ValueCurve::Logarithmic;
        bool withoutSpecial = false;
        double low = 0;
        double high = 1;

        bool appliesAs(const LimitsByHand& other) const
        {
            return group == other.group && timesUniform == other.timesUniform && curve == other.curve &&
                   withoutSpecial == other.withoutSpecial;
        }
    };
    /// What a scale was worked out from: the weights of a group, or of one row or map.
    struct FittedScale
    {
        std::shared_ptr<const Capture> capture;
        std::shared_ptr<const GroupRows> group;
        std::vector<float> weights;
        ValueScale unit;
        ValueScale scale;
    };
    LimitsByHand limitsHere() const; ///< what limits set now would apply to
    const LimitsByHand* limitsByHand() const;
    template <typename Sample>
    ValueScale fitted(const ValueScale& unit, std::shared_ptr<const GroupRows> group, std::span<const float> weights,
                      Sample sampleOfThem);

    std::vector<LimitsByHand> m_limitsByHand;
    std::deque<FittedScale> m_scales; ///< newest first
};

} // namespace heedmap
