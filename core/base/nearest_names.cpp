#include "core/base/nearest_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace heedmap {

namespace {

/// Characters compared a call, some 50 ms: a hostile file may have a million long names.
constexpr std::size_t kMaxComparisons = 20'000'000;

std::string lowered(std::string_view text)
{
    std::string result(text.substr(0, 256)); // hostile names may be megabytes long
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
    return result;
}

std::size_t editDistance(const std::string& a, const std::string& b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

} // namespace

std::vector<std::string> nearestNames(std::string_view wanted, std::span<const std::string> known, std::size_t limit)
{
    const std::string target = lowered(wanted);
    std::vector<std::pair<std::size_t, std::size_t>> ranked; // distance, index
    std::size_t budget = kMaxComparisons;
    for (std::size_t index = 0; index < known.size(); ++index) {
        const std::string candidate = lowered(known[index]);
        const bool contains = target.size() >= 2 && candidate.find(target) != std::string::npos;
        const std::size_t longer = std::max(target.size(), candidate.size());
        const std::size_t lengthDifference = longer - std::min(target.size(), candidate.size());
        const std::size_t cost = target.size() * candidate.size();
        if (!contains && (lengthDifference > longer / 2 || cost > budget))
            continue;
        budget -= contains ? 0 : cost;
        const std::size_t distance = contains ? 1 : editDistance(target, candidate);
        if (distance <= longer / 2)
            ranked.emplace_back(distance, index);
    }
    std::ranges::stable_sort(ranked);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(limit, ranked.size()); ++i)
        names.push_back(known[ranked[i].second]);
    return names;
}

std::string didYouMean(std::string_view wanted, std::span<const std::string> known)
{
    const std::vector<std::string> names = nearestNames(wanted, known);
    if (names.empty())
        return {};
    std::string list = names.front();
    for (std::size_t i = 1; i < names.size(); ++i)
        list += (i + 1 == names.size() ? " or " : ", ") + names[i];
    return "; did you mean " + list + "?";
}

std::string namesThereAre(std::string_view wanted, std::span<const std::string> known)
{
    const std::string near = didYouMean(wanted, known);
    return fmt::format("{}{}", near.empty() ? "; there are " : near + " There are ", fmt::join(known, ", "));
}

} // namespace heedmap
