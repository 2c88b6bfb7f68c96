#pragma once

#include "core/capture/capture.h"
#include "core/capture/intervention.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// What is changed inside the model, for views to show, and what a view wants changed, for somebody else to do. Lives
/// in the GUI thread.
class WhatIfModel : public QObject
{
    Q_OBJECT

public:
    struct State
    {
        std::vector<Intervention> interventions;
        std::shared_ptr<const Capture> baseline; ///< the run without them; null: none yet
        bool running = false;
    };

    using QObject::QObject;

    const State& state() const { return m_state; }
    const std::vector<Intervention>& interventions() const { return m_state.interventions; }
    void setState(State state);

    /// Asks for another list; `text` says the change in the history. Nothing is changed here.
    void request(const std::vector<Intervention>& list, const QString& text) { emit changeRequested(list, text); }
    void requestRun() { emit runRequested(); }
    /// Asks for the shown run once more, with the values that analyses read and, if wanted, the gradients of one
    /// output.
    void requestValues(const std::optional<GradientTarget>& gradients) { emit valuesRequested(gradients); }

signals:
    void changed();
    void changeRequested(const std::vector<heedmap::Intervention>& list, const QString& text);
    void runRequested();
    void valuesRequested(const std::optional<heedmap::GradientTarget>& gradients);

private:
    State m_state;
};

} // namespace heedmap
