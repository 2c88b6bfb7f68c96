#include "widgets/context/token_text.h"

#include "core/base/byte_characters.h"

namespace heedmap {

QString shownTokenText(const std::string& spelled)
{
    const QString trimmed = QString::fromStdString(readablePiece(spelled)).trimmed();
    return trimmed.isEmpty() ? QStringLiteral("␣") : trimmed;
}

} // namespace heedmap
