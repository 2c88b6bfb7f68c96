#pragma once

#include <QString>
#include <QStringList>

namespace heedmap {

/// What a model folder says about itself before any weight is read.
struct ModelSummary
{
    QString folder; ///< absolute; empty: no model chosen
    QString name;   ///< the folder's name
    QString architecture;
    qint64 byteCount = 0; ///< of its weights' files
    QString detail;       ///< "4 + 4 layers · 4 heads · 18 × 18 patches", part by part; may be empty

    bool hears = false;         ///< a model of speech: as far as its files tell, it takes a recording and nothing else
    QStringList languages = {}; ///< of speech it can be told to expect, as codes ("en"); empty: no choice

    bool isNull() const { return folder.isEmpty(); }
    bool operator==(const ModelSummary&) const = default;
};

/// Reads config.json of a folder; any thread. Errors: NotFound (no such file; says what a model folder holds),
/// InvalidFile.
ModelSummary readModelSummary(const QString& folder);

} // namespace heedmap
