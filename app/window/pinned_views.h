#pragma once

#include "app/window/sound_playback.h"
#include "widgets/context/view_context.h"
#include "widgets/views/view_registry.h"

#include <QDockWidget>
#include <QMainWindow>

namespace heedmap {

/// A second instance of a view with a selection and display options of its own, which start as copies. It keeps the
/// capture it shows and what was changed inside the model when it was pinned, whatever the window goes on to. Saved
/// sets of heads are the document's, and shared; wishes to mute or hide go to the document. Closing it deletes it.
class PinnedView : public QDockWidget
{
    Q_OBJECT

public:
    /// `source` must outlive the pinned view.
    PinnedView(const ViewEntry& entry, ViewContext& source, QWidget* parent);
    ~PinnedView() override;

    ViewContext& context() { return m_context; }
    View& view() { return *m_view; }

private:
    void copy(ViewContext& source);
    void shareSets(SelectionModel& source);
    void forwardWishes(WhatIfModel& source);
    void showTitle();

    ViewContext m_context;
    SoundPlayback m_playback; ///< of the recording that was pinned
    QString m_viewTitle;
    View* m_view = nullptr;
};

/// Pins copies of the registry's views beside the others in a window.
class PinnedViews : public QObject
{
    Q_OBJECT

public:
    /// `context` must outlive the window's docks.
    PinnedViews(QMainWindow& window, ViewContext& context);

    PinnedView* pin(const ViewEntry& entry);

signals:
    /// A pinned view could not read its capture, or not be heard; a sentence for the user.
    void failed(const QString& message);

private:
    QMainWindow& m_window;
    ViewContext& m_context;
    int m_count = 0;
};

} // namespace heedmap
