#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace heedmap {

struct Manifest;

/// The head's part of the input of the output projection is zero, in every pass the module runs in: what the head mixed
/// is lost, its attention is still the model's own.
struct MuteHead
{
    std::string site; ///< the module's dotted name, as AttentionSite::name
    int head = 0;

    bool operator==(const MuteHead&) const = default;
};

/// Minus infinity before softmax at these keys, in every head of every site whose key axis this is: their weight is
/// exactly zero.
struct HideKeys
{
    std::string axis;
    std::vector<std::int64_t> positions; ///< ascending, each once, at least one

    bool operator==(const HideKeys&) const = default;
};

/// One thing a run changes inside the model. See FORMAT.md, "Interventions".
using Intervention = std::variant<MuteHead, HideKeys>;

/// Reads an untrusted list; positions come in any order and are put in theirs. `where` names the object that holds it.
/// Errors: InvalidFile, TooLarge, Unsupported (a kind this version does not know, named).
std::vector<Intervention> interventionsFromJson(const Json& list, const std::string& where);
Json jsonFromInterventions(const std::vector<Intervention>& interventions);

/// One line for people, in the words of the capture it is shown with: "mute L2 · H1 of question → picture", "hide 6
/// patches", "hide “small”, “cones” of question". What the capture does not have goes by its name.
std::string interventionLabel(const Intervention& intervention, const Manifest& manifest);

} // namespace heedmap
