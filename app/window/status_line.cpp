#include "app/window/status_line.h"

#include "core/capture/without_special.h"
#include "widgets/context/map_labels.h"
#include "widgets/image/picture_image.h"

#include <QLocale>

#include <cmath>

namespace heedmap {

namespace {

QString pixelsText(const TokenAxis& axis, std::int64_t position)
{
    const std::optional<RectF> rect = patchRect(axis, position);
    if (!rect)
        return {};
    const auto first = [](double edge) { return qRound64(std::floor(edge)); };
    const auto last = [](double edge) { return qRound64(std::ceil(edge)) - 1; };
    return StatusLine::tr("pixels x %1–%2, y %3–%4")
        .arg(first(rect->x))
        .arg(last(rect->x + rect->width))
        .arg(first(rect->y))
        .arg(last(rect->y + rect->height));
}

/// What weights, queries and keys are stored in; empty without sites.
QString storedType(const Capture& capture)
{
    if (capture.manifest().sites.empty())
        return {};
    const AttentionSite& site = capture.site(0);
    const DType dtype = capture.tensor(site.storesWeights() ? site.weights : site.queries).dtype;
    return QString::fromUtf8(dtypeName(dtype).data(), static_cast<qsizetype>(dtypeName(dtype).size())).toLower();
}

QString exactnessText(const Capture& capture)
{
    double worst = 0;
    bool recomputed = false;
    for (const AttentionSite& site : capture.manifest().sites) {
        recomputed = recomputed || !site.storesWeights();
        if (site.maxRowError)
            worst = std::max(worst, *site.maxRowError);
    }
    const QString computed = QString::fromStdString(capture.manifest().provenance.computeDType).toLower();
    const QString stored = storedType(capture);
    const QString type =
        stored.isEmpty() || stored == computed ? computed : StatusLine::tr("%1 stored as %2").arg(computed, stored);
    if (worst == 0)
        return recomputed ? StatusLine::tr("%1, rows recomputed").arg(type)
                          : StatusLine::tr("%1, weights as stored").arg(type);
    return StatusLine::tr("%1, rows within %2").arg(type).arg(worst, 0, 'g', 2);
}

} // namespace

StatusLine::StatusLine(ViewContext& context, QWidget* parent)
    : QStatusBar(parent), m_context(context), m_place(new QLabel), m_pixels(new QLabel), m_value(new QLabel),
      m_head(new QLabel), m_capture(new QLabel)
{
    setSizeGripEnabled(false);
    for (QLabel* label : {m_place, m_pixels, m_value, m_head}) {
        label->setContentsMargins(8, 0, 10, 0);
        label->setMinimumWidth(1); // a long text is cut short, and does not widen the window
        addWidget(label);
    }
    m_capture->setObjectName("muted");
    m_capture->setContentsMargins(8, 0, 8, 0);
    m_capture->setMinimumWidth(1);
    addPermanentWidget(m_capture);
    SelectionModel& selection = context.selection();
    connect(&selection, &SelectionModel::captureChanged, this, &StatusLine::refreshCapture);
    for (auto signal : {&SelectionModel::captureChanged, &SelectionModel::hoverChanged})
        connect(&selection, signal, this, &StatusLine::refresh);
    connect(&selection, &SelectionModel::selectionChanged, this, &StatusLine::refresh);
    connect(&context, &ViewContext::optionsChanged, this, &StatusLine::refresh);
    refreshCapture();
}

QString StatusLine::text() const
{
    QStringList parts;
    for (const QLabel* label : {m_place, m_pixels, m_value, m_head, m_capture})
        if (!label->text().isEmpty())
            parts << label->text();
    return parts.join(QStringLiteral(" | "));
}

void StatusLine::refreshCapture()
{
    const auto& capture = m_context.selection().capture();
    if (!capture) {
        m_capture->clear();
        return;
    }
    const QString size = QLocale().formattedDataSize(static_cast<qint64>(capture->byteCount()), 1);
    m_capture->setText(tr("capture %1 · %2").arg(size, exactnessText(*capture)));
    m_capture->setToolTip(QString::fromStdString(capture->path().string()));
}

QString StatusLine::placeText(const ShownMap& shown) const
{
    const Capture& capture = *m_context.selection().capture();
    const std::optional<std::int64_t> key = m_context.selection().shownKey();
    const QString keyText = key ? positionLabel(keyAxisOf(capture, shown.map), *key) : QString();
    if (!shown.query)
        return keyText;
    const QString token =
        queryName(capture, queryAxisOf(capture, shown.map).id, *shown.query, m_context.options().predictingRow).token;
    return key ? tr("%1 → %2").arg(token, keyText) : token;
}

QString StatusLine::valueText(const ShownMap& shown) const
{
    const std::optional<std::int64_t> key = m_context.selection().shownKey();
    if (!key || !shown.query)
        return {};
    const std::vector<float> row = m_context.rows().row(shown.map, *shown.query);
    if (row.empty())
        return {};
    const TokenAxis& keys = keyAxisOf(*m_context.selection().capture(), shown.map);
    const ValueScale unit = m_context.unitFor(keys);
    const QString reason = m_context.reasonForNoMap(row, keys);
    if (!reason.isEmpty())
        return reason;
    ValueScale plain = unit;
    plain.withoutSpecial = false; // said in full below
    const QString text = heedmap::valueText(plain, row[static_cast<std::size_t>(*key)]);
    if (!unit.withoutSpecial)
        return text;
    const double leftOut = OrdinaryKeys(keys).leftOut(m_context.rows().recordedRow(shown.map, *shown.query));
    return tr("%1, %2").arg(text, leftOutText(leftOut));
}

void StatusLine::refresh()
{
    const std::optional<ShownMap> shown = m_context.selection().shown();
    if (!shown) {
        for (QLabel* label : {m_place, m_pixels, m_value, m_head})
            label->clear();
        return;
    }
    const Capture& capture = *m_context.selection().capture();
    const TokenAxis& queries = queryAxisOf(capture, shown->map);
    m_place->setText(placeText(*shown));
    const std::optional<std::int64_t> key = m_context.selection().shownKey();
    QString pixels = key ? pixelsText(keyAxisOf(capture, shown->map), *key) : QString();
    if (pixels.isEmpty() && shown->query)
        pixels = pixelsText(queries, *shown->query);
    m_pixels->setText(pixels);
    m_value->setText(valueText(*shown));
    const QString head = mapLabel(capture, shown->map);
    const QString kind =
        shown->query
            ? rowKindLabel(queryName(capture, queries.id, *shown->query, m_context.options().predictingRow).kind)
            : QString();
    m_head->setText(kind.isEmpty() ? head : tr("%1 · %2").arg(head, kind));
}

} // namespace heedmap
