#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QWidget>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

class QCustomPlot;

namespace heedmap {

/// A run of positions with a name.
struct MatrixSegment
{
    double begin = 0;
    double end = 0;
    QString name;
};

/// One side of a matrix.
struct MatrixSide
{
    std::int64_t count = 0;
    std::function<QString(std::int64_t)> label; ///< of a position
    std::vector<MatrixSegment> segments;        ///< lines between them, and their names where there are several
};

/// A picture of a part of the matrix; `area` in positions: x keys, y queries. Transparent pixels are no numbers.
struct MatrixTile
{
    QRectF area;
    QImage image;
};

/// Sums along one side, as bars beside the matrix.
struct MatrixMargin
{
    double begin = 0;           ///< position where the first bar begins
    double step = 1;            ///< positions a bar stands for
    std::vector<double> values; ///< NaN: not known yet
    double highest = 1;         ///< value of a full bar
    QString title;
};

/// What lies over the matrix.
struct MatrixMarks
{
    std::optional<std::int64_t> row; ///< crosshair
    std::optional<std::int64_t> column;
    std::vector<std::pair<std::int64_t, QColor>> keptRows;
    std::optional<std::int64_t> keptColumn;
    QColor keptColor;
    bool operator==(const MatrixMarks&) const = default;
};

/// A matrix to be zoomed and moved: queries down, keys across. Knows nothing of where its pictures come from: it says
/// which window it shows, and is given tiles. The wheel zooms (with Ctrl keys alone, with Shift queries alone),
/// dragging moves, dragging with Shift zooms into a box, a click keeps a cell. One tab stop: arrow
/// keys move the crosshair, Return keeps, + and − zoom, 0 shows everything.
class MatrixPlot : public QWidget
{
    Q_OBJECT

public:
    explicit MatrixPlot(QWidget* parent = nullptr);
    ~MatrixPlot() override;

    /// Shows everything when the counts change.
    void setSides(const MatrixSide& rows, const MatrixSide& columns);
    /// Later ones lie over earlier ones. Elsewhere is said to be unread.
    void setTiles(std::vector<MatrixTile> tiles);
    void setMargins(const MatrixMargin& columns, const MatrixMargin& rows);
    void setMarks(const MatrixMarks& marks);

    QRectF window() const; ///< positions in sight: x keys, y queries
    void setWindow(const QRectF& window);
    bool isWhole() const;
    void showAll();
    /// Below 1: closer. `fixed`: the position that stays where it is.
    void zoom(double rowFactor, double columnFactor, QPointF fixed);
    QSizeF pixelsOfWindow() const;                                ///< device pixels of the area the matrix is drawn in
    QPointF pixelOf(std::int64_t row, std::int64_t column) const; ///< a cell's middle, in pixels of surface()
    QWidget* surface() const;                                     ///< what gets the mouse

    QSize minimumSizeHint() const override { return QSize(120, 60); }
    QSize sizeHint() const override { return QSize(420, 220); }

signals:
    void windowChanged(); ///< or its pixels: other tiles may be needed
    void hovered(std::int64_t row, std::int64_t column);
    void left();
    void clicked(std::int64_t row, std::int64_t column, bool besideOthers);
    void stepped(int rows, int columns);
    void activated(bool besideOthers);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Parts; ///< QCustomPlot's own things
    struct Drag
    {
        QPointF pressed;
        QRectF window;
        bool box = false;
        bool moved = false;
    };

    void build();
    void applyPalette();
    void arrangeSides();
    void replotAll();
    void wheel(QWheelEvent& event);
    void press(QMouseEvent& event);
    void move(QMouseEvent& event);
    void release(QMouseEvent& event);
    QPointF positionAt(QPointF pixel) const;
    bool isOnMatrix(QPointF pixel) const;
    std::optional<std::pair<std::int64_t, std::int64_t>> cellAt(QPointF pixel) const;

    QCustomPlot* m_plot;
    std::unique_ptr<Parts> m_parts;
    MatrixSide m_rows;
    MatrixSide m_columns;
    std::optional<Drag> m_drag;
    bool m_isOver = false;
};

} // namespace heedmap
