#pragma once

#include "widgets/plot/matrix_plot.h"

#include <qcustomplot.h>

namespace heedmap {

/// Labels of positions at the middle of their cells: as many as have room, every one when zoomed in.
class PositionTicker : public QCPAxisTicker
{
public:
    PositionTicker(const QCPAxis& axis, const MatrixSide& side) : m_axis(axis), m_side(side) {}
    double mostWidth = 80; ///< pixels; longer labels are shortened

    void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision, QVector<double>& ticks,
                  QVector<double>* subTicks, QVector<QString>* labels) override;

private:
    double roomNeeded(std::int64_t first, std::int64_t last, std::int64_t step) const;

    const QCPAxis& m_axis;
    const MatrixSide& m_side;
};

/// Names of segments at the middle of what is seen of them.
class SegmentTicker : public QCPAxisTicker
{
public:
    SegmentTicker(const QCPAxis& axis, const MatrixSide& side) : m_axis(axis), m_side(side) {}
    void generate(const QCPRange& range, const QLocale& locale, QChar format, int precision, QVector<double>& ticks,
                  QVector<double>* subTicks, QVector<QString>* labels) override;

private:
    const QCPAxis& m_axis;
    const MatrixSide& m_side;
};

/// Tiles and the lines between segments.
class TileLayer : public QCPLayerable
{
public:
    TileLayer(QCPAxisRect& area, const MatrixSide& rows, const MatrixSide& columns);
    std::vector<MatrixTile> tiles;
    QColor unread;
    QColor ink;

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;
    QRect clipRect() const override { return m_area.rect().adjusted(-1, -1, 1, 1); }

private:
    void drawLines(QCPPainter& painter) const;

    QCPAxisRect& m_area;
    const MatrixSide& m_rows;
    const MatrixSide& m_columns;
};

/// Crosshair, kept rows and column, and the box that is being drawn: above the tiles, repainted alone.
class MarkLayer : public QCPLayerable
{
public:
    MarkLayer(QCPAxisRect& area, const QString& layer) : QCPLayerable(area.parentPlot(), layer), m_area(area) {}
    MatrixMarks marks;
    QRectF box; ///< pixels
    QColor ink;

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(false); }
    void draw(QCPPainter* painter) override;
    QRect clipRect() const override { return m_area.rect().adjusted(-5, -5, 5, 5); }

private:
    QCPAxisRect& m_area;
};

/// Bars of a margin along the horizontal or the vertical axis of its area.
class MarginLayer : public QCPLayerable
{
public:
    MarginLayer(QCPAxisRect& area, Qt::Orientation along)
        : QCPLayerable(area.parentPlot()), m_area(area), m_along(along)
    {}
    MatrixMargin margin;
    QColor bars;
    QColor ink;

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(false); }
    void draw(QCPPainter* painter) override;
    QRect clipRect() const override { return m_area.outerRect(); }

private:
    QCPAxisRect& m_area;
    Qt::Orientation m_along;
};

} // namespace heedmap
