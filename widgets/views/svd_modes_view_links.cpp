// What leads from a mode to elsewhere: heads that have it too, and its tokens.

#include "widgets/context/map_labels.h"
#include "widgets/context/mode_sides.h"
#include "widgets/views/svd_modes_view.h"

#include <QSignalBlocker>

#include <algorithm>

namespace heedmap {

namespace {

constexpr std::int64_t kModesToCompare = 8;
constexpr double kSearchedAtOnce = 3e9;           ///< multiplications; about a second
constexpr double kMostKept = 256.0 * 1024 * 1024; ///< bytes of the modes of all heads
constexpr double kStrongPart = 0.5;               ///< of the strongest entry: what belongs to a mode's tokens

enum ItemData
{
    kSite = Qt::UserRole,
    kHead,
    kMode
};

} // namespace

std::optional<ModesRequest> SvdModesView::searchRequest() const
{
    const std::optional<GroupChoice> group =
        selection().capture() ? groupChoice(*selection().capture(), selection().selection().group) : std::nullopt;
    if (!group || !chosenSubspace())
        return std::nullopt;
    ModesRequest request{{}, true, m_centring, context().options().withoutSpecial, kModesToCompare};
    for (const std::size_t site : group->sites)
        for (const int head : selection().capture()->site(site).headNumbers())
            request.parts.push_back({site, HeadChoice{head}, selection().selection().map.first});
    return request;
}

void SvdModesView::showSimilar()
{
    const std::optional<ModesRequest> request = searchRequest();
    m_search->hide();
    m_similarTitle->setVisible(request.has_value());
    m_similar->setVisible(request.has_value());
    if (!request) {
        m_listed.reset();
        return m_similar->clear();
    }
    if (m_listed == request && m_listedFor == m_chosen && m_listedResult == m_result.get())
        return;
    m_listed.reset();
    m_similar->clear();
    const Capture& capture = *selection().capture();
    m_similarTitle->setText(tr("same mode in"));
    if (sizeOfModes(capture, *request) > kMostKept)
        return m_similarTitle->setText(
            tr("same mode: %1 heads of this size are too many to compare").arg(request->parts.size()));
    const bool isDear = costOfModes(capture, *request) > kSearchedAtOnce;
    const std::shared_ptr<const ModesResult> others =
        isDear && !m_mayBeDear ? m_provider->known(*request) : m_provider->modes(*request);
    if (others)
        return listSimilar(*others);
    if (!m_provider->isWorking() && !m_provider->failure().isEmpty())
        m_similarTitle->setText(m_provider->failure());
    m_search->setText(tr("Search %1 heads").arg(request->parts.size()));
    m_search->setVisible(!m_provider->isWorking());
}

void SvdModesView::listSimilar(const ModesResult& others)
{
    const MapModes& reference = *shownModes();
    const bool isOneHead = reference.map.parts.size() == 1;
    std::vector<std::pair<MapChoice, ModeMatch>> matches;
    for (const MapModes& other : others) {
        const MapChoice& part = other.map.parts.front();
        if (isOneHead && part == reference.map.parts.front())
            continue;
        if (const auto match = nearestMode(reference.modes, *chosenSubspace(), other.modes, isOneHead))
            matches.emplace_back(part, *match);
    }
    std::ranges::stable_sort(matches, std::greater<>(), [](const auto& match) { return match.second.similarity; });
    for (const auto& [part, match] : matches) {
        auto* item = new QListWidgetItem(
            QStringLiteral("%1   %2   %3")
                .arg(QString::number(match.similarity, 'f', 2),
                     QString::fromStdString(headLabel(*selection().capture(), part.site, part.head)),
                     modeName(match.subspace) + (match.isReversed ? tr(", reversed") : QString())),
            m_similar);
        item->setData(kSite, static_cast<qulonglong>(part.site));
        item->setData(kHead, part.head.head);
        item->setData(kMode, static_cast<qlonglong>(match.subspace.first));
        const QString queries = match.onQueries ? tr(", queries %1").arg(*match.onQueries, 0, 'f', 3)
                                                : tr("; heads are stacked, so keys alone are compared");
        item->setToolTip(tr("cosine of keys %1%2\nClick: go to this head").arg(match.onKeys, 0, 'f', 3).arg(queries));
    }
    m_listed = searchRequest();
    m_listedFor = m_chosen;
    m_listedResult = m_result.get();
}

void SvdModesView::goToSimilar(const QListWidgetItem* item)
{
    if (!item)
        return;
    const SiteHead head{static_cast<std::size_t>(item->data(kSite).toULongLong()), {item->data(kHead).toInt()}};
    m_wantedMode = static_cast<std::size_t>(item->data(kMode).toLongLong());
    m_scopeId = QStringLiteral("shown");
    {
        const QSignalBlocker blocker(m_scopes);
        m_scopes->setCurrentIndex(0);
    }
    selection().selectHead(head.site, head.head); // the list, and `item` with it, may be made anew
    refresh();                                    // also where the head was the selected one already
}

void SvdModesView::selectTokens()
{
    const MapModes& modes = *shownModes();
    const ModeSubspace& subspace = *chosenSubspace();
    const Capture& capture = *selection().capture();
    const ModeSide queries = querySideOf(capture, modes, subspace);
    const ModeSide keys = keySideOf(capture, modes, subspace);
    Selection next = selection().selection();
    next.queries.clear();
    for (const ModeEntry& entry : queries.strongest) // the strongest is positive: tokens of the other sign are left out
        if (entry.value >= kStrongPart * queries.strongest.front().value && next.queries.size() < kMostKeptQueries &&
            std::ranges::find(next.queries, entry.position) == next.queries.end())
            next.queries.push_back(entry.position);
    std::ranges::reverse(next.queries); // the last one is the current one
    const auto inSight = [&](const ModeEntry& entry) {
        return entry.value > 0 &&
               (!keys.isOnPicture || patchRect(keyAxisOf(capture, modes.map.parts.front()), entry.position));
    };
    const auto key = std::ranges::find_if(keys.strongest, inSight);
    next.key = key == keys.strongest.end() ? std::nullopt : std::optional(key->position);
    selection().setSelection(next);
}

} // namespace heedmap
