#include "widgets/views/token_hiding.h"

#include "core/capture/intervention_edit.h"
#include "widgets/controls/token_strip.h"
#include "widgets/views/intent_menu.h"

#include <QContextMenuEvent>
#include <QKeyEvent>

#include <algorithm>

namespace heedmap {

namespace {

std::optional<WhatIfIntent> intentFor(ViewContext& context, const TokenChip& chip)
{
    // Hiding a word that is made in the run would change it while it is made: only what was asked can be hidden.
    const bool wasAsked = chip.spec().kind == ChipKind::Token || chip.spec().kind == ChipKind::Special;
    const std::optional<AxisPosition>& place = chip.spec().key;
    if (!wasAsked || !place)
        return std::nullopt;
    const std::int64_t position[] = {place->position};
    return WhatIfIntent::hideKeys(context, place->axis, position);
}

} // namespace

TokenHiding::TokenHiding(ViewContext& context, TokenStrip& strip) : QObject(&strip), m_context(context), m_strip(strip)
{
    strip.widget()->installEventFilter(this); // chips leave to it what they do not use
}

void TokenHiding::markChips()
{
    const std::vector<Intervention>& list = m_context.whatIf().interventions();
    for (TokenChip* chip : m_strip.chips()) {
        const std::optional<AxisPosition>& key = chip->spec().key;
        const std::vector<std::int64_t> hidden = key ? hiddenKeys(list, key->axis) : std::vector<std::int64_t>();
        chip->setStruckOut(key && std::binary_search(hidden.begin(), hidden.end(), key->position));
    }
}

bool TokenHiding::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::ContextMenu) {
        const auto* menu = static_cast<QContextMenuEvent*>(event);
        if (const auto* chip = dynamic_cast<TokenChip*>(m_strip.widget()->childAt(menu->pos())))
            return showMenu(*chip, menu->globalPos());
    }
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_H && key->modifiers() == Qt::NoModifier)
            for (const TokenChip* chip : m_strip.chips())
                if (chip->hasFocus())
                    return toggle(*chip);
    }
    return QObject::eventFilter(watched, event);
}

bool TokenHiding::showMenu(const TokenChip& chip, const QPoint& place)
{
    const auto intent = intentFor(m_context, chip);
    if (!intent)
        return false;
    openIntentMenu(m_strip, *intent, QKeySequence(Qt::Key_H), place);
    return true;
}

bool TokenHiding::toggle(const TokenChip& chip)
{
    const auto intent = intentFor(m_context, chip);
    if (intent)
        intent->carryOut();
    return intent.has_value();
}

} // namespace heedmap
