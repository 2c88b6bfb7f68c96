#include "widgets/controls/run_again_button.h"

#include "core/analysis/analysis_registry.h"
#include "widgets/context/generated_steps.h"

namespace heedmap {

RunAgainButton::RunAgainButton(ViewContext& context, QWidget* parent) : QPushButton(parent), m_context(context)
{
    hide();
    connect(this, &QPushButton::clicked, this, [this] {
        if (m_wish)
            m_context.whatIf().requestValues(m_wish->gradients);
    });
}

std::optional<RunAgainButton::Wish> RunAgainButton::wishFor(const Analysis& analysis,
                                                            const std::optional<AnalysisScope>& scope) const
{
    if (!scope || m_context.whatIf().state().running)
        return std::nullopt;
    const Capture& capture = *m_context.selection().capture();
    const std::optional<AnalysisObstacle> obstacle = obstacleFor(analysis, capture, *scope);
    if (analysis.need == AnalysisNeed::ValueNorms && obstacle && obstacle->isOfFile)
        return Wish{};
    if (analysis.need != AnalysisNeed::Gradients)
        return std::nullopt;
    const std::string axis = queryAxisOf(capture, scope->map).id;
    const std::optional<GradientTarget> target =
        targetOfRow(capture, axis, scope->query, m_context.options().predictingRow);
    const std::optional<GradientTarget>& stored = capture.manifest().gradientTarget;
    const bool isStored = stored && target && stored->output == target->output && stored->step == target->step &&
                          stored->tokenId == target->tokenId && stored->score == target->score;
    return !target || isStored ? std::nullopt : std::optional(Wish{target});
}

void RunAgainButton::offerFor(const Analysis& analysis, const std::optional<AnalysisScope>& scope)
{
    m_wish = wishFor(analysis, scope);
    setVisible(m_wish.has_value());
    if (!m_wish)
        return;
    const std::optional<GradientTarget>& target = m_wish->gradients;
    const QString of = target ? QString::fromStdString(target->step ? target->tokenText : target->score) : QString();
    setText(target ? tr("&Run again for “%1”").arg(of) : tr("&Run again with values"));
    setToolTip(target ? tr("The same run, and the gradients of the %1 are stored with it")
                            .arg(QString::fromStdString(gradientTargetLabel(*target)))
                      : tr("The same run, and what the modules mix is stored with it"));
}

void RunAgainButton::withdraw()
{
    m_wish.reset();
    hide();
}

} // namespace heedmap
