// The words of a spoken question, by how much they heard of what is pointed at in the speech.

#include "core/capture/chain.h"
#include "widgets/context/chain_model.h"
#include "widgets/views/tokens_view.h"

#include <algorithm>

namespace heedmap {

TokensView::Bars TokensView::spokenBars() const
{
    const ChainModel& model = context().chain();
    const auto& reading = model.reading();
    if (!model.isPointingAtSpeech() || !model.chain() || !reading ||
        model.chain()->b().capture != selection().capture())
        return {};
    const CapturedText& text = model.chain()->b().text;
    const ChainPlace place = model.place();
    Bars bars;
    bars.axis = text.axis;
    bars.weights.resize(static_cast<std::size_t>(selection().capture()->manifest().axis(text.axis).length), 0);
    for (std::size_t token = 0; token < text.tokens.size(); ++token)
        bars.weights[static_cast<std::size_t>(text.tokens[token].row)] = static_cast<float>(reading->tokensOfB[token]);
    const float most = std::ranges::max(bars.weights);
    for (const float weight : bars.weights)
        bars.lengths.push_back(most > 0 ? double(weight / most) : 0);
    bars.unit.timesUniform = false;
    bars.unit.unit = "composed";
    bars.explanation = place.keyOfA ? tr("bars: which words heard %1, composed")
                                          .arg(QString::fromStdString(model.chain()->a().keys().label(*place.keyOfA)))
                                    : tr("bars: which words are made of the one that was heard");
    return bars;
}

} // namespace heedmap
