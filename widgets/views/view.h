#pragma once

#include "core/base/number_table.h"
#include "widgets/context/view_context.h"
#include "widgets/image/figure.h"

#include <QWidget>

namespace heedmap {

/// One way of looking at the capture. It is told what changed, reads rows, and draws; it never speaks to another view.
/// A hidden view only remembers that it is out of date and redraws when it is shown. Every view can hand out what it
/// shows, as a figure and as numbers: the window's export menus follow from these two (view_export.h).
class View : public QWidget
{
    Q_OBJECT

public:
    explicit View(ViewContext& context, QWidget* parent = nullptr);
    ~View() override;

    /// What is shown now, on paper; absent while there is nothing to show. Cheap: painting is left to whoever asks.
    virtual std::optional<Figure> figure() = 0;
    /// The numbers behind what is shown now, with what they are; absent while there are none.
    virtual std::optional<NumberTable> numbers() = 0;
    /// Whether figure() and numbers() may be asked: not while the view is hidden and something has changed since, for
    /// what it last showed may belong to another capture.
    bool isUpToDate() const { return !m_outdated || catchesUp(); }
    /// Whether it has a place in the centre of the window now: not one for sound while there is a picture alone.
    virtual bool isWanted() const { return true; }

protected:
    /// True where figure() and numbers() read anew, while the view is hidden, what is cheap.
    virtual bool catchesUp() const { return false; }
    /// Another capture, or none. Everything must be read anew.
    virtual void captureChanged() = 0;
    /// Selection, hover, rows, interventions or display options changed: redraw what depends on them.
    virtual void selectionChanged() = 0;
    /// The picture behind the heat changed.
    virtual void pictureChanged() {}
    /// The recording the sound is shown of changed.
    virtual void recordingChanged() {}
    /// The capture of the spoken question changed.
    virtual void speechChanged() {}

    ViewContext& context() const { return m_context; }
    SelectionModel& selection() const { return m_context.selection(); }
    void showEvent(QShowEvent* event) override;

private:
    void connectPart(void (SelectionModel::*signal)(), void (View::*hook)());
    void onCaptureChanged();
    void onSelectionChanged();

    ViewContext& m_context;
    bool m_outdated = true;
};

} // namespace heedmap
