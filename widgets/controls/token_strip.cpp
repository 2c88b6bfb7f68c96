#include "widgets/controls/token_strip.h"

#include "widgets/context/view_context.h"
#include "widgets/image/kept_rows.h"

#include <QKeyEvent>
#include <QScrollBar>

#include <algorithm>

namespace heedmap {

namespace {

constexpr int kGap = 4;
constexpr int kMostLines = 3;

/// Of kept tokens, by their order.
std::vector<QColor> colorsOf(const std::vector<AxisPosition>& kept)
{
    if (kept.size() < 2)
        return {ViewContext::markColor()};
    std::vector<std::int64_t> positions;
    for (const AxisPosition& place : kept)
        positions.push_back(place.position);
    std::vector<QColor> colors;
    for (const std::size_t index : tokenColorIndices(positions))
        colors.push_back(colorFromRgb(kTokenColors[index]));
    colors.resize(kept.size(), ViewContext::markColor());
    return colors;
}

} // namespace

TokenStrip::TokenStrip(QWidget* parent) : QScrollArea(parent), m_content(new QWidget)
{
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
    setAccessibleName(tr("Tokens"));
    viewport()->setAutoFillBackground(false);
    m_content->setAutoFillBackground(false);
    setWidget(m_content);
    arrange();
}

void TokenStrip::setChips(const std::vector<ChipSpec>& specs)
{
    const bool same = std::equal(specs.begin(), specs.end(), m_chips.begin(), m_chips.end(),
                                 [](const ChipSpec& spec, const TokenChip* chip) { return chip->spec() == spec; });
    if (same)
        return;
    for (TokenChip* chip : m_chips)
        chip->deleteLater();
    for (TokenChip* chip : m_chips) {
        chip->removeEventFilter(this);
        chip->disconnect(this);
        chip->hide();
    }
    m_chips.clear();
    for (const ChipSpec& spec : specs)
        addChip(spec);
    const auto first = std::find_if(m_chips.begin(), m_chips.end(), [](TokenChip* chip) { return chip->isEnabled(); });
    if (first != m_chips.end())
        makeTabStop(*first);
    arrange();
    for (TokenChip* chip : m_chips) // in their places: each that lies under the pointer is hovered at once
        chip->show();
}

void TokenStrip::addChip(const ChipSpec& spec)
{
    auto* chip = new TokenChip(spec, m_content);
    chip->installEventFilter(this);
    if (spec.query) {
        connect(chip, &TokenChip::previewed, this, [this, query = *spec.query](bool on) {
            if (on)
                emit queryPreviewed(query);
            else
                emit previewEnded();
        });
        connect(chip, &TokenChip::keepAsked, this,
                [this, query = *spec.query](bool besideOthers) { emit queryClicked(query, besideOthers); });
    }
    chip->ensurePolished(); // its size is asked for before it is shown
    m_chips.push_back(chip);
}

void TokenStrip::markQueries(const std::vector<AxisPosition>& kept, const std::optional<AxisPosition>& previewed)
{
    const std::vector<QColor> colors = colorsOf(kept);
    for (TokenChip* chip : m_chips) {
        const std::optional<AxisPosition>& query = chip->spec().query;
        const auto found = query ? std::find(kept.begin(), kept.end(), *query) : kept.end();
        const bool isKept = found != kept.end();
        if (isKept && !chip->isKept())
            ensureWidgetVisible(chip, 0, kGap); // it may have been kept elsewhere
        chip->setKept(isKept, isKept ? colors[static_cast<std::size_t>(found - kept.begin())] : QColor());
        chip->setPreviewed(previewed && chip->spec().query == previewed);
        if (!kept.empty() && query == kept.back())
            makeTabStop(chip);
    }
}

void TokenStrip::arrange()
{
    const int width = std::max(viewport()->width(), 60);
    std::vector<QSizeF> sizes;
    for (const TokenChip* chip : m_chips)
        sizes.push_back(chip->sizeHint());
    const std::vector<QRectF> places = arrangeChips(sizes, width);
    for (std::size_t i = 0; i < m_chips.size(); ++i)
        m_chips[i]->setGeometry(places[i].toRect());
    const int line = m_chips.empty() ? QFontMetrics(font()).height() + 12 : m_chips.back()->height();
    const int bottom = m_chips.empty() ? line : m_chips.back()->geometry().bottom() + 1;
    m_content->resize(width, bottom);
    setFixedHeight(std::min(bottom, kMostLines * (line + kGap)));
    verticalScrollBar()->setSingleStep(line + kGap);
}

void TokenStrip::resizeEvent(QResizeEvent* event)
{
    QScrollArea::resizeEvent(event);
    arrange();
}

void TokenStrip::makeTabStop(TokenChip* stop)
{
    for (TokenChip* chip : m_chips)
        if (chip->isEnabled())
            chip->setFocusPolicy(chip == stop ? Qt::StrongFocus : Qt::ClickFocus);
}

void TokenStrip::moveFocus(int step)
{
    const auto count = static_cast<int>(m_chips.size());
    int index = 0;
    while (index < count && !m_chips[static_cast<std::size_t>(index)]->hasFocus())
        ++index;
    for (index += step; index >= 0 && index < count; index += step) {
        TokenChip* chip = m_chips[static_cast<std::size_t>(index)];
        if (!chip->isEnabled())
            continue;
        makeTabStop(chip);
        chip->setFocus(Qt::OtherFocusReason);
        ensureWidgetVisible(chip, 0, kGap);
        return;
    }
}

bool TokenStrip::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Left || key->key() == Qt::Key_Right) {
            moveFocus(key->key() == Qt::Key_Left ? -1 : 1);
            return true;
        }
    }
    return QScrollArea::eventFilter(watched, event);
}

} // namespace heedmap
