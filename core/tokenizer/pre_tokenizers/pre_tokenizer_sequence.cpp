#include "core/tokenizer/pre_tokenizers/pre_tokenizer_sequence.h"

#include <iterator>

namespace heedmap {

std::shared_ptr<const PreTokenizer> PreTokenizerSequence::make(const Json& json, const std::string& where)
{
    std::vector<std::shared_ptr<const PreTokenizer>> steps;
    for (const Json& step : jsonArray(json, "pretokenizers", where))
        steps.push_back(makePreTokenizer(step, "part " + std::to_string(steps.size()) + " of " + where));
    return std::make_shared<PreTokenizerSequence>(std::move(steps));
}

void PreTokenizerSequence::split(const NormalizedString& text, Pieces& parts) const
{
    Pieces current = {text};
    for (const auto& step : m_steps) {
        Pieces next;
        for (const NormalizedString& piece : current)
            step->split(piece, next);
        current = std::move(next);
    }
    std::ranges::move(current, std::back_inserter(parts));
}

} // namespace heedmap
