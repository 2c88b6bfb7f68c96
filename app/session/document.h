#pragma once

#include "app/session/model_summary.h"
#include "app/session/speech_options.h"
#include "core/capture/capture.h"
#include "core/capture/saved_head_set.h"
#include "core/capture/selection.h"
#include "widgets/context/recording.h"

#include <QByteArray>
#include <QImage>
#include <QString>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace heedmap {

class Chain;

/// A picture as it came and as it looks.
struct Picture
{
    QByteArray bytes; ///< the original file
    QString name;
    QImage image;       ///< decoded, upright
    std::string sha256; ///< of `bytes`, in hexadecimal; stands for them where pictures are compared

    bool isNull() const { return image.isNull(); }
    bool operator==(const Picture& other) const { return sha256 == other.sha256 && name == other.name; }
};

/// Everything undo brings back. A value; its large parts are shared, never changed.
struct Document
{
    ModelSummary model;
    Picture picture;
    QString question;
    std::shared_ptr<const Recording> recording; ///< null: none
    std::shared_ptr<const Capture> speech;      ///< in which `recording` became `question`; null: it was typed
    std::shared_ptr<const Chain>
        openedChain;                        ///< from `speech` to `capture`, as it was opened; of others it says nothing
    SpeechOptions listening;                ///< of the next runs on recordings
    std::optional<SpeechOptions> heardWith; ///< those of `capture`'s run; absent where nobody knows
    std::shared_ptr<const Capture> capture; ///< the one shown; null: none
    Selection selection;                    ///< in `capture`
    std::vector<SavedHeadSet> headSets;     ///< in the order they were saved, no two of one name
    std::vector<Intervention> interventions; ///< what the next run changes inside the model; `capture` says what it did
    std::shared_ptr<const Capture> baseline; ///< the same run without them; null: none yet, or nothing is changed
};

} // namespace heedmap
