#pragma once

// Five seconds in every file that includes it; compiled once.

#include <qcustomplot.h>
