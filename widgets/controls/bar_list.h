#pragma once

#include "widgets/image/named_bars.h"

#include <QScrollArea>

#include <optional>

namespace heedmap {

/// Bars one below the other, as many as there are; more than fit are scrolled. Says which one the pointer or the arrow
/// keys are on.
class BarList : public QScrollArea
{
    Q_OBJECT

public:
    explicit BarList(QWidget* parent = nullptr);

    void setBars(std::vector<NamedBar> bars);
    const std::vector<NamedBar>& bars() const { return m_bars; }
    /// The outlined position, scrolled into sight when it is another.
    void setMark(std::optional<std::size_t> position);
    double lineHeight() const;

signals:
    void hovered(qint64 position); ///< -1: none
    void clicked(qint64 position);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override; ///< Up, Down, Home, End; Return and Space click

private:
    std::optional<std::size_t> markedLine() const;
    void goToLine(std::size_t line);
    void paintContent();
    qint64 positionAt(double y) const;

    QWidget* m_content;
    std::vector<NamedBar> m_bars;
    std::optional<std::size_t> m_mark;
};

} // namespace heedmap
