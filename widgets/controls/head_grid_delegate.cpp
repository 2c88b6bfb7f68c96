#include "widgets/controls/head_grid_delegate.h"

#include "widgets/controls/head_grid_model.h"

#include <QGuiApplication>
#include <QPainter>

namespace heedmap {

namespace {

constexpr double kPendingOpacity = 0.35;
constexpr int kMargin = 2;

QFont captionFont(QFont font)
{
    if (font.pixelSize() > 0)
        font.setPixelSize(std::max(8, font.pixelSize() * 5 / 6));
    else
        font.setPointSizeF(font.pointSizeF() * 5 / 6);
    return font;
}

void paintCaption(QPainter& painter, const QRect& place, const QStyleOptionViewItem& option, const QModelIndex& index)
{
    const QFont small = captionFont(option.font);
    const QFontMetrics metrics(small);
    const QPalette palette = QGuiApplication::palette(); // a style sheet clears the view's own
    const QString value = index.data(HeadGridModel::ValueRole).toString();
    painter.setFont(small);
    painter.setPen(palette.color(option.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
    const int nameWidth = place.width() - metrics.horizontalAdvance(value) - 4;
    painter.drawText(
        place, Qt::AlignLeft | Qt::AlignVCenter,
        metrics.elidedText(index.data(HeadGridModel::NameRole).toString(), Qt::ElideRight, std::max(0, nameWidth)));
    painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, value);
}

void paintFrame(QPainter& painter, const QStyleOptionViewItem& option)
{
    const bool isCurrent = option.state & QStyle::State_HasFocus;
    if (!(option.state & QStyle::State_Selected) && !isCurrent)
        return;
    const QColor color = QGuiApplication::palette().color(QPalette::Highlight);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(color, 2, option.state & QStyle::State_Selected ? Qt::SolidLine : Qt::DotLine));
    painter.drawRect(option.rect.adjusted(1, 1, -1, -1));
}

} // namespace

QSize HeadGridDelegate::pictureSize(QSize cell)
{
    return cell - QSize(2 * kMargin, 2 * kMargin);
}

int HeadGridDelegate::captionHeight(const QFont& font)
{
    return QFontMetrics(captionFont(font)).height() + kMargin;
}

int HeadGridDelegate::captionWidth(const QFont& font)
{
    return QFontMetrics(captionFont(font)).horizontalAdvance(QStringLiteral("L00·H00  0.000")) + 4 * kMargin;
}

void HeadGridDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (!(index.flags() & Qt::ItemIsEnabled))
        return;
    QRect cell = option.rect.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    const QImage image = index.data(Qt::DecorationRole).value<QImage>();
    painter->save();
    painter->setRenderHint(QPainter::SmoothPixmapTransform, false);
    if (!index.data(HeadGridModel::NameRole).toString().isEmpty()) {
        const int height = captionHeight(option.font);
        paintCaption(*painter, {cell.left() + 1, cell.bottom() + 1 - height, cell.width() - 2, height}, option, index);
        cell.setBottom(cell.bottom() - height);
    }
    if (index.data(HeadGridModel::DimmedRole).toBool())
        painter->setOpacity(kPendingOpacity);
    if (image.isNull())
        painter->fillRect(cell,
                          QGuiApplication::palette().color(QPalette::Button)); // a style sheet clears the view's own
    else
        painter->drawImage(cell, image);
    painter->setOpacity(1);
    paintFrame(*painter, option);
    painter->restore();
}

} // namespace heedmap
