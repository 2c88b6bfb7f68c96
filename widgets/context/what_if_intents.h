#pragma once

#include "widgets/context/view_context.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace heedmap {

/// Interventions as the views offer them: what a click would do, in words, and doing it. What is done already is
/// offered to be taken back.
class WhatIfIntent
{
public:
    /// Mute heads of the shown capture; when all of them are muted, let them speak again. Means of heads are left out;
    /// absent when nothing else is there.
    static std::optional<WhatIfIntent> muteHeads(ViewContext& context, std::span<const SiteHead> heads);
    /// Hide positions of an axis from everything that looks at it; when all of them are hidden, show them again.
    /// Absent without positions, and for an axis nothing looks at.
    static std::optional<WhatIfIntent> hideKeys(ViewContext& context, const std::string& axis,
                                                std::span<const std::int64_t> positions);

    /// "Mute L2 · H1 and run again", "Hide 6 patches and run again", …
    const QString& title() const { return m_title; }
    void carryOut() const { m_context->whatIf().request(m_list, m_history); }

private:
    WhatIfIntent(ViewContext& context, std::vector<Intervention> list, QString title, QString history);

    ViewContext* m_context;
    std::vector<Intervention> m_list;
    QString m_title;
    QString m_history;
};

/// The words for an intervention in a list and in the history, as the shown capture calls things.
QString interventionText(const ViewContext& context, const Intervention& intervention);

} // namespace heedmap
