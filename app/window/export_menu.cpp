#include "app/window/export_menu.h"

#include <QCoreApplication>

namespace heedmap {

ExportMenu::ExportMenu(View& view, const QString& viewTitle, QWidget* parent) : QMenu(viewTitle, parent), m_view(&view)
{
    for (const ExportFormatInfo& format : exportFormats()) {
        const QString title = QCoreApplication::translate("heedmap::ExportFormat", format.title);
        QAction* entry = addAction(tr("%1…").arg(title));
        m_entries[format.format] = entry;
        connect(entry, &QAction::triggered, this, [this, format] { choose(format); });
    }
    connect(this, &QMenu::aboutToShow, this, &ExportMenu::refresh);
    // A key pressed while the menu is closed finds the entry as the menu was left: it must not be left disabled.
    connect(
        this, &QMenu::aboutToHide, this,
        [this] {
            for (const auto& [format, entry] : m_entries)
                entry->setEnabled(true);
        },
        Qt::QueuedConnection);
}

QAction* ExportMenu::action(ExportFormat format) const
{
    return m_entries.at(format);
}

void ExportMenu::refresh()
{
    const bool mayAsk = m_view && m_view->isUpToDate();
    const bool hasFigure = mayAsk && m_view->figure().has_value();
    const bool hasNumbers = mayAsk && m_view->numbers().has_value();
    for (const auto& [format, entry] : m_entries)
        entry->setEnabled(isNumbers(format) ? hasNumbers : hasFigure);
}

void ExportMenu::choose(const ExportFormatInfo& format)
{
    const Exporter exporter = m_view ? exporterOfView(*m_view, format.format) : Exporter();
    if (exporter)
        emit chosen(exporter, format);
    else
        emit nothingToExport();
}

} // namespace heedmap
