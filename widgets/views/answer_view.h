#pragma once

#include "widgets/views/view.h"

#include <QLabel>
#include <QTreeWidget>

namespace heedmap {

/// What the model said, with the probability of every token and its nearest alternatives; for scores, the scores.
class AnswerView : public View
{
    Q_OBJECT

public:
    explicit AnswerView(ViewContext& context, QWidget* parent = nullptr);

    QString headline() const { return m_headline->text(); }
    QTreeWidget& table() { return *m_table; }

protected:
    void captureChanged() override;
    void selectionChanged() override {} // an answer does not change with what is looked at

private:
    void addText(const CaptureOutput& output);
    void addScores(const CaptureOutput& output);
    QTreeWidgetItem* addLine(QTreeWidgetItem* parent, const QString& name, double value, const QString& text);

    QLabel* m_headline;
    QLabel* m_replay;
    QTreeWidget* m_table;
};

} // namespace heedmap
