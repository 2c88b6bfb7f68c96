#pragma once

#include "widgets/image/figure.h"

#include <QStringList>

#include <vector>

namespace heedmap {

/// Lines of text in columns, the first at the left, the others right-aligned; `header` above, `headline` (may be empty)
/// larger on top.
Figure figureOfTextTable(const QString& headline, const QStringList& header, std::vector<QStringList> lines);

} // namespace heedmap
