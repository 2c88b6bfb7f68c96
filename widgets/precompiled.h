#pragma once

// What nearly every file of the front end includes, compiled once.

#include "core/capture/capture.h"

#include <QtWidgets>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
