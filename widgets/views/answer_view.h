#pragma once

#include "widgets/views/view.h"

#include <QComboBox>
#include <QLabel>
#include <QTreeWidget>

namespace heedmap {

class StepScrubber;

/// What the model said, step by step: every generated token with its probability and what it nearly was; for scores,
/// the scores. A step that is chosen is kept, so that the other views show its row.
class AnswerView : public View
{
    Q_OBJECT

public:
    explicit AnswerView(ViewContext& context, QWidget* parent = nullptr);

    QString headline() const { return m_headline->text(); }
    StepScrubber& scrubber() { return *m_scrubber; }
    QComboBox& candidates() { return *m_candidates; }
    QComboBox& rowKind() { return *m_rowKind; }
    QString rowStatement() const { return m_row->text(); }
    QTreeWidget& table() { return *m_table; }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override; ///< every step's probabilities, not only the shown one's

protected:
    void captureChanged() override;
    void selectionChanged() override;

private:
    void buildTable();
    void connectScrubber();
    void fillCandidates();
    void showOutput();
    void showHeadline(const QString& text);
    void showStep();
    bool followWindow(const std::string& axis);
    void showRow(const GeneratedToken& token);
    void addChoices(const GeneratedToken& token);
    void addScores();
    void previewStep(std::size_t step);
    void chooseStep(std::size_t step);
    /// The text whose steps are shown; null when there is none.
    const CaptureOutput* output() const;
    const CaptureOutput* exportedOutput() const; ///< the text, else the scores
    std::optional<AxisPosition> placeOf(std::size_t step) const;
    QTreeWidgetItem* addLine(const QString& name, double value, const QStringList& texts);

    QLabel* m_headline;
    QComboBox* m_candidates;
    StepScrubber* m_scrubber;
    QWidget* m_rowLine;
    QLabel* m_row;
    QComboBox* m_rowKind;
    QTreeWidget* m_table;
    QLabel* m_note;
    std::string m_output; ///< id of the chosen candidate
    std::size_t m_step = 0;
    std::optional<AxisPosition> m_place; ///< the row looked at when the step was last followed
};

} // namespace heedmap
