#include "core/capture/selection.h"

namespace heedmap {

void Selection::keep(std::int64_t query, std::int64_t wantedKey, bool besideOthers)
{
    const bool wasKept = std::erase(queries, query) > 0;
    if (!besideOthers || (!wasKept && queries.size() >= kMostKeptQueries))
        queries.clear();
    queries.push_back(query);
    key = wantedKey;
}

} // namespace heedmap
