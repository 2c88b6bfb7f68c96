#pragma once

#include "widgets/views/view.h"

#include <QString>

#include <memory>
#include <span>

namespace heedmap {

enum class ViewPlace
{
    Centre, ///< stacked in the middle of the window, in the registry's order
    Right,  ///< a dock at the right
    Bottom  ///< a dock below the centre, one behind another
};

/// A view the window can show. Docks, menu entries and layout saving come from this list.
struct ViewEntry
{
    const char* id;    ///< stable: names the dock in saved layouts
    const char* title; ///< translated by viewTitle()
    ViewPlace place;
    View* (*create)(ViewContext& context, QWidget* parent);
};

std::span<const ViewEntry> viewRegistry();
QString viewTitle(const ViewEntry& entry);

} // namespace heedmap
