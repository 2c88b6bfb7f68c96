#pragma once

#include "widgets/views/view_export.h"

#include <QMenu>
#include <QPointer>

#include <map>

namespace heedmap {

/// What one view can be saved as: an entry for each format, enabled while the view has something to show. Emits what is
/// to be written; asks nobody and writes nothing. One menu serves the File menu, the view's own and its dock's context
/// menu.
class ExportMenu : public QMenu
{
    Q_OBJECT

public:
    ExportMenu(View& view, const QString& viewTitle, QWidget* parent = nullptr);

    QAction* action(ExportFormat format) const;
    /// Enables what can be saved now; done by itself whenever the menu opens.
    void refresh();

signals:
    /// `exporter` owns what was shown when the entry was chosen.
    void chosen(const heedmap::Exporter& exporter, const heedmap::ExportFormatInfo& format);
    /// The view has nothing to show.
    void nothingToExport();

private:
    void choose(const ExportFormatInfo& format);

    QPointer<View> m_view;
    std::map<ExportFormat, QAction*> m_entries;
};

} // namespace heedmap
