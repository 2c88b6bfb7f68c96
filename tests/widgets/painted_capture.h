#pragma once

#include "core/capture/capture.h"

#include <QColor>
#include <QTemporaryDir>

#include <memory>

namespace heedmap::test {

/// How a capture made for a test looks. The defaults are a question of four words about a picture of 60 × 40 pixels cut
/// into 4 × 6 patches of 10 × 10 pixels, seen by a model of two layers and three heads.
struct PaintedCapture
{
    int rows = 4;
    int columns = 6;
    int frames = 1; ///< of the picture, one after the other on its axis
    int layers = 2;
    int heads = 3;
    bool withPicture = true; ///< one plain colour, embedded
    bool withAnswer = true;  ///< an answer of one word, reached through a composition
    float nan = 0;           ///< written over the last weight of every row

    int patches() const { return frames * rows * columns; }
};

inline const QColor kPictureColor(90, 110, 130);

/// Positions on the axes of the capture.
constexpr std::int64_t kBallToken = 2; ///< "ball" in [CLS] red ball ? [SEP]
constexpr std::int64_t kQuestionLength = 5;

/// The patch a head of a layer looks at for a word, counted without CLS.
int paintedPatch(const PaintedCapture& painted, int layer, int head, std::int64_t query);

/// Every row of question → picture has 0.6 on its painted patch, 0.25 on CLS, the rest spread evenly.
/// answer → question has 0.9 on "ball" in every head.
std::shared_ptr<const Capture> makeCapture(const QTemporaryDir& folder, const PaintedCapture& painted = {});
/// A caption of `words` words and an end token, asked from one head of one layer over the patches; the row of input
/// token i has 0.6 on patch i modulo 24. Word i is "w<i>" with probability 0.5, its only alternative "other" 0.25.
/// `candidates` > 1: the further ones have one word "next" on axes of their own, without attention.
std::shared_ptr<const Capture> makeCaption(const QTemporaryDir& folder, int words, int candidates = 1);
/// Two queries and five keys without meaning, weights only, no picture, no output.
std::shared_ptr<const Capture> makePlainCapture(const QTemporaryDir& folder);
/// Of makeCapture: heads 0 and 2 of 3, "[CLS]" and "ball" of the question and the first row of the answer. The map that
/// is composed through the question is not there.
std::shared_ptr<const Capture> makePart(const QTemporaryDir& folder);
/// Two layers of two heads over 4 096 positions: words, a picture and words in one sequence; rows are computed.
std::shared_ptr<const Capture> makeHuge(const QTemporaryDir& folder);
/// Passes and inputs, but no attention.
std::shared_ptr<const Capture> makeEmptyCapture(const QTemporaryDir& folder);

std::size_t siteOf(const Capture& capture, const std::string& group, int layer);

} // namespace heedmap::test
