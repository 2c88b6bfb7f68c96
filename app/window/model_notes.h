#pragma once

#include <QStringList>
#include <QToolButton>

namespace heedmap {

/// How many wishes of a model's files have no effect, in a line as small as a heading. Which ones, in the engine's own
/// words, is its tooltip, which a click or Space opens too. Hidden while there are none.
class ModelNotes : public QToolButton
{
    Q_OBJECT

public:
    explicit ModelNotes(QWidget* parent = nullptr);

    /// Sentences as they are; they may come from a stranger and are shown as plain text.
    void setNotes(const QStringList& notes);
};

} // namespace heedmap
