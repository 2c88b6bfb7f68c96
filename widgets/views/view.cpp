#include "widgets/views/view.h"

namespace heedmap {

View::View(ViewContext& context, QWidget* parent) : QWidget(parent), m_context(context)
{
    connect(&context.selection(), &SelectionModel::captureChanged, this, &View::onCaptureChanged);
    connect(&context.selection(), &SelectionModel::selectionChanged, this, &View::onSelectionChanged);
    connect(&context.selection(), &SelectionModel::hoverChanged, this, &View::onSelectionChanged);
    connectPart(&SelectionModel::pictureChanged, &View::pictureChanged);
    connectPart(&SelectionModel::recordingChanged, &View::recordingChanged);
    connectPart(&SelectionModel::speechChanged, &View::speechChanged);
    connect(&context, &ViewContext::optionsChanged, this, &View::onSelectionChanged);
    connect(&context.rows(), &RowProvider::arrived, this, &View::onSelectionChanged);
    connect(&context.chain(), &ChainModel::chainChanged, this, &View::onSelectionChanged);
    connect(&context.chain(), &ChainModel::speechHoverChanged, this, &View::onSelectionChanged);
    connect(&context.whatIf(), &WhatIfModel::changed, this, &View::onSelectionChanged);
}

View::~View()
{
    // Children outlive this part of the view, and say good-bye (a focus lost, a hover ended) while they go.
    for (QObject* child : findChildren<QObject*>())
        child->disconnect(this);
    for (QObject* source : std::initializer_list<QObject*>{&m_context, &m_context.selection(), &m_context.rows(),
                                                           &m_context.chain(), &m_context.whatIf()})
        source->disconnect(this);
}

void View::connectPart(void (SelectionModel::*signal)(), void (View::*hook)())
{
    connect(&selection(), signal, this, [this, hook] {
        if (isVisible())
            (this->*hook)();
        else
            m_outdated = true;
    });
}

void View::onCaptureChanged()
{
    if (isVisible())
        captureChanged();
    else
        m_outdated = true;
}

void View::onSelectionChanged()
{
    if (isVisible())
        selectionChanged();
    else
        m_outdated = true;
}

void View::showEvent(QShowEvent* event)
{
    if (std::exchange(m_outdated, false)) {
        pictureChanged();
        recordingChanged();
        speechChanged();
        captureChanged();
    }
    QWidget::showEvent(event);
}

} // namespace heedmap
