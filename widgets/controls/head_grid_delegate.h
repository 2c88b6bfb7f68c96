#pragma once

#include <QFont>
#include <QSize>
#include <QStyledItemDelegate>

namespace heedmap {

/// Paints a cell of a HeadGridModel: the picture fills it, with name and value under it where the heads are ranked.
/// Selected cells have a frame, the one the keyboard stands on a dotted one, pictures of another token are dimmed when
/// those of this one take long.
class HeadGridDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    /// Of the picture in a cell of this size (without the line under it).
    static QSize pictureSize(QSize cell);
    /// Of the line under a ranked head's picture, in pixels.
    static int captionHeight(const QFont& font);
    /// Cells at least this wide show name and value in full.
    static int captionWidth(const QFont& font);
};

} // namespace heedmap
