#pragma once

#include "widgets/controls/group_combo.h"
#include "widgets/views/view.h"

#include <QComboBox>
#include <QLabel>
#include <QTableView>
#include <QToolButton>

namespace heedmap {

class HeadGridModel;
class HeadSetBar;
class HeadSetButton;

/// The heads of the shown group for the shown token as thumbnails, by layer or ranked by a statistic. Click or arrow
/// keys choose one, with Ctrl or Shift several as one map; the line below says what the pointer rests on.
class HeadsView : public View
{
    Q_OBJECT

public:
    explicit HeadsView(ViewContext& context, QWidget* parent = nullptr);

    QTableView& grid() { return *m_grid; }
    QComboBox& groups() { return *m_groups; }
    QComboBox& firstFactors() { return *m_firstFactors; }
    QComboBox& sorting() { return *m_sorting; }
    QToolButton& direction() { return *m_direction; }
    HeadSetBar& setBar() { return *m_setBar; }
    HeadSetButton& savedSets() { return *m_savedSets; }
    QLabel& note() { return *m_note; }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildCombos();
    void buildGrid();
    void fillFirstFactors(const ShownMap& shown);
    void showTitle(const std::optional<ShownMap>& shown);
    void fillSorting(const std::optional<ShownMap>& shown);
    void showRows(const std::optional<ShownMap>& shown);
    void showNote();
    void showChosenCells();
    void selectCells(const std::vector<SiteHead>& heads);
    void chooseCells();
    void sortCells();
    void arrangeCells();
    void arrangeLayers();
    void arrangeRanked();

    HeadGridModel* m_model;
    QLabel* m_title;
    QLabel* m_note;
    GroupCombo* m_groups;
    QComboBox* m_firstFactors;
    QComboBox* m_sorting;
    QToolButton* m_direction;
    HeadSetButton* m_savedSets;
    QTableView* m_grid;
    HeadSetBar* m_setBar;
    QString m_rowKind;                 ///< what the note says while the pointer rests on no head
    std::optional<SiteHead> m_pointed; ///< the head under the pointer
    bool m_showing = false;            ///< cells are being selected to follow the selection, not by the user
};

} // namespace heedmap
