// What a moment or a word of the spoken question looks at, composed along the chain.

#include "core/capture/chain.h"
#include "widgets/context/chain_model.h"
#include "widgets/controls/color_bar.h"
#include "widgets/controls/mass_bar.h"
#include "widgets/controls/range_control.h"
#include "widgets/controls/stage_canvas.h"
#include "widgets/views/stage_view.h"

namespace heedmap {

/// Of what is pointed at in the speech; null where that says nothing of this picture.
const ChainReading* StageView::composedReading() const
{
    const ChainModel& model = context().chain();
    if (!model.isPointingAtSpeech() || !model.chain())
        return nullptr;
    const ChainEnd& asked = model.chain()->b();
    const auto& reading = model.reading();
    return reading && reading->mass > 0 && asked.capture == selection().capture() && hasPatches(asked.keys())
               ? &*reading
               : nullptr;
}

void StageView::showComposed(const ChainReading& reading)
{
    const TokenAxis& keys = context().chain().chain()->b().keys();
    ValueScale unit = context().unitFor(keys);
    unit.withoutSpecial = false; // rows as recorded are what was composed
    unit.keyCount = static_cast<double>(keys.length);
    const ValueScale scale = withSharedLimits(unit, reading.keysOfB);
    m_canvas->setScene({selection().picture(), pictureSize(), heatLayers(keys, reading.keysOfB, heatStyle(scale))});
    m_colorBar->setScale(context().colorMap(), scale);
    m_colorBar->setPointer(std::nullopt);
    m_massBar->setMass(massOffPatches(keys, reading.keysOfB));
    showLegend(false);
    m_range->showScale(scale, LimitsSource::ThisMap, std::nullopt);
    m_range->setPointer(std::nullopt);
}

QString StageView::composedText() const
{
    const Chain& chain = *context().chain().chain();
    const ChainPlace place = context().chain().place();
    const std::string what = place.keyOfA
                                 ? chain.a().keys().label(*place.keyOfA)
                                 : "“" + chain.a().text.words(chain.a().text.tokens[*place.tokenOfA].span) + "”";
    return tr("composed, sound → words → picture: %1").arg(QString::fromStdString(what));
}

} // namespace heedmap
