#include "widgets/views/answer_view.h"

#include "widgets/context/map_labels.h"

#include <QHeaderView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

constexpr int kProbabilityRole = Qt::UserRole;
constexpr double kWorthListing = 0.0005; // what rounds to 0.000 is no alternative

/// A probability as a thin bar.
class BarDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        bool isNumber = false;
        const double value = index.data(kProbabilityRole).toDouble(&isNumber);
        if (!isNumber || !std::isfinite(value))
            return;
        const QRectF track(option.rect.left() + 4, option.rect.center().y() - 2, option.rect.width() - 8, 5);
        QColor faint = option.palette.color(QPalette::Text);
        faint.setAlphaF(0.12f);
        painter->fillRect(track, faint);
        painter->fillRect(QRectF(track.topLeft(), QSizeF(track.width() * std::clamp(value, 0.0, 1.0), track.height())),
                          option.palette.color(QPalette::Highlight));
    }
};

} // namespace

AnswerView::AnswerView(ViewContext& context, QWidget* parent)
    : View(context, parent), m_headline(new QLabel), m_replay(new QLabel), m_table(new QTreeWidget)
{
    m_headline->setObjectName("headline");
    m_headline->setWordWrap(true);
    m_headline->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_replay->setObjectName("muted");
    m_replay->setWordWrap(true);
    m_table->setColumnCount(3);
    m_table->setHeaderHidden(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setIndentation(14);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setItemDelegateForColumn(2, new BarDelegate(m_table));
    m_table->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_table->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->header()->setStretchLastSection(true);
    m_table->setAccessibleName(tr("Answer with probabilities"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(10, 8, 10, 8);
    layout->setSpacing(4);
    layout->addWidget(m_headline);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_replay);
}

void AnswerView::captureChanged()
{
    m_table->clear();
    m_headline->clear();
    m_replay->clear();
    const auto& capture = selection().capture();
    if (!capture) {
        m_replay->setText(tr("Nothing asked yet."));
        return;
    }
    for (const CaptureOutput& output : capture->manifest().outputs)
        if (output.isText)
            addText(output);
        else
            addScores(output);
    if (capture->manifest().outputs.empty())
        m_replay->setText(tr("This capture holds no output."));
    m_headline->setVisible(!m_headline->text().isEmpty());
    m_table->expandAll();
}

QTreeWidgetItem* AnswerView::addLine(QTreeWidgetItem* parent, const QString& name, double value, const QString& text)
{
    auto* item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(m_table);
    item->setText(0, name);
    item->setText(1, text);
    item->setData(2, kProbabilityRole, value);
    item->setData(2, Qt::AccessibleTextRole, text);
    return item;
}

void AnswerView::addText(const CaptureOutput& output)
{
    const QString text = QString::fromStdString(output.text);
    if (output.rank == 0 && m_headline->text().isEmpty())
        m_headline->setText(text);
    else
        addLine(nullptr, tr("candidate %1: %2").arg(output.rank).arg(text), output.score.value_or(NAN), {});
    for (const GeneratedToken& token : output.tokens) {
        const double probability = std::exp(token.logProbability);
        QTreeWidgetItem* line = addLine(nullptr, QString::fromStdString(token.text).trimmed(), probability,
                                        QString::number(probability, 'f', 3));
        for (const TokenAlternative& alternative : token.alternatives) {
            const double other = std::exp(alternative.logProbability);
            if (alternative.id == token.id || other < kWorthListing)
                continue;
            QTreeWidgetItem* below = addLine(line, QString::fromStdString(alternative.text).trimmed(), other,
                                             QString::number(other, 'f', 3));
            for (int column : {0, 1})
                below->setForeground(column, palette().color(QPalette::Disabled, QPalette::Text));
        }
    }
    if (output.replayMaxLogitDifference)
        m_replay->setText(
            tr("recorded = run: largest logit difference %1").arg(*output.replayMaxLogitDifference, 0, 'g', 2));
}

void AnswerView::addScores(const CaptureOutput& output)
{
    for (const Score& score : output.scores) {
        const bool isProbability = score.unit == "probability";
        const QString text = QString::number(score.value, 'f', 4) + u' ' + QString::fromStdString(score.unit);
        addLine(nullptr, QString::fromStdString(score.name), isProbability ? score.value : NAN, text);
    }
}

} // namespace heedmap
