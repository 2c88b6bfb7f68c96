#pragma once

#include "core/analysis/head_maps.h"

#include <map>
#include <string>
#include <vector>

namespace heedmap {

/// Relevance after Chefer, Gur & Wolf 2021 (arXiv 2103.15679), equations 5 to 11, for self-attention, encoder-decoder
/// and bi-modal models alike. For every pair of axes s, t there is R^st, [positions of s, positions of t]: how relevant
/// each position of t is for each of s. R^ss = I and R^st = 0 at first. Modules are taken in the order they ran,
/// those of one pass with the same AttentionSite::order from the same state before, as LXMERT's two directions are;
/// with
///   Ā = mean over heads of (A ⊙ ∂y/∂A)⁺                                                  (5)
/// s looks at s:   R^sx ← R^sx + Ā R^sx               for every x, s among them           (6, 7)
/// s looks at t:   R^st ← R^st + (R̄^ss)ᵀ Ā R̄^tt                                          (10)
///                 R^sx ← R^sx + Ā R^tx               for every other x, s among them      (11)
///                 R̄ = I + (R − I) with every row divided by its sum                       (8, 9)
/// A row of R − I without relevance stays zero in R̄, where the equations would divide by zero. Rule 11 stands in the
/// paper for x = s; for a third axis it is the same step, and is how the answer of BLIP question answering, whose
/// decoder never looks at the picture, gets relevance from it:
///   picture:  R^ii through the vision encoder
///   question: R^qq, R^qi through each layer's self-attention, then R^qi by rule 10 from its look at the picture
///   answer:   R^aa, R^aq, R^ai through each layer's self-attention, then R^aq by rule 10 and R^ai by rule 11
/// Modules without gradients are those y does not depend on; they change nothing.
struct RelevanceRule
{
    bool normalizes = true; ///< R̄ in rule 10; otherwise R itself
};

/// R^st for the axes `from` (s) and `to` (t). Errors: InvalidRequest when no module leads from one to the other,
/// TooLarge, Cancelled, InvalidFile.
RealMatrix relevance(const Capture& capture, const std::string& from, const std::string& to, const RelevanceRule& rule,
                     AnalysisProgress& progress);

/// What the axis s has gathered once a layer's modules have run in which s looks somewhere.
struct RelevanceStep
{
    std::size_t site = 0;          ///< the last of those modules
    std::vector<RealMatrix> parts; ///< of each of the axes asked for, (R^sx − [s = x] I) · its parts
};

/// An axis x with what its positions are added up to: [positions of x, any].
struct AxisColumns
{
    std::string axis;
    RealMatrix columns;
};

/// The streams R^sx of one axis s = `from` through the layers, from the same updates as relevance(): modules of one
/// pass and layer are one step. Without what a position is to itself from the start, so that a stream begins at zero.
/// Errors: InvalidRequest when no module with gradients looks from there, TooLarge, Cancelled, InvalidFile.
std::vector<RelevanceStep> relevanceByLayer(const Capture& capture, const std::string& from,
                                            const std::vector<AxisColumns>& axes, const RelevanceRule& rule,
                                            AnalysisProgress& progress);

/// The row of `axis` that y was read from; absent when y is no token of that axis.
std::optional<std::int64_t> targetRowOn(const Capture& capture, const std::string& axis);

Analysis gradientRelevance();
/// What relevance a query has gathered on the parts of each axis it reaches, after each layer.
Analysis gradientRelevanceByLayer();
/// Grad-CAM on attention as in ALBEF and BLIP: mean over heads of A ⊙ (∂y/∂A)⁺ of one module.
Analysis attentionGradCam();

} // namespace heedmap
