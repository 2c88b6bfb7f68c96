#pragma once

#include "widgets/views/view.h"

#include <QLabel>

namespace heedmap {

class TokenHiding;
class TokenStrip;

/// Question and answer as chips. Hover: the token's map. Click: keep it. Bars: who looks at the patch in question, or
/// where among the words the current token looks.
class TokensView : public View
{
    Q_OBJECT

public:
    explicit TokensView(ViewContext& context, QWidget* parent = nullptr);

    TokenStrip& strip() { return *m_strip; }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override; ///< of the bars; without bars, probabilities of generated tokens

protected:
    void captureChanged() override;
    void selectionChanged() override;

private:
    /// What the bars under the chips mean now.
    struct Bars
    {
        std::string axis;
        bool onKeys = false;         ///< weights belong to key positions, otherwise to query positions
        std::vector<float> weights;  ///< one per position of the axis
        std::vector<double> lengths; ///< [0, 1], of the bars
        ValueScale unit;             ///< of the weights
        QString explanation;

        bool saysTheSameAs(const Bars& other) const; ///< under every chip
    };
    Bars currentBars();
    Bars spokenBars() const; ///< of what is pointed at in the speech that became the question
    Bars columnBars(const ShownMap& shown, std::int64_t key);
    Bars rowBars(const ShownMap& shown);
    void showBars(const Bars& bars);
    void markChips(const Bars& bars);
    NumberTable tableOfBars(const ShownMap& shown, const Bars& bars);
    QString hint() const; ///< what to do next while nothing is asked
    /// What the chips were made from.
    struct ChipSource
    {
        std::shared_ptr<const Capture> capture;
        std::string group;
        MapChoice map;
        bool predictingRow = false;
        bool operator==(const ChipSource&) const = default;
    };
    void rebuildChips();
    void showMapName(const ShownMap& shown);

    TokenStrip* m_strip;
    ChipSource m_chipSource;
    std::optional<Bars> m_bars; ///< that the chips have now; none: they are new
    TokenHiding* m_hiding;
    QLabel* m_map;
    QLabel* m_explanation;
};

} // namespace heedmap
