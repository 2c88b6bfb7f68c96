#pragma once

#include "core/analysis/map_statistics.h"

#include <string>
#include <string_view>
#include <vector>

namespace heedmap {

/// Which heads somebody wants to see: words that their label holds (case-insensitive) and comparisons such as
/// "picture_mass > 0.5 entropy<=2 L3", all of which must hold. A head that says nothing (NaN) satisfies no comparison.
class HeadFilter
{
public:
    HeadFilter() = default;
    /// Ids of columns stand as they are, blanks and operators in them included. Errors: InvalidRequest with the nearest
    /// names for unknown columns; for a comparison without a number.
    HeadFilter(std::string_view text, const MapStatisticsResult& statistics);

    bool accepts(const std::string& label, const HeadSummary& head) const;
    bool isEmpty() const { return m_words.empty() && m_comparisons.empty(); }

private:
    enum class Operator
    {
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Equal
    };
    struct Comparison
    {
        std::size_t column = 0;
        Operator op = Operator::Less;
        double value = 0;
    };
    static Operator operatorNamed(const std::string& name);

    std::vector<std::string> m_words; ///< in lower case
    std::vector<Comparison> m_comparisons;
};

} // namespace heedmap
