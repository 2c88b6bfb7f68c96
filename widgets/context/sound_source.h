#pragma once

#include "widgets/context/sound_windows.h"
#include "widgets/context/view_context.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace heedmap {

/// A curve over all sound that is no row of a map; see Chain.
struct ComposedCurve
{
    QString name;                          ///< says that it is composed, and of what
    std::vector<float> weights;            ///< one for each key
    std::shared_ptr<const TokenAxis> keys; ///< of all windows that have a part in the chain, see ChainEnd::keys
};

/// Where the lane of sound reads from, and where what is wished for in it goes: a capture with sound, its recording,
/// and which map and row of it are in sight. GUI thread.
class SoundSource
{
public:
    virtual ~SoundSource() = default;

    virtual std::shared_ptr<const Capture> capture() const = 0;     ///< null: none
    virtual std::shared_ptr<const Recording> recording() const = 0; ///< null: none
    virtual std::optional<ShownMap> shown() const = 0;
    /// The map of a window at the layer and head that are looked at. `shown`: as shown() says; it is dear, and many
    /// windows are asked for with one.
    virtual MapChoice mapOf(const SoundWindow& window, const ShownMap& shown) const = 0;
    /// Whether what is pointed at is read through this window too, whichever is shown.
    virtual bool goesThrough(const SoundWindow&) const { return false; }
    /// Kept tokens, the current one last; on the query axis of the shown map unless another one is hovered.
    virtual std::vector<AxisPosition> kept() const = 0;
    virtual std::optional<AxisPosition> hoveredQuery() const = 0;
    /// The moment asked about, on an axis of sound: hovered before kept.
    virtual std::optional<AxisPosition> moment() const = 0;
    /// Drawn in place of the rows of tokens; absent: these are.
    virtual std::optional<ComposedCurve> composed() const { return std::nullopt; }

    /// As RowProvider: empty or null while they are being read, or cannot be.
    virtual std::vector<float> row(const MapChoice& map, std::int64_t query) = 0;
    virtual std::vector<float> column(const MapChoice& map, std::int64_t key) = 0;
    virtual std::shared_ptr<const GroupRows> heads() = 0; ///< of the shown row
    /// The scale of a row of the shown map.
    virtual ValueScale scale(std::span<const float> row, const TokenAxis& keys) = 0;

    virtual void hover(const Hover& place) = 0;
    virtual void toggleToken(const AxisPosition& query, bool besideOthers) = 0;
    /// Keeps a moment or lets go of it; goes to the window it lies in.
    virtual void toggleMoment(const AxisPosition& place, const SoundWindow& window) = 0;
    virtual void selectHead(const SiteHead& head) = 0;
};

/// The capture and the selection that all views share.
class SelectedSound : public SoundSource
{
public:
    explicit SelectedSound(ViewContext& context) : m_context(context) {}

    std::shared_ptr<const Capture> capture() const override;
    std::shared_ptr<const Recording> recording() const override;
    std::optional<ShownMap> shown() const override;
    MapChoice mapOf(const SoundWindow& window, const ShownMap& shown) const override;
    std::vector<AxisPosition> kept() const override;
    std::optional<AxisPosition> hoveredQuery() const override;
    std::optional<AxisPosition> moment() const override;
    std::vector<float> row(const MapChoice& map, std::int64_t query) override;
    std::vector<float> column(const MapChoice& map, std::int64_t key) override;
    std::shared_ptr<const GroupRows> heads() override;
    ValueScale scale(std::span<const float> row, const TokenAxis& keys) override;
    void hover(const Hover& place) override;
    void toggleToken(const AxisPosition& query, bool besideOthers) override;
    void toggleMoment(const AxisPosition& place, const SoundWindow& window) override;
    void selectHead(const SiteHead& head) override;

private:
    SelectionModel& selection() const { return m_context.selection(); }

    ViewContext& m_context;
};

} // namespace heedmap
