#include "core/models/gradient_source.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/base/utf8.h"

#include <algorithm>

namespace heedmap {

namespace {

[[noreturn]] void throwUnknown(const std::string& target, const std::vector<GradientSource>& sources)
{
    std::vector<std::string> names;
    for (const GradientSource& source : sources)
        names.push_back(source.score.empty() ? source.output : source.score);
    if (names.empty())
        throw Error(ErrorKind::NotFound, "This model has nothing to take gradients of");
    throw Error(ErrorKind::NotFound, "There is no output or score \"{}\" to take gradients of; this run has {}{}",
                printable(target), fmt::join(names, ", "), didYouMean(target, names));
}

} // namespace

const GradientSource& sourceOf(const GradientRequest& request, const std::vector<GradientSource>& sources)
{
    const auto found = std::ranges::find_if(sources, [&](const GradientSource& source) {
        return source.output == request.target || (!source.score.empty() && source.score == request.target);
    });
    if (found == sources.end())
        throwUnknown(request.target, sources);
    if (!found->score.empty() && (request.step != 0 || request.token))
        throw Error(ErrorKind::InvalidRequest, "\"{}\" is a score; it has no tokens to choose among", found->score);
    if (request.step < 0)
        throw Error(ErrorKind::InvalidRequest, "There is no token {} to take gradients of; they are counted from 0",
                    request.step);
    return *found;
}

} // namespace heedmap
