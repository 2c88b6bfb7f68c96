#include "app/window/pinned_views.h"

#include "app/window/covered_docks.h"
#include "widgets/context/map_labels.h"
#include "widgets/views/view.h"

namespace heedmap {

PinnedView::PinnedView(const ViewEntry& entry, ViewContext& source, QWidget* parent)
    : QDockWidget(parent), m_playback(m_context.selection(), std::make_unique<DeviceOutput>()),
      m_viewTitle(viewTitle(entry))
{
    setAttribute(Qt::WA_DeleteOnClose);
    m_context.setPlayback(&m_playback);
    copy(source);
    shareSets(source.selection());
    forwardWishes(source.whatIf());
    m_view = entry.create(m_context, nullptr);
    setWidget(m_view);
    hideWhenCovered(*this);
    for (auto signal : {&SelectionModel::captureChanged, &SelectionModel::hoverChanged})
        connect(&m_context.selection(), signal, this, &PinnedView::showTitle);
    connect(&m_context.selection(), &SelectionModel::selectionChanged, this, &PinnedView::showTitle);
    connect(&m_context, &ViewContext::optionsChanged, this, &PinnedView::showTitle);
    showTitle();
}

PinnedView::~PinnedView()
{
    delete m_view; // it reads the context until it is gone
}

void PinnedView::copy(ViewContext& source)
{
    const SelectionModel& selection = source.selection();
    m_context.setOptions(source.options());
    m_context.whatIf().setState(source.whatIf().state());
    m_context.selection().setPicture(selection.picture());
    m_context.selection().setRecording(selection.recording());
    m_context.selection().setSpeech(selection.speech(), selection.openedChain());
    m_context.selection().setCapture(selection.capture(), selection.selection());
}

void PinnedView::shareSets(SelectionModel& source)
{
    SelectionModel& own = m_context.selection();
    own.setHeadSets(source.headSets());
    connect(&source, &SelectionModel::headSetsChanged, this, [&source, &own] { own.setHeadSets(source.headSets()); });
    connect(&own, &SelectionModel::headSetsChanged, this, [&source, &own] { source.setHeadSets(own.headSets()); });
}

void PinnedView::forwardWishes(WhatIfModel& source)
{
    connect(&m_context.whatIf(), &WhatIfModel::changeRequested, &source, &WhatIfModel::request);
    connect(&m_context.whatIf(), &WhatIfModel::runRequested, &source, &WhatIfModel::requestRun);
    connect(&m_context.whatIf(), &WhatIfModel::valuesRequested, &source, &WhatIfModel::requestValues);
}

void PinnedView::showTitle()
{
    const std::optional<ShownMap> shown = m_context.selection().shown();
    if (!shown)
        return setWindowTitle(tr("%1 — pinned").arg(m_viewTitle));
    const Capture& capture = *m_context.selection().capture();
    QString what = mapLabel(capture, shown->map);
    if (shown->query) {
        const std::string& axis = queryAxisOf(capture, shown->map).id;
        what = queryName(capture, axis, *shown->query, m_context.options().predictingRow).token + u' ' + what;
    }
    setWindowTitle(tr("%1 — pinned: %2").arg(m_viewTitle, what));
}

PinnedViews::PinnedViews(QMainWindow& window, ViewContext& context)
    : QObject(&window), m_window(window), m_context(context)
{}

PinnedView* PinnedViews::pin(const ViewEntry& entry)
{
    auto* pinned = new PinnedView(entry, m_context, &m_window);
    // Layout saving wants a name; no later start has a dock of this name.
    pinned->setObjectName(QStringLiteral("pinned-%1-%2").arg(QString::fromLatin1(entry.id)).arg(++m_count));
    connect(&pinned->context().rows(), &RowProvider::failed, this, &PinnedViews::failed);
    connect(pinned->context().playback(), &Playback::failed, this, &PinnedViews::failed);
    m_window.addDockWidget(Qt::RightDockWidgetArea, pinned);
    pinned->show();
    return pinned;
}

} // namespace heedmap
