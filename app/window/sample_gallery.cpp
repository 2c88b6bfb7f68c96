#include "app/window/sample_gallery.h"

#include "core/base/files.h"
#include "core/media/image.h"
#include "widgets/context/background.h"
#include "widgets/image/picture_image.h"

#include <QPainter>
#include <QStyle>
#include <QStyledItemDelegate>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kColumns = 3;
constexpr int kWrongRole = Qt::UserRole;
constexpr int kSpokenRole = Qt::UserRole + 1;
constexpr QSize kThumbnail(180, 135);

/// A loudspeaker on a dark disc, so that it is seen on every picture.
void drawSpeaker(QPainter& painter, const QRectF& disc)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 170));
    painter.drawEllipse(disc);
    const double unit = disc.width() / 16;
    painter.translate(disc.topLeft()); // the caller restores
    painter.scale(unit, unit);
    painter.setBrush(Qt::white);
    painter.drawPolygon(QPolygonF({{3.5, 6.5}, {5.5, 6.5}, {8.5, 4}, {8.5, 12}, {5.5, 9.5}, {3.5, 9.5}}));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::white, 1.3, Qt::SolidLine, Qt::RoundCap));
    painter.drawArc(QRectF(7.4, 5.4, 5.2, 5.2), -60 * 16, 120 * 16);
}

/// A thumbnail that fills its cell, a red mark in its corner where the model is wrong, a loudspeaker where it is
/// spoken.
class SampleDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        painter->save();
        painter->setRenderHints(QPainter::SmoothPixmapTransform | QPainter::Antialiasing);
        const QRect cell = option.rect.adjusted(2, 2, -3, -3);
        const QImage image = index.data(Qt::DecorationRole).value<QImage>();
        if (image.isNull())
            painter->fillRect(cell, option.palette.color(QPalette::Button));
        else
            painter->drawImage(cell, image);
        if (index.data(kSpokenRole).toBool()) {
            painter->save();
            const QPointF centre(cell.center());
            drawSpeaker(*painter, image.isNull() ? QRectF(centre - QPointF(11, 11), QSizeF(22, 22))
                                                 : QRectF(cell.left() + 2, cell.bottom() - 17, 16, 16));
            painter->restore();
        }
        if (index.data(kWrongRole).toBool()) {
            painter->setPen(QPen(Qt::white, 1));
            painter->setBrush(QColor(0xe0, 0x45, 0x45));
            painter->drawRect(QRectF(cell.right() - 10, cell.top() + 2, 8, 8));
        }
        const bool focused = option.state & QStyle::State_HasFocus;
        if (focused || option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setBrush(Qt::NoBrush);
            painter->setPen(QPen(option.palette.color(QPalette::Highlight), focused ? 2 : 1.2));
            painter->drawRect(QRectF(cell).adjusted(-0.5, -0.5, 0.5, 0.5));
        }
        painter->restore();
    }
};

QString describe(const Sample& sample)
{
    QString text =
        QString::fromStdString(sample.title.empty() ? sample.question : sample.title + "\n" + sample.question);
    if (!sample.recordingPath.empty())
        text += u'\n' + SampleGallery::tr("spoken");
    if (sample.isWrong())
        text += u'\n' + SampleGallery::tr("the model says “%1”; true is “%2”")
                            .arg(QString::fromStdString(sample.modelAnswers), QString::fromStdString(sample.expected));
    return text;
}

} // namespace

SampleGallery::SampleGallery(QWidget* parent) : QListWidget(parent)
{
    setViewMode(QListView::IconMode);
    setMovement(QListView::Static);
    setResizeMode(QListView::Adjust);
    setUniformItemSizes(true);
    setFrameShape(QFrame::NoFrame);
    setSpacing(0);
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new SampleDelegate(this));
    setAccessibleName(tr("Samples"));
    viewport()->setAutoFillBackground(false);
    const auto choose = [this](QListWidgetItem* item) {
        emit sampleChosen(m_samples[static_cast<std::size_t>(row(item))]);
    };
    connect(this, &QListWidget::itemClicked, this, choose);
    connect(this, &QListWidget::itemActivated, this, choose);
}

void SampleGallery::setSamples(const std::vector<Sample>& samples)
{
    clear();
    m_samples = samples;
    for (const Sample& sample : m_samples) {
        auto* item = new QListWidgetItem(this);
        item->setToolTip(describe(sample));
        item->setData(Qt::AccessibleTextRole, describe(sample));
        item->setData(kWrongRole, sample.isWrong());
        item->setData(kSpokenRole, !sample.recordingPath.empty());
        item->setSizeHint(gridSize());
        loadThumbnail(count() - 1);
    }
    updateGeometry();
}

int SampleGallery::wrongCount() const
{
    return static_cast<int>(
        std::count_if(m_samples.begin(), m_samples.end(), [](const Sample& sample) { return sample.isWrong(); }));
}

void SampleGallery::loadThumbnail(int row)
{
    if (m_samples[static_cast<std::size_t>(row)].picturePath.empty())
        return; // its loudspeaker stands for it
    runInBackground(
        this,
        [path = m_samples[static_cast<std::size_t>(row)].picturePath] {
            return decodePicture(readFile(path, kMaxImageBytes), path)
                .scaled(kThumbnail, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        },
        [this, row](const QImage& thumbnail) {
            if (QListWidgetItem* target = item(row))
                target->setData(Qt::DecorationRole, thumbnail);
        },
        [this, row](const Error& error) {
            if (QListWidgetItem* target = item(row)) // a broken sample shows its reason where it is
                target->setToolTip(QString::fromStdString(error.what()));
        });
}

QSize SampleGallery::sizeHint() const
{
    const int rows = std::max(1, (count() + kColumns - 1) / kColumns);
    return QSize(210, std::min(rows, 4) * (gridSize().isValid() ? gridSize().height() : 54) + 2);
}

void SampleGallery::resizeEvent(QResizeEvent* event)
{
    // QListView keeps room for a scroll bar whether it is there or not.
    const int room = contentsRect().width() - style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, this);
    const int width = std::max(40, (room - kColumns) / kColumns);
    const QSize cell(width, width * 3 / 4 + 2);
    if (cell != gridSize()) {
        setGridSize(cell);
        for (int row = 0; row < count(); ++row)
            item(row)->setSizeHint(cell);
        updateGeometry();
    }
    QListWidget::resizeEvent(event);
}

} // namespace heedmap
