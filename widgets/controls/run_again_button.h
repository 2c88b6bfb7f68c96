#pragma once

#include "core/analysis/analysis.h"
#include "widgets/context/view_context.h"

#include <QPushButton>

#include <optional>

namespace heedmap {

/// Offers to run the model again for what an analysis lacks: values, or the gradients of the token that is looked at.
/// Hidden where nothing is missing and while a run is under way.
class RunAgainButton : public QPushButton
{
    Q_OBJECT

public:
    explicit RunAgainButton(ViewContext& context, QWidget* parent = nullptr);

    /// `scope` with the query that is looked at; absent without attention. Errors: as obstacleFor.
    void offerFor(const Analysis& analysis, const std::optional<AnalysisScope>& scope);
    void withdraw();
    bool isOffered() const { return m_wish.has_value(); }

private:
    /// What the run would have to store: values (null), or gradients as well.
    struct Wish
    {
        std::optional<GradientTarget> gradients;
    };
    std::optional<Wish> wishFor(const Analysis& analysis, const std::optional<AnalysisScope>& scope) const;

    ViewContext& m_context;
    std::optional<Wish> m_wish;
};

} // namespace heedmap
