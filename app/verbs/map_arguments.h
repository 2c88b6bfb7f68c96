#pragma once

#include "core/capture/attention.h"

#include <CLI/App.hpp>

#include <optional>
#include <string>

namespace heedmap {

/// The arguments that name a map of a capture, shared by the verbs that look at one: X.heed --site --head --query.
struct MapArguments
{
    std::string capturePath;
    std::string site;  ///< NAME or PASS/NAME
    std::string head;  ///< a number from 0, "mean", or empty
    std::string query; ///< a position from 0, a token's text, or empty

    void declare(CLI::App& verb);

    /// Errors: InvalidRequest with the nearest names, for each of them.
    std::size_t siteIn(const Capture& capture) const;
    std::optional<HeadChoice> headOf(const AttentionSite& site) const;
    std::optional<std::int64_t> queryOn(const TokenAxis& axis) const;
};

} // namespace heedmap
