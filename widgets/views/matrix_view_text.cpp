// What the matrix says about itself.

#include "widgets/context/map_labels.h"
#include "widgets/controls/color_bar.h"
#include "widgets/views/matrix_view.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace heedmap {

namespace {

QString number(std::int64_t value)
{
    return QLocale::c().toString(static_cast<qlonglong>(value)).replace(u',', QChar(0x202f));
}

QString segmentName(const TokenAxis& axis, const AxisSegment& segment)
{
    switch (segment.kind) {
    case SegmentKind::Special:
        return segment.length == 1 ? QString::fromStdString(axis.label(segment.begin)) : MatrixView::tr("special");
    case SegmentKind::PatchGrid:
        return segment.input.empty() ? MatrixView::tr("patches") : QString::fromStdString(segment.input);
    case SegmentKind::Text:
        return QString::fromStdString(!segment.input.empty()    ? segment.input
                                      : !segment.output.empty() ? segment.output
                                                                : MatrixView::tr("text").toStdString());
    case SegmentKind::Frames:
        return MatrixView::tr("sound");
    case SegmentKind::Table:
        return MatrixView::tr("table");
    case SegmentKind::Latent:
        return MatrixView::tr("latents");
    case SegmentKind::Unknown:
        break;
    }
    return MatrixView::tr("other");
}

/// Short enough for an axis.
QString shortLabel(const TokenAxis& axis, std::int64_t position)
{
    if (const auto place = patchRowColumn(axis, position))
        return QStringLiteral("r%1 c%2").arg(place->first).arg(place->second);
    return QString::fromStdString(axis.label(position)).trimmed();
}

} // namespace

MatrixSide MatrixView::sideOf(const TokenAxis& axis, bool asQueries) const
{
    MatrixSide side;
    side.count = axis.length;
    const std::shared_ptr<const Capture> owner = selection().capture();
    const bool predicting = context().options().predictingRow;
    side.label = [owner, &axis, asQueries, predicting](std::int64_t position) {
        if (!asQueries || hasPatches(axis))
            return shortLabel(axis, position);
        QString token = queryName(*owner, axis.id, position, predicting).token;
        return token.remove(QChar(0x201c)).remove(QChar(0x201d)); // what stands on an axis needs no quotation marks
    };
    for (const AxisSegment& segment : axis.segments)
        side.segments.push_back({double(segment.begin), double(segment.end()), segmentName(axis, segment)});
    return side;
}

QString MatrixView::readoutText(std::int64_t query, std::int64_t key)
{
    const TokenAxis& keys = keyAxisOf(capture(), m_map->map);
    const QString token =
        queryName(capture(), queryAxisOf(capture(), m_map->map).id, query, context().options().predictingRow).token;
    const QString place = tr("%1 → %2").arg(token, positionLabel(keys, key));
    const std::vector<float> row = context().rows().row(m_map->map, query);
    if (!queryAxisOf(capture(), m_map->map).storedQueries.contains(query))
        return tr("%1: this row is not stored in this capture").arg(place);
    if (row.empty())
        return place;
    const auto weight = static_cast<double>(row[static_cast<std::size_t>(key)]);
    m_colorBar->setPointer(weight);
    return tr("%1: %2").arg(place, valueText(m_look.scale, weight));
}

QString MatrixView::cellText() const
{
    if (m_cell.isExact())
        return tr("every cell is one weight");
    return (m_look.pooling == Pooling::Largest ? tr("a cell: the largest of %1 × %2 weights")
                                               : tr("a cell: the mean of %1 × %2 weights"))
        .arg(number(m_cell.queries()), number(m_cell.keys()));
}

QString MatrixView::limitsStatement() const
{
    const LimitsSource source = context().limitsSource() == LimitsSource::ByHand ? LimitsSource::ByHand
                                : m_shared                                       ? LimitsSource::AllHeads
                                                                                 : LimitsSource::ThisMap;
    const SampledRows* sample = m_strips.sample();
    if (!sample)
        return tr("limits are being read …");
    QString text = limitsText(m_look.scale, source);
    const auto rowsText = [](std::int64_t read, std::int64_t all) {
        return tr(", from %1 rows of %2").arg(number(read), number(all));
    };
    const std::int64_t queries = queryAxisOf(capture(), m_map->map).length;
    const std::int64_t stored = queryAxisOf(capture(), m_map->map).storedQueries.count(queries);
    if (stored < queries)
        text += tr(", %1 of %2 rows are stored").arg(number(stored), number(queries));
    if (source == LimitsSource::ThisMap && std::ssize(sample->queries) < stored)
        text += rowsText(std::ssize(sample->queries), stored);
    if (m_shared && m_shared->isSampled())
        text += rowsText(m_shared->queriesRead, m_shared->queries);
    if (source == LimitsSource::ThisMap && context().options().limits == LimitsMode::Shared)
        text += tr("; ") + missingLimitsText();
    return text;
}

/// Why limits are not those of all heads although they are shared.
QString MatrixView::missingLimitsText() const
{
    if (!m_groupWeights.failure().isEmpty())
        return tr("those of all heads cannot be read: %1").arg(m_groupWeights.failure());
    if (m_groupWeights.isStopped())
        return tr("those of all heads were not read");
    const std::optional<GroupChoice> group = groupChoice(capture(), m_map->group);
    return tr("those of all heads are being read: %1 of %2 layers")
        .arg(number(static_cast<std::int64_t>(m_groupWeights.sitesRead())),
             number(group ? std::ssize(group->sites) : 0));
}

QString MatrixView::progressText() const
{
    if (!m_failure.isEmpty())
        return m_failure;
    if (m_strips.readCount() == m_strips.wantedCount() && !m_strips.isReading())
        return m_groupWeights.isStopped() ? tr("stopped: limits of all heads") : tr("reading: limits of all heads");
    return (m_strips.isStopped() ? tr("stopped: %1 of %2 parts read") : tr("reading: %1 of %2 parts"))
        .arg(m_strips.readCount())
        .arg(m_strips.wantedCount());
}

void MatrixView::showStatement()
{
    const QString text = statementText();
    m_statement->setText(text);
    m_statement->setToolTip(text); // where there is no room for all of it
}

QString MatrixView::statementText() const
{
    const QRectF window = m_plot->window();
    const auto range = [](double from, double to, std::int64_t count) {
        const auto first = static_cast<std::int64_t>(std::floor(from + 1e-9));
        const auto last = std::min(count, static_cast<std::int64_t>(std::ceil(to - 1e-9))) - 1;
        return first == 0 && last == count - 1 ? tr("all %1").arg(number(count))
                                               : tr("%1–%2 of %3").arg(number(first), number(last), number(count));
    };
    const std::int64_t queries = queryAxisOf(capture(), m_map->map).length;
    const std::int64_t keys = keyAxisOf(capture(), m_map->map).length;
    return tr("queries %1, keys %2\n%3\n%4")
        .arg(range(window.top(), window.bottom(), queries), range(window.left(), window.right(), keys), cellText(),
             limitsStatement());
}

} // namespace heedmap
