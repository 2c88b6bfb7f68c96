#pragma once

#include "widgets/context/sound_reader.h"
#include "widgets/context/sound_source.h"

namespace heedmap {

/// The speech that became the question about a picture: what is pointed at in the lane is a place of the chain
/// (ChainModel), and what is pointed at on the picture or among the question's words lights up in it. Nothing of the
/// selection is changed but the kept word.
class SpokenQuestionSound : public SoundSource
{
public:
    /// `reader` reads the speech's capture, and must outlive this.
    SpokenQuestionSound(ViewContext& context, SoundReader& reader) : m_context(context), m_reader(reader) {}

    std::shared_ptr<const Capture> capture() const override;
    std::shared_ptr<const Recording> recording() const override;
    std::optional<ShownMap> shown() const override;
    MapChoice mapOf(const SoundWindow& window, const ShownMap& shown) const override;
    bool goesThrough(const SoundWindow& window) const override; ///< it has a part in the chain
    /// Words that the question's word, hovered or kept, is made of.
    std::vector<AxisPosition> kept() const override;
    std::optional<AxisPosition> hoveredQuery() const override;
    std::optional<AxisPosition> moment() const override;
    /// What the patch or the word of the question in sight makes of the sound.
    std::optional<ComposedCurve> composed() const override;
    /// Out of memory: until the map has been read, what the chain has of it.
    std::vector<float> row(const MapChoice& map, std::int64_t query) override;
    /// The same; NaN for words of which nothing is known yet. Empty for a key that the map does not have.
    std::vector<float> column(const MapChoice& map, std::int64_t key) override;
    std::shared_ptr<const GroupRows> heads() override;
    ValueScale scale(std::span<const float> row, const TokenAxis& keys) override;
    void hover(const Hover& place) override;
    /// Keeps the word of the question that is made of this one.
    void toggleToken(const AxisPosition& query, bool besideOthers) override;
    void toggleMoment(const AxisPosition& place, const SoundWindow& window) override;
    void selectHead(const SiteHead& head) override;

private:
    struct WindowOfChain;
    std::optional<WindowOfChain> windowThrough(const MapChoice& map) const;

    ViewContext& m_context;
    SoundReader& m_reader;
};

} // namespace heedmap
