#pragma once

#include "widgets/controls/chip_painter.h"
#include "widgets/controls/token_chips.h"

#include <QAbstractButton>

#include <optional>

namespace heedmap {

/// One token as a button: hover or keyboard focus previews it, a click keeps it, with Ctrl or Shift beside those kept
/// already. The bar under its text says how much
/// it takes part in what is asked.
class TokenChip : public QAbstractButton
{
    Q_OBJECT

public:
    TokenChip(ChipSpec spec, QWidget* parent);

    const ChipSpec& spec() const { return m_spec; }
    /// `color`: of its frame while it is kept.
    void setKept(bool kept, const QColor& color = {});
    void setPreviewed(bool previewed);
    bool isKept() const { return m_kept; }
    bool isPreviewed() const { return m_previewed; }
    QColor color() const { return m_color; }
    ChipLook look() const;
    /// `length` in [0, 1]; `value` says the weight behind it in the tool tip. Absent: no bar.
    void setBar(std::optional<double> length, const QString& value);
    std::optional<double> bar() const { return m_bar; }

    /// The token is hidden from the model.
    void setStruckOut(bool struckOut);
    bool isStruckOut() const { return m_struckOut; }

    QSize sizeHint() const override;

signals:
    void previewed(bool on);
    void keepAsked(bool besideOthers); ///< by mouse or keyboard

protected:
    bool event(QEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    ChipSpec m_spec;
    bool m_kept = false;
    QColor m_color;
    bool m_previewed = false;
    bool m_struckOut = false;
    bool m_besideOthers = false; ///< the event that may become a click has Ctrl or Shift
    std::optional<double> m_bar;
    QString m_value; ///< what the bar says, in words
};

} // namespace heedmap
