#pragma once

#include "widgets/context/selection_model.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

namespace heedmap {

/// Of the set of heads that is shown: how many, mean or max, its name, and saving it. Hidden while one head is shown.
class HeadSetBar : public QWidget
{
    Q_OBJECT

public:
    explicit HeadSetBar(SelectionModel& selection, QWidget* parent = nullptr);

    /// Follows the selection.
    void refresh();
    /// How the next set of heads is reduced.
    Reduction reduction() const;

    QComboBox& reductions() { return *m_reductions; }
    QLineEdit& name() { return *m_name; }
    QPushButton& saveButton() { return *m_save; }

private:
    void chooseReduction();
    void save();
    void enableSaving();

    SelectionModel& m_selection;
    QLabel* m_count;
    QComboBox* m_reductions;
    QLineEdit* m_name;
    QPushButton* m_save;
    std::optional<HeadSet> m_shown;
};

class AlignmentProposer;

/// The saved sets whose heads exist in the capture, to come back to; of recordings also the heads that tell when a word
/// was spoken, as the checkpoint names them or as a search proposes them. Hidden while there is nothing of it.
class HeadSetButton : public QToolButton
{
    Q_OBJECT

public:
    explicit HeadSetButton(SelectionModel& selection, QWidget* parent = nullptr);

    void refresh();

private:
    void fillMenu();
    void addSavedSets();
    void addAlignment();
    void keep(const HeadSet& set); ///< in place of one of the same name, and shows it
    void remove(const std::string& name);
    void showProgress();

    SelectionModel& m_selection;
    AlignmentProposer* m_proposer;
    std::shared_ptr<const Capture> m_searched; ///< what the running search is in
};

} // namespace heedmap
