#pragma once

#include <QToolButton>

class QBoxLayout;

namespace heedmap {

/// A button of a row of which one is down. The caller owns it.
QToolButton* makeChoiceButton(const QString& text, const QString& toolTip);
/// Puts buttons side by side, one of them down at a time, the first one at the start. The group belongs to `owner`.
void addChoices(QBoxLayout& layout, std::initializer_list<QToolButton*> buttons, QObject* owner);

} // namespace heedmap
