#pragma once

#include <string>

namespace heedmap {

/// Runs every shipped sample through the shipped model and writes, into `folder`, one capture a sample and one
/// picture of its sharpest head for that head's sharpest word; prints question, answer and file names. Needs a
/// QGuiApplication. Returns the exit status. Errors: NotFound (resources missing), Io, and whatever a run fails with.
int renderDemo(const std::string& folder);

} // namespace heedmap
