#pragma once

#include "widgets/context/view_context.h"

#include <QString>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace heedmap {

/// Interventions as the views offer them: what a click would do, in words, and doing it. What is done already is
/// offered to be taken back.
class WhatIfIntent
{
public:
    /// Mute one head of a site of the shown capture, or let it speak again. Not for the mean of heads.
    static std::optional<WhatIfIntent> muteHead(ViewContext& context, std::size_t site, HeadChoice head);
    /// Hide positions of an axis from everything that looks at it; when all of them are hidden, show them again.
    /// Absent without positions, and for an axis nothing looks at.
    static std::optional<WhatIfIntent> hideKeys(ViewContext& context, const std::string& axis,
                                                std::span<const std::int64_t> positions);

    /// "Mute this head and run again", "Hide 6 patches and run again", …
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
