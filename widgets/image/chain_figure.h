#pragma once

#include "core/capture/chain.h"
#include "widgets/image/figure.h"

#include <cstddef>
#include <vector>

namespace heedmap {

constexpr std::size_t kMostChainWords = 6; ///< that are drawn in colours of their own

/// Words of B worth showing first: the longest joined tokens, by letters and digits; at most kMostChainWords, in the
/// order of the text.
std::vector<std::size_t> tellingWords(const Chain& chain);

/// A chain from sound to a picture: the recording with what each word listened to, the words, and the picture with what
/// each looks at, a word having one colour in all three. Pointed at
///   nothing   tellingWords are coloured;
///   a token   this one, or what it is made of, is;
///   a moment  the words that listened to it are, and the picture has the composed map;
///   a patch   it is outlined, words have their parts of it, and over the sound lies the composed curve.
/// Captions name both models and maps, the join and the formula, and say that it is composed. Reads the embedded
/// recording and picture; any thread. Errors: InvalidRequest when A does not look at sound or B at no picture, or for a
/// place that does not exist; those of decodeAudio and decodeImage.
Figure figureOfChain(const Chain& chain, const ChainPlace& place = {}, int pictureWidth = 640);

} // namespace heedmap
