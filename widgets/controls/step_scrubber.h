#pragma once

#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

namespace heedmap {

/// One generated token.
struct ScrubberStep
{
    QString text;
    double probability = 0;
    bool operator==(const ScrubberStep&) const = default;
};

/// Generated tokens as a row of steps with their probabilities as columns. Drag, wheel, Left, Right, Home and End go
/// from step to step; the current one stays in the middle of a row too long to be seen whole.
class StepScrubber : public QWidget
{
    Q_OBJECT

public:
    explicit StepScrubber(QWidget* parent = nullptr);

    void setSteps(std::vector<ScrubberStep> steps);
    const std::vector<ScrubberStep>& steps() const { return m_steps; }
    /// Silent; beyond the ends: the nearest step. `looked`: its row is the one that is shown.
    void setCurrent(std::size_t step, bool looked);
    std::size_t current() const { return m_current; } ///< 0 without steps
    /// Where a step is drawn, in widget coordinates; may lie outside the widget.
    QRect stepRect(std::size_t step) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

signals:
    void previewed(std::size_t step); ///< passed while dragging
    void previewEnded();              ///< a drag ended, by release or otherwise; before chosen()
    void chosen(std::size_t step);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    std::optional<std::size_t> stepAt(int x) const; ///< the nearest step
    void arrange();
    void centreCurrent();
    void scrollTo(int offset);
    void dragTo(int x);
    void choose(std::ptrdiff_t step);
    void describe();
    void paintStep(QPainter& painter, std::size_t step) const;
    void paintScrollMark(QPainter& painter) const;

    std::vector<ScrubberStep> m_steps;
    std::vector<int> m_begins; ///< left edge of every step, then the whole width
    std::size_t m_current = 0;
    bool m_looked = false;
    bool m_dragging = false;
    int m_offset = 0; ///< scrolled this far to the right
    int m_wheel = 0;  ///< eighths of a degree not yet spent on a step
};

} // namespace heedmap
