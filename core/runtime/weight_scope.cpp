#include "core/runtime/weight_scope.h"

#include "core/base/error.h"
#include "core/base/nearest_names.h"
#include "core/runtime/tensor_conversion.h"

#include <algorithm>

namespace heedmap {

namespace {

// A message about a wholly different checkpoint would otherwise run to thousands of lines.
constexpr std::size_t kListedFaults = 40;

std::string remainder(std::size_t count)
{
    return count > kListedFaults ? fmt::format("\n  … and {} more", count - kListedFaults) : std::string();
}

} // namespace

at::Tensor WeightLedger::take(const std::string& name, const Shape& shape)
{
    if (!m_index.contains(name)) {
        m_missing.push_back(name);
        return {};
    }
    m_used.insert(name);
    const TensorView& view = m_index.tensor(name);
    if (view.shape != shape) {
        m_wrongShapes.push_back({name, view.shape, shape});
        return {};
    }
    if (view.file)
        m_files.insert(view.file);
    return tensorFromView(view);
}

std::string WeightLedger::describeMissing() const
{
    const std::vector<std::string> unused = unusedNames();
    std::string text = fmt::format("{} tensors are missing in the checkpoint:", m_missing.size());
    for (std::size_t i = 0; i < std::min(m_missing.size(), kListedFaults); ++i)
        text += fmt::format("\n  {}{}", m_missing[i], didYouMean(m_missing[i], unused));
    return text + remainder(m_missing.size());
}

std::string WeightLedger::describeWrongShapes() const
{
    std::string text = fmt::format("{} tensors do not have the shape config.json asks for:", m_wrongShapes.size());
    for (std::size_t i = 0; i < std::min(m_wrongShapes.size(), kListedFaults); ++i) {
        const WrongShape& wrong = m_wrongShapes[i];
        text += fmt::format("\n  {} is {}, expected {}", wrong.name, shapeText(wrong.found), shapeText(wrong.expected));
    }
    return text + remainder(m_wrongShapes.size());
}

void WeightLedger::throwFaults() const
{
    if (m_missing.empty() && m_wrongShapes.empty())
        return;
    std::string text;
    if (!m_missing.empty())
        text = describeMissing();
    if (!m_wrongShapes.empty())
        text += (text.empty() ? "" : "\n") + describeWrongShapes();
    throw Error(m_missing.empty() ? ErrorKind::InvalidFile : ErrorKind::NotFound, text);
}

std::vector<std::string> WeightLedger::unusedNames() const
{
    std::vector<std::string> unused = m_index.names();
    std::erase_if(unused, [&](const std::string& name) { return m_used.contains(name); });
    return unused;
}

WeightScope WeightScope::operator/(const std::string& name) const
{
    return WeightScope(*m_ledger, nameOf(name));
}

} // namespace heedmap
