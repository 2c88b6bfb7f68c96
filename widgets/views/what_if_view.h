#pragma once

#include "core/capture/answer_change.h"
#include "widgets/views/view.h"

#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QTreeWidget>

namespace heedmap {

/// What is muted and hidden, and the answer before and after. Changes nothing itself: it asks through WhatIfModel.
class WhatIfView : public View
{
    Q_OBJECT

public:
    explicit WhatIfView(ViewContext& context, QWidget* parent = nullptr);

    QListWidget& list() { return *m_list; }
    QPushButton& removeButton() { return *m_remove; }
    QPushButton& clearButton() { return *m_clear; }
    QPushButton& runButton() { return *m_run; }
    QTreeWidget& table() { return *m_table; }
    QString headline() const { return m_headline->text(); }
    QString statement() const { return m_statement->text(); }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override; ///< every step's, not only the shown one's

protected:
    void captureChanged() override;
    void selectionChanged() override;

private:
    void buildList();
    void buildTable();
    void connectButtons();
    void fillList();
    void showComparison();
    void showChange(const AnswerChange& change);
    void addChoice(const ChoiceChange& choice);
    void addScore(const ScoreChange& score);
    void remove(int row);
    void say(const QString& statement, bool offerRun);
    bool isUpToDate() const;
    std::optional<AnswerChange> change() const; ///< absent while there is nothing to compare

    QListWidget* m_list;
    QPushButton* m_remove;
    QPushButton* m_clear;
    QLabel* m_headline;
    QTreeWidget* m_table;
    QLabel* m_statement;
    QPushButton* m_run;
    QWidget* m_listPart = nullptr;
    const Capture* m_shownCapture = nullptr; ///< what the rows on screen are about; compared only
    WhatIfModel::State m_shown;
};

} // namespace heedmap
