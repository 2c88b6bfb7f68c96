#include "app/verbs/gradient_arguments.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <charconv>

namespace heedmap {

namespace {

constexpr const char* kFooter =
    "--gradients takes an output and, if wanted, which of its tokens and another word at that place: answer, "
    "answer:1,\n"
    "answer:0=blue. Or a score: match, \"cosine similarity\". The gradients are those of the logit.";

std::int64_t stepFrom(const std::string& digits, const std::string& target)
{
    std::int64_t step = 0;
    const char* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, step);
    if (digits.empty() || error != std::errc() || stopped != end || step < 0)
        throw Error(ErrorKind::InvalidRequest,
                    "\"{}\" in the target \"{}\" is no token's place; places are counted from 0: answer:0",
                    printable(digits), printable(target));
    return step;
}

Json targetFrom(std::string text)
{
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidRequest, "the target of --gradients is not valid UTF-8");
    const std::string whole = text;
    Json target = Json::object();
    if (const std::size_t equals = text.find('='); equals != std::string::npos) {
        target["token"] = text.substr(equals + 1);
        text.resize(equals);
    }
    if (const std::size_t colon = text.rfind(':'); colon != std::string::npos) {
        target["step"] = stepFrom(text.substr(colon + 1), whole);
        text.resize(colon);
    }
    target["target"] = text;
    return target;
}

} // namespace

void GradientArguments::declare(CLI::App& verb)
{
    verb.add_flag("--values", values, "Also store what every module mixes, and how long it is behind W_O");
    verb.add_option("--gradients", target, "Also store that, and the gradients of an output at what every module mixes")
        ->type_name("TARGET");
    const std::string before = verb.get_footer();
    verb.footer(before.empty() ? kFooter : before + "\n\n" + kFooter);
}

void GradientArguments::addTo(Json& options) const
{
    if (values)
        options["values"] = true;
    if (!target.empty())
        options["gradients"] = targetFrom(target);
}

} // namespace heedmap
