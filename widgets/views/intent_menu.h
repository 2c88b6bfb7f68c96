#pragma once

#include "widgets/context/what_if_intents.h"

#include <QKeySequence>
#include <QMenu>

namespace heedmap {

/// Opens the context menu of `owner` with what can be done to the place that was clicked, then what the view around it
/// offers anyway. `key`: does the same without a menu; said in it. The menu goes when it is closed.
QMenu* openIntentMenu(QWidget& owner, const WhatIfIntent& intent, const QKeySequence& key, const QPoint& globalPlace);

} // namespace heedmap
