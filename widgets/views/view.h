#pragma once

#include "widgets/context/view_context.h"

#include <QWidget>

namespace heedmap {

/// One way of looking at the capture. It is told what changed, reads rows, and draws; it never speaks to another view.
/// A hidden view only remembers that it is out of date and redraws when it is shown.
class View : public QWidget
{
    Q_OBJECT

public:
    explicit View(ViewContext& context, QWidget* parent = nullptr);
    ~View() override;

protected:
    /// Another capture, or none. Everything must be read anew.
    virtual void captureChanged() = 0;
    /// Selection, hover, rows, interventions or display options changed: redraw what depends on them.
    virtual void selectionChanged() = 0;
    /// The picture behind the heat changed.
    virtual void pictureChanged() {}

    ViewContext& context() const { return m_context; }
    SelectionModel& selection() const { return m_context.selection(); }
    void showEvent(QShowEvent* event) override;

private:
    void onCaptureChanged();
    void onSelectionChanged();

    ViewContext& m_context;
    bool m_outdated = true;
};

} // namespace heedmap
