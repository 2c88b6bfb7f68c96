#pragma once

#include "core/capture/capture.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <string>

namespace heedmap {

/// --rows predicting|input
void declareRows(CLI::App& verb, std::string& rows);

/// How the command line and files name the heads that tell time: "L3.H0", and [3, 0] in a list called
/// "alignment_heads", as generation_config.json of a checkpoint has it, with "median_filter_width" beside it as in
/// config.json.

/// "L3.H0". Precondition: the capture has the module.
std::string alignmentHeadName(const Capture& capture, const Alignment::Head& head);

/// `list` is "L3.H0,L4.H2", or a file whose name ends with .json. The median width is the file's, or else the capture's
/// own, or else 7. Errors: InvalidRequest with the nearest names; NotFound, Io, InvalidFile for the file.
Alignment alignmentFromArgument(const Capture& capture, const std::string& list);

/// For another checkpoint's generation_config.json, or for alignmentFromArgument.
Json jsonForCheckpoint(const Capture& capture, const Alignment& alignment);

} // namespace heedmap
