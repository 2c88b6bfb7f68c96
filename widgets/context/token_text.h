#pragma once

#include <QString>

#include <string>

namespace heedmap {

/// A token as people read it (readablePiece), without blanks around it; "␣" where nothing else is left.
QString shownTokenText(const std::string& spelled);

} // namespace heedmap
