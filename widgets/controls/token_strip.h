#pragma once

#include "widgets/controls/token_chip.h"

#include <QScrollArea>

#include <functional>
#include <optional>
#include <vector>

namespace heedmap {

/// Tokens as one reading line of chips, wrapped, scrolling beyond three lines. One tab stop; arrow keys walk, Return or
/// Space keeps, as in any list; with Shift beside those kept already.
class TokenStrip : public QScrollArea
{
    Q_OBJECT

public:
    explicit TokenStrip(QWidget* parent = nullptr);

    /// Rebuilds the chips when they differ from those shown.
    void setChips(const std::vector<ChipSpec>& specs);
    const std::vector<TokenChip*>& chips() const { return m_chips; }
    /// Kept tokens in the order they were kept, and the one under the pointer. Kept alone, a token has the colour of
    /// marks; beside others, its own (tokenColorIndices).
    void markQueries(const std::vector<AxisPosition>& kept, const std::optional<AxisPosition>& previewed);

signals:
    void queryPreviewed(const heedmap::AxisPosition& query);
    void previewEnded();
    void queryClicked(const heedmap::AxisPosition& query, bool besideOthers);

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void addChip(const ChipSpec& spec);
    void arrange();
    void moveFocus(int step);
    void makeTabStop(TokenChip* chip);

    QWidget* m_content;
    std::vector<TokenChip*> m_chips;
};

} // namespace heedmap
