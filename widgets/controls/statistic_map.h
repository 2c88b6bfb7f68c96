#pragma once

#include "widgets/image/statistic_map_painter.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace heedmap {

/// A number for every head as a coloured cell. Click chooses a head, with Ctrl it joins or leaves the chosen ones,
/// dragging takes a rectangle, arrow keys walk (with Shift they add).
class StatisticMap : public QWidget
{
    Q_OBJECT

public:
    explicit StatisticMap(QWidget* parent = nullptr);

    void setScene(StatisticMapScene scene);
    const StatisticMapScene& scene() const { return m_scene; }
    StatisticMapLayout currentLayout() const;
    QSize sizeHint() const override { return {300, 200}; }
    QSize minimumSizeHint() const override { return {160, 80}; }

signals:
    void chosen(const std::vector<heedmap::SiteHead>& heads); ///< all that are chosen now, in layer order, not empty

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Place
    {
        std::size_t layer = 0;
        std::size_t head = 0;
        bool operator==(const Place&) const = default;
    };
    std::optional<Place> placeAt(QPointF point) const;
    const StatisticMapScene::Cell& cell(const Place& place) const
    {
        return m_scene.layers[place.layer].cells[place.head];
    }
    std::vector<SiteHead> chosenHeads() const;
    void toggle(const Place& place);
    void chooseRectangle(const Place& from, const Place& to);
    Place current() const;
    void step(int layers, int heads, bool add);

    StatisticMapScene m_scene;
    std::optional<Place> m_pressed; ///< where dragging began
    std::optional<Place> m_reached; ///< and how far it has come
    std::optional<Place> m_current; ///< where the keyboard stands
    std::optional<Place> m_pointed;
};

} // namespace heedmap
