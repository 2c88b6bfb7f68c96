#include "widgets/context/what_if_model.h"

namespace heedmap {

void WhatIfModel::setState(State state)
{
    m_state = std::move(state);
    emit changed();
}

} // namespace heedmap
