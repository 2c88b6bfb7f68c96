// What the comparison of before and after hands out.

#include "widgets/context/what_if_model.h"
#include "widgets/image/map_caption.h"
#include "widgets/image/text_table_figure.h"
#include "widgets/views/what_if_view.h"

#include <fmt/format.h>

namespace heedmap {

std::optional<AnswerChange> WhatIfView::change() const
{
    const auto& capture = selection().capture();
    const WhatIfModel::State& state = context().whatIf().state();
    if (!capture || !state.baseline || state.running || state.interventions.empty() || !isUpToDate())
        return std::nullopt;
    return compareAnswers(state.baseline->manifest(), capture->manifest());
}

std::optional<Figure> WhatIfView::figure()
{
    if (!change())
        return std::nullopt;
    std::vector<QStringList> lines;
    QStringList header;
    for (int column = 0; column < m_table->columnCount(); ++column)
        header << m_table->headerItem()->text(column);
    for (int row = 0; row < m_table->topLevelItemCount(); ++row) {
        QStringList line;
        for (int column = 0; column < m_table->columnCount(); ++column)
            line << m_table->topLevelItem(row)->text(column);
        lines.push_back(line);
    }
    Figure figure = figureOfTextTable(m_headline->text(), header, std::move(lines));
    figure.caption << QString::fromStdString(selection().capture()->manifest().model.name);
    figure.caption << interventionsCaption(*selection().capture());
    figure.caption << tr("probabilities before and after; ≤: not listed by the run, it leaves that much at most");
    return figure;
}

std::optional<NumberTable> WhatIfView::numbers()
{
    const std::optional<AnswerChange> change = this->change();
    if (!change)
        return std::nullopt;
    const Capture& capture = *selection().capture();
    NumberTable table;
    table.doublePrecision = true;
    table.valueName = "value";
    table.notes = {fmt::format("model: {}", capture.manifest().model.name), interventionsCaption(capture).toStdString(),
                   "at most: the run does not list this token; its other tokens leave it that much"};
    table.rows.names = {"step", "text", "token_id", "before_is", "after_is"};
    table.columns = {{"run"}, {{"before"}, {"after"}}};
    const auto kind = [](const Likelihood& likelihood) { return likelihood.isBound ? "at most" : "stated"; };
    for (const StepChange& step : change->steps)
        for (const ChoiceChange& choice : step.choices) {
            table.rows.labels.push_back({std::to_string(step.step), choice.text, std::to_string(choice.id),
                                         kind(choice.before), kind(choice.after)});
            table.values.insert(table.values.end(), {choice.before.probability, choice.after.probability});
        }
    for (const ScoreChange& score : change->scores) {
        table.rows.labels.push_back({"", score.name, "", score.unit, score.unit});
        table.values.insert(table.values.end(), {score.before, score.after});
    }
    return table;
}

} // namespace heedmap
