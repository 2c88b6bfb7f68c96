#pragma once

#include "widgets/context/mode_provider.h"

#include <QWidget>

namespace heedmap {

/// The singular values of a map as bars. A click or the left and right arrow keys choose a mode, or the subspace it
/// belongs to.
class SpectrumPlot : public QWidget
{
    Q_OBJECT

public:
    explicit SpectrumPlot(QWidget* parent = nullptr);

    /// Null: nothing to show.
    void setModes(std::shared_ptr<const ModesResult> result, std::size_t chosen);
    QSize sizeHint() const override { return QSize(130, 120); }
    /// The middle of a mode's bar, at its foot.
    QPointF barPlace(std::int64_t mode) const;

signals:
    void chosen(std::size_t subspace);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    const SvdModes* modes() const;
    QRectF plotArea() const;
    QString textOfMode(std::int64_t mode) const;

    std::shared_ptr<const ModesResult> m_result;
    std::size_t m_chosen = 0;
};

} // namespace heedmap
