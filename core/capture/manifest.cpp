#include "core/capture/manifest.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/capture/map_choice.h"

#include <algorithm>

namespace heedmap {

std::vector<int> AttentionSite::headNumbers() const
{
    const std::vector<std::int64_t> numbers = storedHeads.numbers(heads);
    return {numbers.begin(), numbers.end()};
}

std::vector<int> AttentionSite::headChoices() const
{
    std::vector<int> choices = headNumbers();
    choices.insert(choices.begin(), HeadChoice::kMean);
    return choices;
}

StoredIndices AttentionSite::storedKeyValueHeads() const
{
    if (storedHeads.areAll())
        return {};
    std::vector<std::int64_t> used;
    for (const std::int64_t head : storedHeads.numbers(heads))
        if (const std::int64_t keyHead = head / (heads / keyValueHeads); used.empty() || used.back() != keyHead)
            used.push_back(keyHead);
    return StoredIndices::ofNumbers(used);
}

const TokenAxis& Manifest::axis(const std::string& id) const
{
    const auto found = axes.find(id);
    if (found == axes.end())
        throw Error(ErrorKind::NotFound, "the capture has no axis \"{}\"", printable(id));
    return found->second;
}

const CaptureInput* Manifest::input(const std::string& id) const
{
    const auto found = std::ranges::find(inputs, id, &CaptureInput::id);
    return found == inputs.end() ? nullptr : &*found;
}

const CaptureOutput* Manifest::output(const std::string& id) const
{
    const auto found = std::ranges::find(outputs, id, &CaptureOutput::id);
    return found == outputs.end() ? nullptr : &*found;
}

std::vector<std::size_t> Manifest::sitesOfGroup(const std::string& group) const
{
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < sites.size(); ++i)
        if (sites[i].group == group)
            indices.push_back(i);
    std::ranges::stable_sort(indices, {}, [this](std::size_t i) { return sites[i].layer; });
    return indices;
}

} // namespace heedmap
