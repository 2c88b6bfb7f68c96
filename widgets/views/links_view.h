#pragma once

#include "core/analysis/strongest_links.h"
#include "core/render/value_scale.h"
#include "widgets/image/links_painter.h"
#include "widgets/views/view.h"

#include <QLabel>
#include <QSlider>
#include <QToolButton>

#include <optional>
#include <vector>

namespace heedmap {

class LinksCanvas;

/// The strongest weights of the shown map as curves: what the kept tokens look at, each in its colour, or who looks at
/// one token or patch. How many of how many are drawn, and the mass they hold, is said below.
class LinksView : public View
{
    Q_OBJECT

public:
    enum class Direction
    {
        FromQueries, ///< rows: what a token looks at
        ToKey        ///< a column: who looks at a place
    };

    explicit LinksView(ViewContext& context, QWidget* parent = nullptr);

    LinksCanvas& canvas() { return *m_canvas; }
    QSlider& most() { return *m_most; }
    QSlider& threshold() { return *m_threshold; }
    QToolButton& directionButton(Direction direction)
    {
        return direction == Direction::FromQueries ? *m_fromQueries : *m_toKey;
    }
    QString statement() const { return m_statement->text(); }
    QLabel& statementLabel() { return *m_statement; }
    QString readout() const { return m_readout->text(); }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override; ///< one row for each drawn link

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void pictureChanged() override;

private:
    /// The links of one row or column.
    struct Bundle
    {
        std::int64_t position = 0; ///< the query or key they belong to
        QString name;
        QColor color;
        StrongestLinks found;
        bool isRead = false;        ///< false: being read
        std::int64_t notStored = 0; ///< of a key: queries whose rows the capture does not hold
    };

    bool catchesUp() const override { return true; }
    void rebuild();
    QLayout* buildControls();
    void connectCanvas();
    Direction direction() const;
    double thresholdFactor() const; ///< × uniform; 0: none
    double thresholdProbability(const TokenAxis& keys) const;
    QString thresholdText(const TokenAxis& keys) const;
    std::vector<std::int64_t> queriesInQuestion(const ShownMap& shown) const;
    void readBundles(const ShownMap& shown);
    void readColumnBundle(const ShownMap& shown, std::int64_t key);
    void showLinks(const ShownMap& shown);
    void addCurves(LinksScene& scene, const ValueScale& scale) const;
    QString statementText(const ShownMap& shown) const;
    QString bundleText(const Bundle& bundle) const;
    QString readoutText(const ShownMap& shown, const LinkPlace& place);
    QString hintText(const ShownMap& shown) const;
    void hover(const LinkPlace& place);
    void keep(const LinkPlace& place, bool besideOthers);
    void step(int tokens, int links);
    QSizeF pictureSize(const TokenAxis& axis) const;

    LinksCanvas* m_canvas;
    QToolButton* m_fromQueries;
    QToolButton* m_toKey;
    QSlider* m_most;
    QSlider* m_threshold;
    QLabel* m_mostText;
    QLabel* m_thresholdText;
    QLabel* m_statement;
    QLabel* m_readout;
    std::vector<Bundle> m_bundles;
    std::optional<AxisPosition> m_revealed; ///< the kept token that was scrolled into sight
};

} // namespace heedmap
