#pragma once

// Parsing ATen takes 4.5 s a file without this.
#include <ATen/ATen.h>
