#include "core/tokenizer/normalizers/unicode_form.h"

#include "core/tokenizer/unicode_rules.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace heedmap {

namespace {

using Change = NormalizedString::Change;
using Changes = std::vector<Change>;

/// Sorts each run of combining marks by its class; equal classes keep their order.
void sortMarks(Changes& changes, std::vector<int>& classes)
{
    std::vector<std::pair<int, Change>> run;
    for (std::size_t begin = 0; begin < changes.size();) {
        std::size_t end = begin;
        run.clear();
        for (; end < changes.size() && classes[end] != 0; ++end)
            run.emplace_back(classes[end], changes[end]);
        std::ranges::stable_sort(run, {}, [](const auto& entry) { return entry.first; });
        for (std::size_t i = 0; i < run.size(); ++i)
            std::tie(classes[begin + i], changes[begin + i]) = run[i];
        begin = end + 1;
    }
}

Changes decomposed(const std::u32string& text, bool compatibility, std::vector<int>& classes)
{
    Changes changes;
    changes.reserve(text.size());
    std::u32string buffer;
    for (const char32_t c : text) {
        bool inserted = false;
        for (const char32_t part : decompositionOf(c, compatibility, buffer)) {
            changes.push_back({part, inserted});
            classes.push_back(combiningClass(part));
            inserted = true;
        }
    }
    sortMarks(changes, classes);
    return changes;
}

/// Adds `part` to what `whole` accounts for: the composed code point replaces the first of the two that was in the text
/// itself, and the other one counts as removed. One that a decomposition had inserted never was there.
void absorb(Change& whole, const Change& part)
{
    if (part.inserted)
        return;
    if (whole.inserted)
        whole.inserted = false;
    else
        ++whole.removed;
}

/// Canonical composition (UAX #15, section 1.3).
Changes composed(const Changes& parts, const std::vector<int>& classes)
{
    Changes changes;
    changes.reserve(parts.size());
    std::optional<std::size_t> starter; // index in `changes`
    int lastClass = -1;                 // of the marks kept since the starter; −1 when there is none
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool blocked = lastClass >= 0 && lastClass >= classes[i];
        const std::optional<char32_t> together =
            starter && !blocked ? compositionOf(changes[*starter].c, parts[i].c) : std::nullopt;
        if (together) {
            changes[*starter].c = *together;
            absorb(changes[*starter], parts[i]);
            continue;
        }
        changes.push_back(parts[i]);
        if (classes[i] == 0) {
            starter = changes.size() - 1;
            lastClass = -1;
        } else if (starter) {
            lastClass = classes[i];
        }
    }
    return changes;
}

} // namespace

void toUnicodeForm(NormalizedString& text, UnicodeForm::Form form)
{
    using Form = UnicodeForm::Form;
    std::vector<int> classes;
    const Changes parts = decomposed(text.text(), form == Form::NFKC || form == Form::NFKD, classes);
    const bool compose = form == Form::NFC || form == Form::NFKC;
    text.transform(compose ? composed(parts, classes) : parts);
}

std::shared_ptr<const Normalizer> UnicodeForm::make(const Json& json, const std::string& where)
{
    const std::string name = jsonString(json, "type", where);
    const Form form = name == "NFC" ? Form::NFC : name == "NFD" ? Form::NFD : name == "NFKC" ? Form::NFKC : Form::NFKD;
    return std::make_shared<UnicodeForm>(form);
}

void UnicodeForm::normalize(NormalizedString& text) const
{
    toUnicodeForm(text, m_form);
}

} // namespace heedmap
