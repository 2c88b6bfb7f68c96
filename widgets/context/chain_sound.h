#pragma once

#include "widgets/context/sound_source.h"

namespace heedmap {

/// The speech that became the question about a picture: what is pointed at in the lane is a place of the chain
/// (ChainModel), and what is pointed at on the picture or among the question's words lights up in it. Nothing of the
/// selection is changed but the kept word.
class SpokenQuestionSound : public SoundSource
{
public:
    explicit SpokenQuestionSound(ViewContext& context) : m_context(context) {}

    std::shared_ptr<const Capture> capture() const override;
    std::shared_ptr<const Recording> recording() const override;
    std::optional<ShownMap> shown() const override;
    MapChoice mapOf(const SoundWindow& window, const ShownMap& shown) const override;
    /// Words that the question's word, hovered or kept, is made of.
    std::vector<AxisPosition> kept() const override;
    std::optional<AxisPosition> hoveredQuery() const override;
    std::optional<AxisPosition> moment() const override;
    /// What the patch or the word of the question in sight makes of the sound.
    std::optional<ComposedCurve> composed() const override;
    std::vector<float> row(const MapChoice& map, std::int64_t query) override;
    std::vector<float> column(const MapChoice& map, std::int64_t key) override;
    std::shared_ptr<const GroupRows> heads() override;
    ValueScale scale(std::span<const float> row, const TokenAxis& keys) override;
    void hover(const Hover& place) override;
    /// Keeps the word of the question that is made of this one.
    void toggleToken(const AxisPosition& query, bool besideOthers) override;
    void toggleMoment(const AxisPosition& place, const SoundWindow& window) override;
    void selectHead(const SiteHead& head) override;

private:
    ViewContext& m_context;
};

} // namespace heedmap
