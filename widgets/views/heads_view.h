#pragma once

#include "widgets/views/view.h"

#include <QComboBox>
#include <QLabel>
#include <QTableView>

namespace heedmap {

class HeadGridModel;

/// All layers × heads of the shown group for the shown token, and their mean, as thumbnails. Click or arrow keys
/// choose.
class HeadsView : public View
{
    Q_OBJECT

public:
    explicit HeadsView(ViewContext& context, QWidget* parent = nullptr);

    QTableView& grid() { return *m_grid; }
    QComboBox& groups() { return *m_groups; }
    QComboBox& firstFactors() { return *m_firstFactors; }

    std::optional<Figure> figure() override;
    std::optional<NumberTable> numbers() override;

protected:
    void captureChanged() override;
    void selectionChanged() override;
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildGrid();
    void fillGroups();
    void fillFirstFactors(const ShownMap& shown);
    void showTitle(const std::optional<ShownMap>& shown);
    void showCurrentCell(const std::optional<ShownMap>& shown);
    void chooseCell(const QModelIndex& index);
    void arrangeCells();

    HeadGridModel* m_model;
    QLabel* m_title;
    QLabel* m_note;
    QComboBox* m_groups;
    QComboBox* m_firstFactors;
    QTableView* m_grid;
    bool m_showing = false; ///< the current cell is being set from the selection, not by the user
};

} // namespace heedmap
