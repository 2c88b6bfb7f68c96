#pragma once

#include <QDockWidget>

namespace heedmap {

/// Hides the content of a dock while another tab covers it. Qt only moves such a dock out of sight: its content would
/// count as visible and go on working. The room it needs is kept, so that choosing a tab moves nothing. Call once the
/// content is set.
void hideWhenCovered(QDockWidget& dock);

} // namespace heedmap
