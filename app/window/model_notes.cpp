#include "app/window/model_notes.h"

#include "app/window/icons.h"

#include <QToolTip>

namespace heedmap {

namespace {

constexpr int kIconSize = 14;

/// A paragraph a note: what is marked up is broken into lines, and nothing in a note is taken for markup.
QString asTip(const QStringList& notes)
{
    QString tip;
    for (const QString& note : notes)
        tip += QStringLiteral("<p>%1</p>").arg(note.toHtmlEscaped());
    return tip;
}

} // namespace

ModelNotes::ModelNotes(QWidget* parent) : QToolButton(parent)
{
    setObjectName("note");
    setIcon(themedIcon(QStringLiteral("note")));
    setIconSize(QSize(kIconSize, kIconSize));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setFocusPolicy(Qt::StrongFocus);
    connect(this, &QToolButton::clicked, this,
            [this] { QToolTip::showText(mapToGlobal(rect().bottomLeft()), toolTip(), this); });
    setNotes({});
}

void ModelNotes::setNotes(const QStringList& notes)
{
    setText(notes.size() == 1 ? tr("1 note") : tr("%1 notes").arg(notes.size()));
    setToolTip(asTip(notes));
    setAccessibleName(notes.size() == 1 ? tr("1 note on the model") : tr("%1 notes on the model").arg(notes.size()));
    setAccessibleDescription(notes.join(QLatin1Char('\n')));
    setVisible(!notes.isEmpty());
}

} // namespace heedmap
