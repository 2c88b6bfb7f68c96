#include "core/models/model.h"

#include <algorithm>

namespace heedmap {

const ModelInput* ModelFacts::input(InputKind kind) const
{
    const auto found = std::ranges::find(inputs, kind, &ModelInput::kind);
    return found == inputs.end() ? nullptr : &*found;
}

} // namespace heedmap
